import { serviceRef } from '../../rule/object-ref.js';
import { logItem, observed, shorten } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { advise, fixesFrom, readNewestLogs } from '../../fixes/described.js';
import { insideItem } from '../../computed/asked-inside.js';
import type { LoggedException } from '../../computed/log-events.js';
import { loggedFailure } from '../../computed/logged-failure.js';
import { HEALTH_CONSULTS } from '../../computed/probe-trouble.js';
import type { HttpExchange } from '../../evidence/evidence.js';
import { cause, type Told } from '../../rule/cause.js';
import { todoK8s } from '../../rule/command.js';
import { answerWords, badAnswer } from '../bad-answer.js';

/** What a status means beyond the number, by the check that met it and its message. */
const READINGS: Record<string, [meaning: string, fix: string]> = {
  'functional/auth-required bypass': [
    'tasks are served to anyone without a token: authentication is bypassed',
    'Let the route depend on the token check, and answer 401 without a token.',
  ],
  'functional/auth-required trailing-slash': [
    'the path is redirected to the same one with or without its trailing slash',
    'Declare the route without redirect_slashes, or ask for the path as the route has it.',
  ],
  'functional/auth-required not-found': [
    'the application does not have this path: it runs under another root path, or is another application',
    'See which application answers, and its root_path and the ingress path before it.',
  ],
  'functional/api-docs not-found': [
    'the documentation is turned off, or the application runs under another root_path',
    'FastAPI(docs_url=…, openapi_url=…, root_path=…) moves it or turns it off.',
  ],
};

const HTTP_ERROR = {
  id: 'service/http-error',
  topic: 'service',
  title: 'The application does not answer as it should',
  severity: 'error',
  why: 'the way to it is free, and what it answers is not what the contract has: another application, another root path, or a check that is missing',
  seen: 'the status of /docs and /api/tasks: 404, 400 Invalid host header, 307, 5xx, or 200 without a token',
  remedy: 'see which path and which application answer',
  explains: ['functional/api-docs', 'functional/auth-required', 'functional/health'],
} as const;

export default cause({
  ...HTTP_ERROR,
  reads: ['route', 'health', 'docs', 'tasks'],
  consults: ['logs'],
  judge({ route: { via, proof }, ...exchanges }, look) {
    if (via === 'none' || proof?.state === 'refused') return [];
    return Object.entries(ANSWERS).flatMap(([id, fact]): Told[] => {
      const exchange = exchanges[fact];
      // What health says about itself is the health topic's; a health status is no wrong answer.
      const isOther = fact === 'health' && ![400, 404].includes(exchange.status ?? 0);
      // A limit that the health endpoint meets, too, is told there with all that meets it.
      const isLimited = exchange.status === 429 && exchanges.health.status === 429;
      if (look.check(id)?.status !== 'fail' || exchange.outcome !== 'response' || isOther || isLimited)
        return [];
      const told = wrongAnswer(id, exchange, look);
      if (proof?.state !== 'open') return [told];
      return [{ ...told, verdict: 'likely', wouldConfirm: `that it is this backend: ${proof.says}` }];
    });
  },
});

/** The same as the health topic meets it: it is well inside the pods, and answers badly to callers. */
export const answeredBetween = cause({
  ...HTTP_ERROR,
  reads: [],
  consults: HEALTH_CONSULTS,
  judge(_, look) {
    const answer = badAnswer(look);
    if (answer?.means !== 'between') return [];
    const { object, evidence, inside } = answer;
    return [
      {
        // The application may have recovered between the two.
        verdict: 'likely',
        object,
        summary: `${answerWords(answer)} to callers, and ${inside[0]?.point.status ?? 200} inside ${inside.length === 1 ? 'the pod' : 'every pod'}: what lies between answers so, or another application.`,
        evidence: [...evidence, ...inside.map((each) => insideItem(each, look))],
        fix: [advise('See what answers there: an ingress, a proxy of this machine, another Service.')],
        wouldConfirm: `the same difference at a second look: ${todoK8s(look.context, 'doctor', 'health')}`,
      },
    ];
  },
});

/** The answer that each check judges. */
export const ANSWERS = {
  'functional/health': 'health',
  'functional/api-docs': 'docs',
  'functional/auth-required': 'tasks',
} as const;

function wrongAnswer(id: string, exchange: HttpExchange, look: Look<'logs'>): Told {
  const { url, status = 0, body } = exchange;
  const check = look.check(id);
  const messageId = check?.findings[0]?.messageId ?? '';
  const probed = check?.findings.find((each) => each.messageId === 'probes-elsewhere')?.data.path;
  if (isOwnFailure(exchange)) return ownFailure(id, exchange, look);
  const isHost = status === 400 && /invalid host header/i.test(body);
  const [meaning, fix] = isHost
    ? [
        'the application refuses the host name under which it was asked (Invalid host header)',
        'Add the host to TrustedHostMiddleware’s allowed_hosts.',
      ]
    : probed !== undefined
      ? [
          `the Deployment’s own probes ask ${String(probed)}`,
          `Where ${String(probed)} is the health endpoint, say --set http.healthPath=${String(probed)}.`,
        ]
      : (READINGS[`${id} ${messageId}`] ?? [
          check?.message ?? 'another answer than the contract has',
          'See which application answers there.',
        ]);
  return {
    verdict: 'confirmed',
    object: serviceRef(look.context.target),
    summary: `${new URL(url).pathname} answers ${status}: ${meaning}.`,
    evidence: [observed(`GET ${url}`, null, `HTTP ${status}`)],
    fix: [advise(fix), ...fixesFrom('See what it answers.', check?.fix ?? [])],
    symptoms: [id],
  };
}

/** The application's own failure; a page of a gateway before it says of the application only that it gave no answer. */
function isOwnFailure({ status = 0, contentType = '' }: HttpExchange): boolean {
  return status >= 500 && !(status > 501 && /html/i.test(contentType));
}

/** With the exception where a log has it: nothing else says why. */
function ownFailure(id: string, { url, status = 0 }: HttpExchange, look: Look<'logs'>): Told {
  const { context } = look;
  const path = new URL(url).pathname;
  const logs = look.maybe('logs');
  const [failure] = (logs.ok ? logs.value : []).flatMap(({ pod, log }) => {
    const exception = log.ok ? loggedFailure(log.value.lines, path) : undefined;
    return exception ? [{ exception, pod }] : [];
  });
  const why = failure && exceptionWords(failure.exception);
  return {
    verdict: 'confirmed',
    object: serviceRef(context.target),
    summary: `${path} answers ${status}: the application itself fails there${why === undefined ? '' : `, with ${why}`}.`,
    evidence: [
      observed(`GET ${url}`, null, `HTTP ${status}`),
      ...(failure ? [logItem(failure.exception.line, failure.pod, context.target, 'log')] : []),
    ],
    fix: [readNewestLogs(context)],
    symptoms: [id],
  };
}

/** `KeyError: 'x' (/app/routes.py:12)` */
function exceptionWords({ name, text, file, at }: LoggedException): string {
  const said = shorten(text === '' ? name : `${name}: ${text}`).replace(/[.]$/, '');
  return file === undefined ? said : `${said} (${file}:${at ?? 0})`;
}

/** Hop: what the application answers where it is reached. */
import { serviceRef } from '../../checks/shared.js';
import { advise, fixesFrom } from '../fixes.js';
import { observed } from '../seen.js';
import { defineHop, broken, good, notReached, unclear, type CauseFinding, type Look } from '../tree.js';

/** Readings of a status, by check and message: what it means beyond the number. */
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

export const httpHop = defineHop({
  id: 'http',
  asks: 'Does the application answer as the contract has it?',
  proves: ['functional/api-docs', 'functional/auth-required'],
  reads: ['route', 'health', 'docs', 'tasks'],
  needs: ['cluster', 'selector', 'endpoints'],
  rulesOut: ['another application'],
  ask({ route, health, docs, tasks }, look) {
    if (route.via === 'none') return notReached('no way to the backend answered');
    if (route.proof?.state === 'refused') return notReached('what answers is not this backend');
    const exchanges = {
      'functional/health': health,
      'functional/api-docs': docs,
      'functional/auth-required': tasks,
    };
    const findings = Object.entries(exchanges).flatMap(([id, { url, status, outcome, body }]) => {
      const check = look.check(id);
      // What health says about itself is the health topic's; a health status is no wrong answer.
      const isOther = id === 'functional/health' && ![400, 404].includes(status ?? 0);
      if (check?.status !== 'fail' || outcome !== 'response' || isOther) return [];
      const found = httpError(id, url, status ?? 0, body, look);
      const { proof } = route;
      if (proof?.state !== 'open') return [found];
      return [
        { ...found, verdict: 'likely' as const, wouldConfirm: `that it is this backend: ${proof.says}` },
      ];
    });
    if (findings.length > 0)
      return broken(findings[0]?.summary.match(/\d{3}/)?.[0] ?? 'other answers', findings);
    const blockers = Object.keys(exchanges).filter((id) => look.check(id)?.status === 'unknown');
    if (blockers.length > 0) return unclear(look.check(blockers[0] ?? '')?.message ?? '');
    return good(`HTTP ${health.status ?? '?'}`, { ms: Math.round(health.ms) });
  },
});

function httpError(id: string, url: string, status: number, body: string, look: Look): CauseFinding {
  const { context } = look;
  const check = look.check(id);
  const messageId = check?.findings[0]?.messageId ?? '';
  const probed = check?.findings.find((each) => each.messageId === 'probes-elsewhere')?.data.path;
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
  const path = new URL(url).pathname;
  const object = serviceRef(context.target);
  return {
    cause: 'service/http-error',
    verdict: 'confirmed',
    object,
    summary: `${path} answers ${status}: ${meaning}.`,
    evidence: [observed(`GET ${url}`, null, `HTTP ${status}`)],
    fix: [advise(fix), ...fixesFrom('See what it answers.', check?.fix ?? [])],
    symptoms: [id],
  };
}

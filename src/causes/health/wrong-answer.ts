import { advise } from '../../fixes/described.js';
import { askedInside, insideItem } from '../../computed/asked-inside.js';
import { eventItem, field } from '../../rule/seen.js';
import type { HealthLook } from '../../computed/probe-trouble.js';
import { answerWords } from '../bad-answer.js';
import { FAILING } from './_failing.js';
import { answerToOthers, probeCause, restartsToo } from './_probe.js';

/** What a status of the application means for its health endpoint. */
const READINGS: Readonly<Record<number, [meaning: string, fix: string]>> = {
  400: [
    'it refuses the request itself, most often its Host header (Invalid host header): the kubelet asks by the pod’s address',
    'Let the health endpoint be asked by any host: TrustedHostMiddleware’s allowed_hosts, Django’s ALLOWED_HOSTS; or give the probes the Host header that it takes (httpGet.httpHeaders).',
  ],
  405: [
    'it has the path for another method, and not for GET',
    'Let the health endpoint answer GET: @app.get, or methods=["GET", …].',
  ],
  421: [
    'it does not serve this host name: the kubelet asks by the pod’s address',
    'Let the health endpoint be asked by any host, or give the probes the Host header that it takes (httpGet.httpHeaders).',
  ],
  426: ['it wants another protocol', 'Let the health endpoint answer plain HTTP.'],
  429: [
    'it limits how often it may be asked, and its probes and checks count',
    'Take the health endpoint out of the rate limit, and let the limit count each client by its own address.',
  ],
};

/** What an answer is, by the finding of the check that it fails. */
const KINDS: Readonly<Record<string, [meaning: string, fix: string]>> = {
  'content-type': [
    'what comes is not JSON: pages of a frontend, a catch-all route, or a login',
    'Let the health endpoint answer JSON, such as {"status": "healthy"}, before any route that catches all.',
  ],
  'invalid-json': [
    'its body is not JSON',
    'Let the framework write all of it (return a dict): an empty body, NaN, and single quotes, as str() of a Python object has them, are no JSON.',
  ],
  'no-status': [
    'its JSON has no health status',
    'Let it say how it is: {"status": "healthy", "database": "connected"}.',
  ],
  'too-big': ['its body is too long to be a health status', 'Let it answer a short JSON object.'],
  redirect: [
    'a redirect, which no client of the contract expects',
    'Answer the path itself: declare the route with the slash at its end as it is asked (redirect_slashes), and keep login and https redirects away from it.',
  ],
};

export default probeCause({
  id: 'health/wrong-answer',
  means: 'wrong-answer',
  title: 'The health endpoint answers, and not with a health status',
  why: 'the application runs, and what it answers is about the request: a host name, a method, a limit; or a page, a redirect, an empty body',
  seen: 'HTTP probe failed with statuscode: 400, 405 or 429; or an answer that is not JSON, or has no status',
  remedy: 'let /api/health answer GET from everybody with 200 and a JSON health status',
  explains: ['functional/health', ...FAILING],
  tell(trouble, { status }, look, object) {
    const { pod, failure, spec, event, field: at } = trouble;
    const path = spec?.httpGet?.path ?? '/';
    const [meaning, fix] = READINGS[status] ?? OTHER;
    const inside = askedInside(look).find((each) => each.pod === pod.metadata.name);
    return {
      summary: `{pods}: ${path} answers the ${failure.probe} probe with ${status}: ${meaning}${restartsToo(trouble)}.`,
      evidence: [
        eventItem(event, look.context.target),
        field(object, `${at}.httpGet.path`, path),
        ...(inside ? [insideItem(inside, look)] : []),
      ],
      fix: [advise(fix)],
      ruledOut: ['wrong port', 'time-out', 'database'],
    };
  },
  also(pods, look) {
    const answer = answerToOthers(pods, look);
    if (answer?.means !== 'wrong-answer') return [];
    const [finding] = look.check('functional/health')?.findings ?? [];
    const [meaning, fix] = KINDS[finding?.messageId ?? ''] ?? READINGS[answer.status] ?? OTHER;
    return [
      {
        verdict: 'confirmed',
        object: answer.object,
        summary: `${answerWords(answer)}: ${meaning}${answer.unnoticed}.`,
        evidence: answer.evidence,
        fix: [advise(fix)],
        symptoms: answer.status === 429 ? limited(look) : ['functional/health'],
      },
    ];
  },
});

const OTHER: [meaning: string, fix: string] = [
  'no answer of a health endpoint',
  'Let it answer 200 with a JSON health status where the application is well, and 503 where it is not.',
];

/** Checks whose requests met the same limit. */
function limited(look: HealthLook): string[] {
  return ['functional/health', 'functional/api-docs', 'functional/auth-required'].filter((id) =>
    look.check(id)?.findings.some(({ data }) => data.status === '429' || String(data.found).includes('429')),
  );
}

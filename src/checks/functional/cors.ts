import { serviceRef } from '../../rule/object-ref.js';
import type { Preflight } from '../../evidence/evidence.js';
import { curlPreflight } from '../../rule/command.js';
import { look, text, type Part } from '../../rule/fix.js';
import { defineCheck, skip, unknown, warnUnlessEmpty, type CheckContext, type Finding } from '../check.js';
import { failOrWarn } from '../shared.js';
import { unreached } from './_http.js';

type Message = 'origin' | 'status' | 'headers';

export default defineCheck({
  meta: {
    id: 'functional/cors',
    title: 'The frontend’s pages may ask the backend (CORS)',
    failureTitle: 'Browsers do not let the frontend’s pages ask the backend (CORS)',
    why: 'where pages ask a backend at another host or port, browsers ask it first, and without its permission send nothing: the pages open, and no task appears',
    remedy: allowOrigin,
    severity: 'error',
    reads: ['cors', 'route'],
    needs: ['service/selector-matches', 'pods/ready'],
    judgedAnyway: ({ cors, route }) => cors.skipped !== undefined || route.via !== 'none',
    messages: {
      origin: 'a page of {origin} ({from}) may not ask {url}: {found}',
      status:
        'a page of {origin} ({from}) may not ask {url}: OPTIONS is answered {found}, and browsers want 200 or 204',
      headers:
        'a page of {origin} ({from}) may not send a token to {url}: access-control-allow-headers is {found}',
    },
    contractSection: 'Access Patterns: From Host Machine',
  },
  evaluate({ cors, route }, context) {
    const { skipped, preflights } = cors;
    if (skipped !== undefined) return skip(skipped);
    const missed = unreached(route);
    if (missed) return missed;
    const silent = preflights.find(({ outcome }) => outcome !== 'response');
    if (silent !== undefined) return unknown(`OPTIONS ${silent.url}: ${silent.detail || silent.outcome}`);
    const judged = preflights.map((each) => ({ ...each, finding: judge(each, context) }));
    const refused = (wanted: boolean) =>
      judged.flatMap(({ certain, finding }) => (certain === wanted && finding ? [finding] : []));
    const allowed = judged.flatMap(({ origin, finding }) => (finding === undefined ? [origin] : []));
    // One of the addresses works; that the other ones do not may be meant.
    if (allowed.length > 0)
      return warnUnlessEmpty(refused(true), `pages of ${allowed.join(', ')} may ask it`);
    // At which of a node's addresses the pages are asked for is not known: it may be none of them.
    return failOrWarn(refused(true), refused(false), '');
  },
});

/** What a browser would refuse of an answer (Fetch Standard, CORS-preflight fetch); undefined: nothing. */
function judge(
  { origin, from, url, status = 0, allowOrigin, allowHeaders = '', says = '' }: Preflight,
  { target }: CheckContext,
): Finding<Message> | undefined {
  const object = serviceRef(target);
  const data = { origin, from, url };
  const answer = `${status}${says === '' ? '' : ` ${says}`}`;
  if (allowOrigin !== '*' && allowOrigin !== origin) {
    const found =
      allowOrigin === undefined
        ? `no access-control-allow-origin (HTTP ${answer})`
        : `access-control-allow-origin is ${allowOrigin}`;
    const expected = `access-control-allow-origin: ${origin}`;
    return { messageId: 'origin', data: { ...data, expected, found }, object };
  }
  if (status < 200 || status > 299)
    return { messageId: 'status', data: { ...data, expected: 'HTTP 200 or 204', found: answer }, object };
  const headers = allowHeaders.split(',').map((each) => each.trim().toLowerCase());
  if (headers.includes('authorization') || headers.includes('*')) return undefined;
  const found = allowHeaders === '' ? 'absent' : allowHeaders;
  return { messageId: 'headers', data: { ...data, expected: 'authorization among them', found }, object };
}

function allowOrigin(context: CheckContext, findings: readonly Finding[]): Part[] {
  const { origin = 'http://localhost:3000', url = '' } = findings[0]?.data ?? {};
  return [
    text(
      `Add ${String(origin)} to the origins that the backend allows: CORSMiddleware(allow_origins=[…], allow_methods=["*"], allow_headers=["*"]) in FastAPI, or the variable that it reads them from, and restart it.`,
    ),
    ...(url === ''
      ? []
      : [look(curlPreflight(String(url), String(origin)), 'what browsers ask, and the answer')]),
  ];
}

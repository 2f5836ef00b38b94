import { serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import type { HttpExchange } from '../../evidence/evidence.js';
import { isAbsent } from '../../contract/open.js';
import { defineCheck, pass, skip } from '../check.js';
import { failWith } from '../shared.js';
import {
  asProven,
  noResponse,
  OUTCOME_MESSAGES,
  UNANSWERED_PASSES,
  curl,
  responseData,
  showLogs,
  unreached,
} from './_http.js';

const MESSAGES = {
  ...OUTCOME_MESSAGES,
  bypass: 'AUTHENTICATION BYPASS: {url} answers {status} to a request without a token',
  forbidden:
    '{url} refuses with 403 where 401 is expected: clients read it as “signed in, but not allowed” and do not sign in',
  'trailing-slash':
    '{url} answers {status}: a redirect to {location}, which differs by its trailing slash only',
  redirect: '{url} answers {status}: a redirect to {location}, where an API client expects a 401',
  'not-found': '{url} answers 404: the route is missing, or the application runs under another root_path',
  'server-error': '{url} answers {status}: the application fails before it refuses',
  status: '{url} answers {status}',
};

export default defineCheck({
  meta: {
    id: 'functional/auth-required',
    title: 'Tasks are refused without a token',
    failureTitle: 'Tasks are not refused as the contract demands',
    why: 'what is served without a token is served to anyone who can reach the port',
    remedy: (context, findings) => [
      ...(findings[0]?.messageId === 'server-error'
        ? [look(showLogs(context))]
        : [
            look(
              curl(context, context.contract.http.tasksPath, findings),
              'the route must depend on the token check and answer 401 without one',
            ),
          ]),
    ],
    severity: 'error',
    reads: ['route', 'tasks'],
    needs: ['service/ports', 'service/selector-matches', 'pods/ready'],
    judgedAnyway: ({ route }) => route.via !== 'none',
    // Another port than the contract's may lead to it: what answers can be judged.
    despite: { needs: ['service/ports'], when: ({ route }) => route.via !== 'none' },
    messages: MESSAGES,
    passing: UNANSWERED_PASSES,
    contractSection: 'Functional Verification',
  },
  evaluate({ route, tasks }, context) {
    if (isAbsent(context.contract, 'http.tasksPath')) return skip('the contract knows no tasks');
    const { tasksStatuses } = context.contract.http;
    const expected = `HTTP ${tasksStatuses.join(' or ')}`;
    const missed = unreached(route) ?? noResponse(tasks, expected, context);
    if (missed) return missed;
    const { status = 0, location = 'nowhere (no Location header)' } = tasks;
    if (tasksStatuses.includes(String(status)))
      return asProven(route, pass(`HTTP ${status} without a token`));
    const data = { ...responseData(tasks, expected, `HTTP ${status}`), location };
    return failWith(classify(tasks, status), data, serviceRef(context.target));
  },
});

/** What another status than 401 means. */
function classify({ url, location }: HttpExchange, status: number) {
  if (status >= 200 && status <= 299) return 'bypass';
  if (status >= 300 && status <= 399) return differsBySlash(url, location) ? 'trailing-slash' : 'redirect';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status >= 500 ? 'server-error' : 'status';
}

/** A framework's redirect from `/api/tasks` to `/api/tasks/` or back, whatever host it names. */
function differsBySlash(url: string, location: string | undefined): boolean {
  if (location === undefined || !URL.canParse(location, url)) return false;
  const paths = [new URL(url).pathname, new URL(location, url).pathname];
  const [from, to] = paths.map((path) => path.replace(/\/$/, ''));
  return paths[0] !== paths[1] && from === to;
}

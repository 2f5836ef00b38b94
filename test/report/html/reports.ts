/** Reports for the page: one of each kind, and the same with any text in every place that holds text. */
import type { Report } from '../../../src/engine/report.js';
import { loadReport } from '../../load/load-report.js';
import { loadFacts } from '../../support/load-facts.js';
import { diagnosed } from '../diagnosed.js';
import { allPass, failWithBlocked, hostile, sample, unknownForbidden } from '../samples.js';

const POD = 'todo-chatbot-backend-6d5f9c7b4d-m5t9z';

/** A container that was killed for its memory, ten minutes after its pod was made. */
export function withTimeline(): Report {
  const object = { kind: 'Pod', namespace: 'default', name: POD };
  const entry = { level: 'normal' as const, object, count: 1 };
  return {
    ...failWithBlocked(),
    timeline: {
      entries: [
        { ...entry, at: '2026-02-09T02:52:44Z', reason: 'Created', message: 'pod created' },
        {
          ...entry,
          at: '2026-02-09T03:02:44Z',
          level: 'warning',
          reason: 'OOMKilled',
          message: 'container backend ended after 590 s: OOMKilled, exit code 137',
        },
        { ...entry, at: '2026-02-09T03:02:46Z', reason: 'Pulled', message: 'image is there', count: 4 },
      ],
      omitted: 0,
    },
  };
}

/** All checks that tell of a request's way; those that are given, otherwise. */
export function withWay(changed: NonNullable<Parameters<typeof sample>[0]>): Report {
  const ids = [
    ...[
      'functional/node-port',
      'service/type',
      'service/exists',
      'service/ports',
      'service/selector-matches',
    ],
    ...['load-balancing/endpoints', 'pods/ready', 'network/database-egress', 'functional/health'],
  ];
  const report = sample({});
  const [like] = report.checks;
  if (!like) throw new Error('the sample has checks');
  const checks = ids.map((id) => ({ ...like, id, ...changed[id] }));
  return { ...report, checks };
}

/** With errors, an unserved pod, and requests that are no pod's. */
export async function withLoad(): Promise<Report> {
  const facts = loadFacts([90, 81, 0]);
  facts.lost = [{ what: 'connection refused', requests: 12 }];
  facts.completed += 12;
  return loadReport(facts);
}

export const KINDS: [string, () => Report | Promise<Report>][] = [
  ['all passed', allPass],
  ['failed, with a timeline', withTimeline],
  ['unknown', unknownForbidden],
  ['hostile', hostile],
  ['diagnosed', diagnosed],
  ['load', withLoad],
];

/** What is no free text: enumerations, times, and the ids by which checks refer to each other. */
const FIXED = new Set([
  'topic',
  'cause',
  'unexplained',

  'status',
  'suite',
  'id',
  'level',
  'at',
  'startedAt',
  'severity',
  'verdict',
  'state',
  'endedBy',
]);

/** The kinds of a fix's parts are a closed list, as statuses are; the kinds of objects are anybody's. */
function isPartKind(key: string, value: string): boolean {
  return key === 'kind' && ['text', 'look', 'fix', 'undo'].includes(value);
}

/** The report with `payload` in the place of every text that could come from a cluster. */
export function everywhere(report: Report, payload: string): Report {
  return JSON.parse(JSON.stringify(report), (key, value: unknown) =>
    typeof value === 'string' && !FIXED.has(key) && !isPartKind(key, value) ? payload : value,
  ) as Report;
}

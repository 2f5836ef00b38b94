/**
 * Writes docs/report.schema.json, the JSON Schema of the JSON report, and docs/events.schema.json, that of a line of
 * `-o events`. `--check` only tells whether they are up to date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { SUITES } from '../src/checks/check.js';
import { TOPICS } from '../src/rule/diagnosis.js';
import type { Report } from '../src/engine/report.js';
import type { StreamEvent } from '../src/report/events.js';

const FOLDER = path.resolve(import.meta.dirname, '../docs');

// Objects are open: a later version of the program may add fields without a new schemaVersion.
const object = z.looseObject;
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

const objectRef = object({
  kind: z.string(),
  namespace: z.string().optional().describe('Absent for objects without a namespace'),
  name: z.string(),
});

const finding = object({
  messageId: z.string().describe('Stable id of the message within its check'),
  message: z.string().describe('What was seen, in words'),
  object: objectRef.nullable().describe('The API object that it is about'),
  data: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe(
      'Values of the message; `expected`, `found` and `field` (a path in the object) where they apply',
    ),
});

const KINDS = ['text', 'look', 'fix', 'undo'] as const;

const part = z.union([
  object({ kind: z.literal('text'), text: z.string().describe('Words') }),
  object({
    kind: z.enum(['look', 'fix', 'undo']).describe('look only reads, fix changes something, undo goes back'),
    command: z.string().describe('Complete and ready to paste'),
    note: z.string().optional().describe('What else there is to know about the command'),
    variables: z.array(z.string()).optional().describe('Variables of the shell that it takes values from'),
  }),
]);

const check = object({
  id: z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/),
  suite: z.enum(SUITES),
  title: z.string().describe('The expected fact, the same for every outcome'),
  status: z
    .enum(['pass', 'warn', 'fail', 'unknown', 'blocked', 'skip'])
    .describe('unknown: it could not be determined. blocked: a check that it needs did not pass'),
  severity: z.enum(['error', 'warning']),
  message: z.string().describe('The fact that was seen, what was seen instead, or the reason'),
  findings: z.array(finding).describe('Empty but for fail and warn'),
  remedy: z
    .string()
    .nullable()
    .describe('What to do: a command ready to paste, a sentence, or several lines of them'),
  fix: z.array(part).describe('The same in its parts'),
  accepted: z
    .array(
      object({
        message: z.string(),
        object: objectRef.nullable(),
        reason: z.string().describe('As the contract has it'),
        until: z
          .string()
          .nullable()
          .describe('The last day on which it is accepted, YYYY-MM-DD; null: for good'),
      }),
    )
    .optional()
    .describe('Deviations that the contract accepts; absent where there are none'),
  blockedBy: z.array(z.string()).describe('Ids of the checks that block this one'),
  access: object({ verb: z.string(), group: z.string(), resource: z.string() })
    .optional()
    .describe('The permission without which it could not be judged'),
  toldWith: z
    .string()
    .optional()
    .describe('Id of the failed check that shows the same trouble nearer to its root'),
  why: z.string(),
  contractSection: z.string(),
  durationMs: milliseconds,
  defect: z
    .literal(true)
    .optional()
    .describe('The check itself failed, which is a defect of todo-k8s: the exit code is 4'),
});

const latency = object({
  count,
  mean: milliseconds,
  min: milliseconds,
  p50: milliseconds,
  p90: milliseconds.nullable(),
  p99: milliseconds.nullable(),
  max: milliseconds,
})
  .nullable()
  .describe('Milliseconds; a percentile that too few responses support is null');

const tallies = z.array(object({ what: z.string(), requests: count }));
const probability = z.number().min(0).max(1);

const load = object({
  url: z.string(),
  hops: z.array(z.string()).describe('What a request passes, in order'),
  dataPath: object({
    sessionAffinity: z.string().optional(),
    externalTrafficPolicy: z.string().optional(),
    internalTrafficPolicy: z.string().optional(),
    endpoints: z.array(object({ pod: z.string().optional(), zones: z.array(z.string()) })).optional(),
    node: object({ name: z.string(), zone: z.string().optional() }).optional(),
  }),
  path: z.string(),
  requests: count.describe('Asked for; with a duration alone, those that were sent'),
  completed: count.describe('Came to an end: those of pods, lost and unattributed add up to it'),
  unfinished: count.describe('Asked for, and not sent or not waited for'),
  endedBy: z.enum(['requests', 'duration', 'interruption', 'no-answer', 'no-route']),
  elapsedMs: milliseconds,
  requestsPerSecond: z.number(),
  concurrency: count,
  ratePerSecond: z.number().nullable(),
  timeoutMs: milliseconds,
  attributedBy: z.array(z.string()),
  pods: z.array(
    object({
      pod: z.string(),
      state: z.enum(['steady', 'joined', 'left', 'not-ready', 'foreign']),
      judged: z.boolean().describe('Ready all the time, and in reach: the spread is judged over these'),
      node: z.string().optional(),
      requests: count,
      share: probability.describe('Part of the completed requests'),
      errors: count,
      problems: tallies,
      latency,
      connect: latency,
      firstByte: latency,
    }),
  ),
  lost: tallies.describe('Failed before any pod is known to have seen them, by kind'),
  unattributed: tallies.describe('Answered by a pod that is not known, by reason'),
  openToSteady: count.describe('Those of them that a pod that is judged may have served'),
  statuses: z.array(object({ status: z.int(), requests: count })),
  problems: tallies.describe('All errors by kind'),
  latency,
  connect: latency,
  firstByte: latency,
  histogram: z.array(object({ toMs: milliseconds, count })),
  order: z.array(z.string().nullable()).describe('Pods of the first requests, in the order of sending'),
  changes: z.array(object({ pod: z.string(), what: z.enum(['joined', 'left']), afterMs: milliseconds })),
  notes: z.array(z.string()),
  keepAlive: object({ requests: count, connections: count, pods: tallies, others: count }).nullable(),
  expectedShare: probability.nullable(),
  spread: object({
    verdict: z.enum(['even', 'uneven', 'unserved', 'inconclusive']),
    p: probability,
    method: z.enum(['exact multinomial', 'chi-square']),
    miss: probability.describe('That an even choice leaves a pod without any request'),
    enough: count.describe('Requests from which on an unserved pod decides'),
    confidence: probability,
    more: object({ requests: count, miss: probability }),
  }).nullable(),
});

const timeline = object({
  entries: z
    .array(
      object({
        at: z.string().describe('RFC 3339, by the cluster’s clocks'),
        level: z.enum(['normal', 'warning']),
        object: objectRef,
        reason: z.string().describe('One word in Kubernetes’ terms, such as Started or OOMKilled'),
        message: z.string(),
        count: count.describe('How often an event was seen'),
      }),
    )
    .describe('Oldest first'),
  omitted: count.describe('Entries left out because there were too many; warnings are kept first'),
});

const hops = z.array(
  object({
    hop: z.string(),
    state: z
      .enum(['good', 'broken', 'unknown', 'not-reached', 'skipped'])
      .describe('not-reached: it lies behind a broken hop. skipped: it was not asked for'),
    detail: z.string().describe('The fact that was seen, or the reason'),
    ms: milliseconds.nullable().describe('Milliseconds that crossing it took; null where it is only read'),
  }),
);

const diagnosis = object({
  cause: z
    .string()
    .regex(/^[a-z-]+\/[a-z0-9-]+$/)
    .describe('Stable id; todo-k8s checks explain tells more'),
  topic: z.enum(TOPICS),
  title: z.string(),
  severity: z.enum(['error', 'warning']),
  verdict: z
    .enum(['confirmed', 'likely', 'inconclusive'])
    .describe('confirmed: seen. likely: inferred. inconclusive: something could not be read'),
  object: objectRef.nullable(),
  summary: z.string(),
  headline: z.string().describe('The summary without the pods that it happened to'),
  pods: z.array(z.string()).describe('Names of the pods that it happened to; empty: all of the backend'),
  evidence: z.array(
    object({
      source: z.string(),
      object: objectRef.nullable(),
      field: z.string().nullable().describe('Path in the object'),
      value: z.string(),
      at: z.string().nullable().describe('RFC 3339, when it happened'),
    }),
  ),
  fix: z.array(
    object({
      kind: z.enum(KINDS).describe('What its command does; text: it has none'),
      description: z.string(),
      command: z.string().nullable().describe('Ready to paste'),
      helmValue: z
        .string()
        .nullable()
        .describe('Where Helm manages the object: what an edit by hand would not outlive'),
    }),
  ),
  then: z.string().nullable().describe('The command that shows whether the fix worked'),
  wouldConfirm: z.string().nullable().describe('What would make a likely cause certain'),
  ruledOut: z.array(z.string()),
  symptoms: z.array(z.string()).describe('Ids of the checks that do not pass because of it'),
  folded: z.array(z.string()).describe('Causes that follow from it'),
  path: hops,
});

const bytes = z.number().nonnegative().nullable();

const memory = object({
  containers: z
    .array(
      object({
        pod: z.string(),
        container: z.string(),
        requestBytes: bytes,
        limitBytes: bytes.describe('null: it may use all of its node'),
        usageBytes: bytes.describe('Working set; null where it was not read'),
        oomKilledAt: z.string().nullable().describe('RFC 3339'),
      }),
    )
    .describe('Nearest to the limit first'),
  omitted: count,
});

// Typed by Report, so that the schema cannot promise what the program does not give.
const report: z.ZodType<Report> = object({
  schemaVersion: z.literal(1),
  tool: object({ name: z.literal('todo-k8s'), version: z.string() }),
  command: z.string(),
  target: object({
    context: z.string(),
    server: z.string(),
    namespace: z.string(),
    release: z.string().nullable(),
    kubernetesVersion: z.string().nullable().describe('null when the server did not answer'),
    route: object({ via: z.string(), url: z.string(), proves: z.string() })
      .nullable()
      .describe('How the backend was reached over HTTP; null when no check asked'),
  }),
  defaults: z
    .array(z.string())
    .optional()
    .describe('Flags that were not given, with the variable or file that set them'),
  from: object({
    bundle: z.string().describe('Name of the file'),
    recordedAt: z.iso.datetime({ offset: true }),
    by: z.string().describe('The command that recorded it'),
  })
    .optional()
    .describe('The bundle that was judged in place of a cluster; absent for a live run'),
  startedAt: z.iso.datetime({ offset: true }),
  durationMs: milliseconds,
  summary: object({ pass: count, warn: count, fail: count, unknown: count, blocked: count, skip: count }),
  exitCode: z.int().min(0).max(255),
  interrupted: z.boolean().describe('A signal ended the run early; what was not judged by then is unknown'),
  notices: z.array(z.string()),
  next: z.string().nullable().describe('The command to run next'),
  checks: z.array(check),
  serving: object({
    state: z.enum(['up', 'degraded', 'down', 'unknown']),
    facts: z.array(z.string()).describe('What shows it, most telling first'),
  })
    .optional()
    .describe('Whether users are served; absent where the backend was not asked'),
  load: load.optional().describe('What loadbalance measured'),
  memory: memory.optional().describe('Memory against limits, where a use or a kill is known'),
  timeline: timeline.optional().describe('When pods started, ended and became ready, as far as it was read'),
  diagnoses: z.array(diagnosis).optional().describe('What doctor found, worst first'),
  topics: z
    .array(object({ topic: z.enum(TOPICS), path: hops }))
    .optional()
    .describe('How far doctor got on each topic'),
  unexplained: z
    .array(z.string())
    .optional()
    .describe('Ids of checks that do not pass and that no diagnosis explains'),
});

const stamp = {
  schemaVersion: z.literal(1),
  at: z.iso.datetime({ offset: true }),
  command: z.string(),
  context: z.string(),
  namespace: z.string(),
  release: z.string().nullable(),
};

const event: z.ZodType<StreamEvent> = z.discriminatedUnion('type', [
  object({
    type: z.literal('run-started').describe('Again for each observation of --wait and --watch'),
    ...stamp,
    tool: object({ name: z.literal('todo-k8s'), version: z.string() }),
    checks: z.array(object({ id: z.string(), suite: z.enum(SUITES), title: z.string() })),
  }),
  object({ type: z.literal('check-finished'), ...stamp, check }),
  object({
    type: z.literal('progress').describe('Of loadbalance, at most twice a second'),
    ...stamp,
    completed: count,
    requests: count.nullable().describe('null: as many as the time allows'),
    errors: count,
    elapsedMs: milliseconds,
    pods: z.array(object({ pod: z.string(), requests: count })),
  }),
  object({
    type: z.literal('report').describe('The last line of an observation'),
    ...stamp,
    report,
  }),
]);

/** The report's schema as it is published. */
export function reportSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(report, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title: 'Report of todo-k8s', ...schema };
}

/** The schema of a line of `-o events`; a later version may add types, which a reader skips. */
export function eventsSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(event, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title: 'A line of todo-k8s -o events', ...schema };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const schemas = { 'report.schema.json': reportSchema(), 'events.schema.json': eventsSchema() };
  for (const [name, schema] of Object.entries(schemas)) {
    const file = path.join(FOLDER, name);
    const text = await format(JSON.stringify(schema), { ...(await resolveConfig(file)), filepath: file });
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      console.error(`docs/${name} is out of date: run npx tsx scripts/report-schema.ts`);
      process.exitCode = 1;
    }
  }
}

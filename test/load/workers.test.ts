import { describe, expect, test } from '@jest/globals';
import type { Reply } from '../../src/evidence/http/lane.js';
import { Ledger } from '../../src/load/ledger.js';
import { Nonce } from '../../src/load/nonce.js';
import { workerJob } from '../../src/load/workers/job.js';
import { judgeWorkers, type WorkerSeen } from '../../src/load/workers/judge.js';
import {
  countsOf,
  mergeCounts,
  readResult,
  responsesOf,
  resultLine,
  sumOf,
  type WayCounts,
} from '../../src/load/workers/result.js';
import { sendAsWorker } from '../../src/load/workers/send.js';
import { markOf, type WorkerSpec } from '../../src/load/workers/spec.js';
import { mulberry32 } from '../support/random.js';
import { backendServer } from '../support/worker-target.js';

const SPEC: WorkerSpec = {
  seed: 'abcdef012345',
  ways: [
    { name: 'ClusterIP', host: '10.96.0.10', port: 8000 },
    { name: 'node-1', node: 'node-1', host: '10.0.0.1', port: 30081 },
    { name: 'node-2', node: 'node-2', host: '10.0.0.2', port: 30081 },
  ],
  requests: 20,
  concurrency: 4,
  path: '/api/health',
  timeoutMs: 1000,
  pods: ['a', 'b'],
};

const sorted = ({ outcomes, total, pods }: WayCounts) => ({
  outcomes: [...outcomes].sort(),
  total: [...total].sort(([a], [b]) => a - b),
  pods: [...pods].sort(),
});

describe('ledgers add up', () => {
  test.each(Array.from({ length: 25 }, (_, index) => index))(
    'whatever was recorded, split anyhow (seed %i)',
    (seed) => {
      const random = mulberry32(seed);
      const whole = new Ledger(400);
      const shards = Array.from({ length: 1 + Math.floor(random() * 6) }, () => new Ledger(400));
      const numbers = shards.map(() => 0);
      for (let index = 0; index < 400; index += 1) {
        const outcome =
          (['response', 'response', 'response', 'refused', 'timeout', 'cut'] as const)[
            Math.floor(random() * 6)
          ] ?? 'cut';
        const status = outcome === 'response' ? ([200, 200, 404, 503][Math.floor(random() * 4)] ?? 200) : 0;
        const reply: Reply = {
          outcome,
          status,
          head: '',
          body: '',
          connectMs: 1,
          firstByteMs: 2,
          totalMs: random() ** 8 * 5000,
        };
        const shard = Math.floor(random() * shards.length);
        const at = numbers[shard] ?? 0;
        numbers[shard] = at + 1;
        const pod = outcome === 'response' && random() < 0.8 ? `pod-${Math.floor(random() * 5)}` : undefined;
        for (const [ledger, number] of [
          [whole, index],
          [shards[shard], at],
        ] as const) {
          ledger?.record(number, 0, reply);
          if (pod !== undefined) ledger?.attribute(number, pod);
        }
      }
      const read = shards.map((ledger, worker) => {
        const result = { worker, ways: [countsOf(ledger, numbers[worker] ?? 0)] };
        const log = `2026-01-01T00:00:00Z noise\n2026-01-01T00:00:01Z ${resultLine(result)}\n`;
        return readResult(log, { worker, ways: 1, requests: 400 })?.ways[0] ?? mergeCounts([]);
      });
      const expected = countsOf(whole, 400);
      expect(sorted(mergeCounts(read))).toEqual(sorted(expected));
      expect(sumOf(expected.outcomes)).toBe(whole.completed);
    },
  );
});

describe('a result that cannot be one is none', () => {
  const good = { worker: 1, ways: [{ outcomes: [['response 200', 2]], total: [[10, 2]], pods: [['a', 1]] }] };
  const expected = { worker: 1, ways: 1, requests: 2 };
  const way = (change: object) => ({ ...good, ways: [{ ...good.ways[0], ...change }] });
  const read = (value: unknown) => readResult(`todo-k8s-ledger/1 ${JSON.stringify(value)}\n`, expected);

  test('as it was sent', () => expect(read(good)).toEqual(good));

  test.each<[string, unknown]>([
    ['another worker’s', { ...good, worker: 2 }],
    ['more requests than were asked for', way({ outcomes: [['response 200', 3]], total: [[10, 3]] })],
    ['times of responses that were not', way({ total: [[10, 3]] })],
    ['more named pods than responses', way({ pods: [['a', 3]] })],
    [
      'a negative count',
      way({
        outcomes: [
          ['response 200', 4],
          ['refused 0', -2],
        ],
      }),
    ],
    ['a count that is no whole number', way({ pods: [['a', 0.5]] })],
    ['a count beyond all numbers', way({ outcomes: [['response 200', 1e300]] })],
    [
      'an outcome that is a text',
      way({
        outcomes: [
          ['response 200', 2],
          ['::error::x', 0],
        ],
      }),
    ],
    ['an escape sequence as a pod', way({ pods: [['\u001b[2J', 1]] })],
    ['a bucket that there is not', way({ total: [[1e6, 2]] })],
    [
      'a key twice',
      way({
        pods: [
          ['a', 1],
          ['a', 1],
        ],
      }),
    ],
    ['no way', { worker: 1, ways: [] }],
    ['a way too many', { worker: 1, ways: [good.ways[0], good.ways[0]] }],
    ['null', null],
    ['ways of nothing', { worker: 1, ways: [null] }],
  ])('%s', (_, value) => expect(read(value)).toBeUndefined());

  test('cut off', () =>
    expect(readResult(resultLine({ ...good } as never).slice(0, -5), expected)).toBeUndefined());
  test('no line at all', () => expect(readResult('nothing here', expected)).toBeUndefined());
});

describe('judged', () => {
  const ok = (requests = 20): WayCounts => ({
    outcomes: [['response 200', requests]],
    total: [[100, requests]],
    pods: [
      ['a', requests / 2],
      ['b', requests / 2],
    ],
  });
  const silent: WayCounts = { outcomes: [['timeout 0', 20]], total: [], pods: [] };
  const ready = [
    { name: 'a', node: 'node-1' },
    { name: 'b', node: 'node-2' },
  ];
  const seen = (...ways: WayCounts[][]): WorkerSeen[] =>
    ways.map((each, worker) => ({
      worker,
      pod: `w${worker}`,
      node: `node-${worker + 1}`,
      result: { worker, ways: each },
    }));
  const judge = (workers: WorkerSeen[], inLogs = new Map<string, number>()) =>
    judgeWorkers(SPEC, workers, ready, inLogs, ['node-1', 'node-2']);

  test('all of it answers', () => {
    const report = judge(seen([ok(), ok(), ok()], [ok(), ok(), ok()]));
    expect(report).toMatchObject({ exitCode: 0, findings: [], unattributed: 0, notices: [] });
    expect(report.spread.map(({ way, sent, good }) => ({ way, sent, good }))).toEqual(
      SPEC.ways.map(({ name }) => ({ way: name, sent: 40, good: 40 })),
    );
    expect(report.pods.map(({ requests }) => requests)).toEqual([60, 60]);
  });

  test('a node whose port answers nobody is named, with where to look', () => {
    const report = judge(seen([ok(), ok(), silent], [ok(), ok(), silent]));
    expect(report.exitCode).toBe(1);
    expect(report.findings).toEqual([
      {
        status: 'fail',
        summary:
          'node node-2, port http://10.0.0.2:30081 answers nobody: no answer in time 40×, from every node',
        node: 'node-2',
      },
    ]);
  });

  test('what fails from one node alone is told with that node', () => {
    const report = judge(seen([ok(), silent, ok()], [ok(), ok(), ok()]));
    expect(report.findings[0]?.summary).toBe(
      'node node-1, port http://10.0.0.1:30081: 20 of 40 requests failed (no answer in time 20×), from node-1 alone',
    );
  });

  test('errors of the backend count as failures, redirects do not', () => {
    const mixed: WayCounts = {
      outcomes: [
        ['response 307', 10],
        ['response 503', 10],
      ],
      total: [[100, 20]],
      pods: [['a', 20]],
    };
    const report = judge(seen([ok(), mixed, ok()]));
    expect(report.findings[0]?.summary).toContain('10 of 20 requests failed (HTTP 503 10×)');
  });

  test('a ready pod that served nothing fails, unless responses are of no known pod', () => {
    const onlyA: WayCounts = { outcomes: [['response 200', 20]], total: [[100, 20]], pods: [['a', 20]] };
    expect(judge(seen([onlyA, onlyA, onlyA])).findings[0]?.summary).toContain(
      'pod b is ready and served none of 60',
    );
    const unnamed: WayCounts = { ...onlyA, pods: [] };
    const report = judge(seen([unnamed, onlyA, onlyA]));
    expect(report).toMatchObject({ findings: [], unattributed: 20, exitCode: 0 });
    expect(judge(seen([unnamed, onlyA, onlyA]), new Map([['b', 20]]))).toMatchObject({
      unattributed: 0,
      exitCode: 0,
    });
  });

  test('a worker without a result leaves it open, and a node that sent nothing is told', () => {
    const [first = { worker: 0 }] = seen([ok(), ok(), ok()]);
    const report = judge([first, { worker: 1, missing: 'Back-off pulling image' }]);
    expect(report).toMatchObject({ exitCode: 3, notices: ['nothing was sent from 1 node: node-2'] });
    expect(report.findings[0]?.summary).toBe('worker 1 has no result: Back-off pulling image');
  });

  test('nothing came to an end: not determined', () => {
    expect(judge([{ worker: 0, missing: 'x' }]).exitCode).toBe(3);
  });
});

test('a worker counts what it sent on every way, and its marks are found', async () => {
  const asked: string[] = [];
  const target = await backendServer((path) => asked.push(path));
  const spec: WorkerSpec = {
    ...SPEC,
    ways: [
      { name: 'ClusterIP', host: '127.0.0.1', port: target.port },
      { name: 'node-1', node: 'node-1', host: '127.0.0.1', port: target.closedPort },
    ],
  };
  const result = await sendAsWorker(spec, 3, new AbortController().signal).finally(() => target.close());
  const [open, closed] = result.ways;
  expect(open && responsesOf(open)).toBe(20);
  expect(open?.pods).toEqual([['a', 20]]);
  expect(closed).toEqual({ outcomes: [['refused 0', 20]], total: [], pods: [] });
  expect(readResult(resultLine(result), { worker: 3, ways: 2, requests: 20 })).toEqual(result);
  const found = new Set<number>();
  new Nonce(markOf(spec, 3, 0)).scan(asked.join('\n') + '\n', (index) => found.add(index));
  expect(found.size).toBe(20);
});

test('marks of one worker are no other’s', () => {
  const found: number[] = [];
  const log = `GET /x?${new Nonce(markOf(SPEC, 1, 11)).target('/x', 5)}\n`;
  new Nonce(markOf(SPEC, 1, 1)).scan(log, (index) => found.push(index));
  new Nonce(markOf(SPEC, 11, 1)).scan(log, (index) => found.push(index));
  expect(found).toEqual([]);
});

test('the Job has no permission, no privilege, and an end', () => {
  const job = JSON.stringify(
    workerJob({ name: 'n', namespace: 'x', image: 'i', workers: 4, spec: SPEC, deadlineSeconds: 130 }),
  );
  for (const part of [
    '"automountServiceAccountToken":false',
    '"completionMode":"Indexed","completions":4,"parallelism":4',
    '"activeDeadlineSeconds":130',
    '"ttlSecondsAfterFinished":600',
    '"topologyKey":"kubernetes.io/hostname"',
    '"runAsNonRoot":true',
    '"allowPrivilegeEscalation":false',
    '"drop":["ALL"]',
  ])
    expect(job).toContain(part);
});

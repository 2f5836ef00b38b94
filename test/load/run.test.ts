/** Load runs against the lab over real sockets: counts equal the backends' own, whatever happens meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { addPod } from '../../src/lab/install.js';
import { readinessFails } from '../../src/lab/mishaps.js';
import { byPod, loadLab, statusOf, totalOf, watch, type LoadLab } from './lab-run.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

jest.setTimeout(120_000);

const open: LoadLab[] = [];
async function start(scenario?: string, namesPod?: boolean): Promise<LoadLab> {
  const made = await loadLab(scenario, namesPod);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** Somebody else's requests, on the same path and with a mark of their own. */
function foreignTraffic(url: string): () => Promise<number> {
  const over = new AbortController();
  let sent = 0;
  const done = (async () => {
    while (!over.signal.aborted) {
      await fetch(`${url}/api/health?todo-k8s=somebody-else-1`).then((response) => response.text());
      sent += 1;
      await sleep(5);
    }
  })();
  return async () => {
    over.abort();
    await done;
    return sent;
  };
}

describe('counts by pod', () => {
  test.each([10, 1000, 20_000])(
    'of %i requests equal the backends’ own, with foreign traffic',
    async (requests) => {
      const { lab, run, counts, world } = await start();
      for (const { log } of world.pods) log.append('INFO: 10.244.0.1:1 - "GET /api/health HTTP/1.1" 200 OK');
      const stop = foreignTraffic(lab.url);
      const report = await run({ requests, concurrency: 16, timeoutMs: 30_000 });
      expect(await stop()).toBeGreaterThan(0);
      expect(byPod(report)).toEqual(counts());
      expect(report.load).toMatchObject({ completed: requests, unattributed: [], lost: [], problems: [] });
      expect(totalOf(report)).toBe(requests);
      expect(statusOf(report, 'every-pod-answered')).toBe('pass');
      expect(report.load.attributedBy).toEqual(['access log']);
      expect(report.load.order.slice(0, 10).every((pod) => pod !== null)).toBe(true);
    },
  );

  test.each([false, true])(
    'of one that is not well by its body alone; names itself: %s',
    async (namesPod) => {
      const { run, world } = await start('healthy', namesPod);
      const [, sick] = world.pods;
      if (sick) Object.assign(sick.app.health.body, { database: 'disconnected' });
      const report = await run({ requests: 60 });
      const served = byPod(report)[sick?.object.metadata.name ?? ''];
      expect(served).toBeGreaterThan(0);
      expect(report.load.flaws).toEqual([
        { pod: sick?.object.metadata.name, what: 'database "disconnected"', requests: served },
      ]);
      expect(statusOf(report, 'no-errors')).toBe('fail');
    },
  );

  test('of another path are not read for health', async () => {
    const { run, world } = await start('healthy');
    const [, sick] = world.pods;
    if (sick) Object.assign(sick.app.health.body, { database: 'disconnected' });
    const report = await run({ requests: 20, path: '/docs' });
    expect(report.load.flaws).toBeUndefined();
  });

  test('come from the response where it names the pod, without reading a log', async () => {
    const { run, counts } = await start('healthy', true);
    const report = await run({ requests: 50 });
    expect(byPod(report)).toEqual(counts());
    expect(report.load.attributedBy).toEqual(['JSON field pod']);
  });

  test('are read in parts while the run goes on, so that nothing rotates away', async () => {
    const { run, counts, world } = await start();
    // The log keeps half a second of lines: read at the end alone, most would be gone.
    const timer = setInterval(() => {
      for (const { log } of world.pods) log.rotate(1500);
    }, 1000);
    try {
      const report = await run({ requests: 4000, ratePerSecond: 1000, concurrency: 32 });
      expect(byPod(report)).toEqual(counts());
    } finally {
      clearInterval(timer);
    }
  });

  test('through the API server’s proxy are the backends’ own as well', async () => {
    const { run, counts } = await start();
    const report = await run({ requests: 20, via: 'proxy' });
    expect(byPod(report)).toEqual(counts());
    expect(report.load.notes[0]).toMatch(/the API server picks the pod/);
  });
});

describe('what is wrong is caught', () => {
  test('a pod that kube-proxy never picks', async () => {
    const { run } = await start('one-pod-unserved');
    const report = await run({ requests: 10 });
    expect(report.exitCode).toBe(1);
    expect(statusOf(report, 'every-pod-answered')).toBe('fail');
    expect(statusOf(report, 'even-spread')).toBe('blocked');
  });

  test('a Service that pins its clients, with the field that does it', async () => {
    const { run } = await start('session-affinity');
    const report = await run({ requests: 10 });
    expect(report.exitCode).toBe(1);
    const [finding] = report.checks.find(({ status }) => status === 'fail')?.findings ?? [];
    expect(finding?.messageId).toBe('pinned');
    expect(finding?.message).toMatch(/sessionAffinity of the Service is ClientIP/);
  });

  test('a port-forward proves nothing about the other pods', async () => {
    const { run } = await start();
    const report = await run({ requests: 10, via: 'port-forward' });
    expect(report.exitCode).toBe(3);
    expect(report.checks.find(({ status }) => status === 'unknown')?.message).toMatch(
      /a port-forward leads to one pod/,
    );
  });

  test('fewer pods than the contract demands', async () => {
    const { run } = await start('replicas-scaled-down');
    const report = await run({ requests: 10 });
    expect(statusOf(report, 'pods-ready')).toBe('fail');
    expect(statusOf(report, 'even-spread')).toBe('skip');
  });

  test('one pod that answers with errors, by name', async () => {
    const { run, world } = await start();
    Object.assign(world.pods[1]?.app.health ?? {}, { status: 503 });
    const report = await run({ requests: 40 });
    const failed = report.load.pods[1];
    expect(failed?.errors).toBe(failed?.requests);
    expect(report.load.pods[0]?.errors).toBe(0);
    expect(failed?.problems).toEqual([{ what: 'HTTP 503', requests: failed?.requests }]);
    expect(report.exitCode).toBe(1);
    expect(report.checks.flatMap(({ findings }) => findings.map(({ messageId }) => messageId))).toContain(
      'pod',
    );
  });

  test('a pod that is slower than the time-out', async () => {
    const { run, world } = await start();
    Object.assign(world.pods[1]?.app.health ?? {}, { delayMs: 5000 });
    const report = await run({ requests: 20, timeoutMs: 200, url: undefined });
    expect(report.load.problems).toEqual([{ what: 'no answer in time', requests: expect.any(Number) }]);
    expect(totalOf(report)).toBe(20);
    expect(statusOf(report, 'no-errors')).toBe('fail');
    expect(report.exitCode).toBe(1);
  });

  test('one slow pod among good ones shows in its own times', async () => {
    const { run, world } = await start();
    Object.assign(world.pods[1]?.app.health ?? {}, { delayMs: 150 });
    const { load } = await run({ requests: 40 });
    expect(load.pods[1]?.latency?.p50).toBeGreaterThan(140);
    expect(load.pods[0]?.latency?.p50).toBeLessThan(load.pods[1]?.latency?.p50 ?? 0);
    expect(load.pods[1]?.latency?.p99).toBeNull();
  });
});

describe('what changes meanwhile', () => {
  test('a pod that is killed half-way: the totals add up, and the pod is said to have left', async () => {
    const { run, world, lab } = await start();
    const [, second] = world.pods;
    const report = await run({
      requests: 3000,
      ratePerSecond: 1500,
      concurrency: 16,
      meanwhile: () => void sleep(1000).then(() => lab.change(() => world.pods.splice(1, 1))),
    });
    expect(totalOf(report)).toBe(3000);
    expect(report.load.changes).toEqual([
      { pod: second?.object.metadata.name, what: 'left', afterMs: expect.any(Number) },
    ]);
    expect(report.load.pods.find(({ pod }) => pod === second?.object.metadata.name)?.state).toBe('left');
    // One steady pod is left: it answered, and there is nothing to spread. Fewer than the replicas is a failure.
    expect(statusOf(report, 'every-pod-answered')).toBe('pass');
    expect(statusOf(report, 'pods-ready')).toBe('fail');
  });

  test('a pod that joins is counted, and not held against the others', async () => {
    const { run, world, lab, counts } = await start();
    const served = new Map<string, number>();
    const report = await run({
      requests: 3000,
      ratePerSecond: 1500,
      concurrency: 16,
      meanwhile: () =>
        void sleep(700).then(() =>
          lab.change(() => {
            const [set] = world.replicaSets;
            if (set) watch(addPod(world, set, Date.now() - 60_000), served, false);
          }),
        ),
    });
    const joined = report.load.pods.find(({ state }) => state === 'joined');
    expect(joined?.requests).toBeGreaterThan(0);
    expect(byPod(report)).toEqual({ ...counts(), ...Object.fromEntries(served) });
    expect(statusOf(report, 'even-spread')).toBe('pass');
    expect(statusOf(report, 'pods-ready')).toBe('warn');
    expect(totalOf(report)).toBe(3000);
  });

  test('a pod that ceases to be ready', async () => {
    const { run, world, lab, counts } = await start();
    const report = await run({
      requests: 2000,
      ratePerSecond: 1000,
      concurrency: 16,
      meanwhile: () =>
        void sleep(700).then(() =>
          lab.change(() => {
            const [pod] = world.pods;
            if (pod) readinessFails(world, pod, 'HTTP 500', 0);
          }),
        ),
    });
    expect(byPod(report)).toEqual(counts());
    expect(report.load.pods[0]?.state).toBe('left');
  });
});

describe('attribution that is not possible', () => {
  test('without access logs it is said, and nothing is claimed', async () => {
    const { run, world } = await start();
    for (const { log } of world.pods) {
      const append = log.append.bind(log);
      log.append = (text, ms) => {
        if (!text.includes('HTTP/1.1')) append(text, ms);
      };
    }
    const report = await run({ requests: 10 });
    expect(report.exitCode).toBe(3);
    expect(report.load.unattributed).toEqual([
      { what: expect.stringContaining('writes no access log'), requests: 10 },
    ]);
    expect(totalOf(report)).toBe(10);
    expect(statusOf(report, 'every-pod-answered')).toBe('unknown');
  });

  test('where logs are forbidden the verb and the resource are named', async () => {
    const { run, world } = await start();
    for (const rule of world.role)
      rule.resources = rule.resources.filter((resource) => resource !== 'pods/log');
    const report = await run({ requests: 10 });
    expect(report.exitCode).toBe(3);
    expect(report.load.unattributed[0]?.what).toMatch(/could not be read.*pods\/log/);
    expect(totalOf(report)).toBe(10);
  });
});

describe('options', () => {
  test('an interruption gives what there is, at once', async () => {
    const { run, counts } = await start();
    let stoppedAt = 0;
    const report = await run({
      requests: 100_000,
      concurrency: 8,
      meanwhile: () =>
        void sleep(600).then(() => {
          stoppedAt = performance.now();
          process.emit('SIGINT', 'SIGINT');
        }),
    });
    expect(performance.now() - stoppedAt).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(report).toMatchObject({ exitCode: 130, interrupted: true });
    expect(report.load.completed).toBeGreaterThan(0);
    expect(report.load.completed).toBeLessThan(100_000);
    expect(totalOf(report)).toBe(100_000);
    const served = Object.values(counts()).reduce((sum, count) => sum + count, 0);
    // Those that were cut off may have been served.
    expect(served - report.load.completed).toBeLessThanOrEqual(8);
  });

  test('--duration ends the sending', async () => {
    const { run } = await start();
    const { load } = await run({ requests: undefined, durationMs: 500 });
    expect(load.endedBy).toBe('duration');
    expect(load.elapsedMs).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(load.requests).toBe(load.completed);
  });

  test('--rate holds requests back', async () => {
    const { run } = await start();
    const { load } = await run({ requests: 20, ratePerSecond: 40 });
    expect(load.elapsedMs).toBeGreaterThan(450);
    expect(load.notes).toEqual([]);
  });

  test('--until-decided sends as many more as decide', async () => {
    const { run } = await start('one-pod-unserved');
    const { load, exitCode } = await run({
      requests: 3,
      untilDecided: { confidence: 0.995 },
      confidence: 0.995,
    });
    expect(load).toMatchObject({ requests: 9, completed: 9 });
    expect(exitCode).toBe(1);
  });

  test('too few requests are inconclusive, with the number that decides', async () => {
    const { run } = await start('one-pod-unserved');
    const report = await run({ requests: 5 });
    expect(report.exitCode).toBe(3);
    expect(report.next).toBe('todo-k8s loadbalance --requests 8');
  });

  test('--keep-alive shows the pinning beside the spread', async () => {
    const { run } = await start();
    const { load, exitCode } = await run({ requests: 30, keepAlive: true });
    expect(exitCode).toBe(0);
    expect(load.keepAlive).toMatchObject({ requests: 30, connections: 1, others: 0 });
    expect(load.keepAlive?.pods).toHaveLength(1);
    expect(load.pods.every(({ requests }) => requests > 0)).toBe(true);
  });

  test('limits fail the run, and replace the rule that nothing may fail', async () => {
    const { run, world } = await start();
    Object.assign(world.pods[0]?.app.health ?? {}, { status: 500 });
    const report = await run({ requests: 20, failOn: ['errors>90%', 'p50>0.001ms', 'p99>1s', 'unserved>0'] });
    const limits = Object.fromEntries(
      report.checks.filter(({ id }) => id.includes('limit')).map(({ id, status }) => [id.slice(15), status]),
    );
    expect(limits).toEqual({
      'limit-1-errors': 'pass',
      'limit-2-p50': 'fail',
      'limit-3-p99': 'unknown',
      'limit-4-unserved': 'pass',
    });
    expect(statusOf(report, 'no-errors')).toBeUndefined();
  });

  test('another path, and a header that names the pod', async () => {
    const { run, counts } = await start();
    const report = await run({ requests: 10, path: '/docs?x=1' });
    expect(byPod(report)).toEqual(counts());
    expect(report.load.url).toMatch(/\/docs\?x=1$/);
  });
});

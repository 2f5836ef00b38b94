/** `doctor` with an API server that answers some calls, and others never or drop by drop: bounded, and never green. */
import { describe, expect, jest, test } from '@jest/globals';
import { diagnoseRelease, type DiagnosisInput } from '../../src/cli/diagnosis.js';
import { RUN_LIMIT_MS } from '../../src/time-limit.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { Report } from '../../src/engine/report.js';
import type { EvidenceReader, Observed } from '../../src/evidence/evidence.js';
import { startLab } from '../../src/lab/lab.js';
import type { ScenarioName } from '../../src/lab/scenarios/index.js';
import { doctor } from '../faults/support/doctor.js';
import { faultyApi, type Fault } from '../faults/support/faulty-api.js';
import { TARGET } from '../support/check-context.js';

/** Events hang, the metrics drip, and a look into a pod never begins. */
const HALF_DEAD: Fault = {
  answer(request, response) {
    const { url = '' } = request;
    if (url.includes('/events')) return true;
    if (!url.includes('metrics.k8s.io')) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 40);
    response.on('close', () => clearInterval(timer));
    return true;
  },
  upgrade: () => true,
};

async function under(scenario: ScenarioName): Promise<{ exitCode: number | undefined; report: Report; seconds: number }> {
  const lab = await startLab(scenario);
  try {
    const { kubeconfig } = await faultyApi(lab, HALF_DEAD);
    const began = performance.now();
    const { stdout, exitCode } = await doctor(
      'all',
      // What does answer has its time on a busy machine, too; the calls that hang wait for it side by side.
      ...['--kubeconfig', kubeconfig, '--url', lab.url, '--request-timeout', '1s', '-o', 'json'],
    );
    return { exitCode, report: JSON.parse(stdout) as Report, seconds: (performance.now() - began) / 1000 };
  } finally {
    await lab.close();
  }
}

describe('half of the API server is dead', () => {
  test('all that was seen is well: not determined, and each thing that was not seen is named', async () => {
    const { exitCode, report, seconds } = await under('healthy');
    expect(exitCode).toBe(3);
    expect(seconds).toBeLessThan(20);
    expect(report.diagnoses?.map(({ verdict }) => verdict)).toEqual(
      report.diagnoses?.map(() => 'inconclusive'),
    );
    const told = JSON.stringify(report.diagnoses);
    expect(told).toContain('events');
    expect(told).toMatch(/exec|inside/);
  });

  test('a cause that can be seen all the same is found first', async () => {
    const { exitCode, report } = await under('service-missing');
    expect(exitCode).toBe(1);
    expect(report.diagnoses?.[0]).toMatchObject({ cause: 'service/missing', verdict: 'confirmed' });
    expect(report.diagnoses?.some(({ verdict }) => verdict === 'inconclusive')).toBe(true);
  });
});

/** Every call hangs until somebody ends it. */
const hanging: EvidenceReader = {
  read: (_key, signal) =>
    new Promise<Observed<never>>((resolve) => {
      signal.addEventListener('abort', () =>
        resolve({ ok: false, at: new Date().toISOString(), why: 'timeout', detail: String(signal.reason) }),
      );
    }),
  close: () => Promise.resolve(),
};

test('a run in which nothing is bounded by itself ends after 30 s all the same', async () => {
  // Judging yields in turns of the event loop, which are no waiting.
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  try {
    const input = {
      version: '0.0.0',
      release: { contract: DEFAULT_CONTRACT, target: TARGET, notices: [], unremoved: () => [], now: () => Date.now(), observe: () => hanging },
      topic: undefined,
      options: {},
      declined: new Map(),
      strict: false,
      interruption: { signal: new AbortController().signal, exitCode: undefined },
      emit: () => undefined,
    } as unknown as DiagnosisInput;
    let ended: Report | undefined;
    const run = diagnoseRelease(input).then((report) => {
      ended = report;
    });
    await jest.advanceTimersByTimeAsync(RUN_LIMIT_MS - 1);
    expect(ended).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await run;
    expect(RUN_LIMIT_MS).toBe(30_000);
    expect(ended?.exitCode).toBe(3);
    expect(ended?.diagnoses?.map(({ cause }) => cause)).toEqual(['cluster/unreachable']);
    expect(JSON.stringify(ended)).toContain('the run took longer than 30 s');
  } finally {
    jest.useRealTimers();
  }
});

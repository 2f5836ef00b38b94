/** States in which more is to be seen than which checks fail: no API server, two releases. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CHART, helm, kubectl, OWN, script, until } from './cluster.js';
import { doctorHome, verifyHome } from './home.js';
import { RELEASE, Stage } from './stage.js';
import { complaints, inContext, notPassed, PATIENT, result, todo, verify } from './verify.js';

const LIMIT_MS = 300_000;

(OWN ? describe : describe.skip)('faults of the API server', () => {
  const API = 'kube-apiserver';
  const UNREACHABLE = {
    report: { diagnoses: [expect.objectContaining({ cause: 'cluster/unreachable' })] },
  };

  test(
    'suspended: exit 3 within the request’s time and a second, nothing green',
    async () => {
      await script('component', [API, 'pause']);
      try {
        const { report, code } = await verifyHome(['--request-timeout', '2s']);
        expect(code).toBe(3);
        expect(report.durationMs).toBeLessThan(3000);
        expect(result(report, 'cluster/reachable')).toMatchObject({
          status: 'unknown',
          message: expect.stringMatching(/2 s/),
        });
        expect(report.summary).toMatchObject({ pass: 0, fail: 0 });
        expect(await doctorHome(['--request-timeout', '2s'])).toMatchObject(UNREACHABLE);
      } finally {
        await script('component', [API, 'resume']);
      }
    },
    LIMIT_MS,
  );

  test(
    'killed: exit 3, connection refused, nothing green',
    async () => {
      await script('component', [API, 'kill']);
      try {
        const { report, code } = await verifyHome();
        expect(code).toBe(3);
        expect(result(report, 'cluster/reachable')).toMatchObject({
          status: 'unknown',
          message: expect.stringMatching(/refuses connections/),
        });
        expect(report.summary).toMatchObject({ pass: 0, fail: 0 });
        expect(await doctorHome()).toMatchObject(UNREACHABLE);
      } finally {
        await script('component', [API, 'start']);
        await until(
          'the API server to be ready',
          60,
          async () => (await kubectl(['get', '--raw', '/readyz'])) === 'ok',
        );
      }
      await until('verify to pass again', 60, async () => (await verifyHome()).code === 0);
    },
    LIMIT_MS,
  );
});

describe('faults of choice', () => {
  const stage = new Stage('todo-k8s-two', 30195);
  /** Its name does not hold the chart's, so the objects are named after both. */
  const OTHER = 'blue';
  const IN = ['-n', stage.namespace];

  beforeAll(async () => {
    await stage.install();
    const values = await helm(['get', 'values', RELEASE, ...IN, '-o', 'json']);
    const nodePort = ['--set', 'backend.service.nodePort=30196'];
    await helm(['install', OTHER, CHART, ...IN, '-f', '-', ...nodePort, '--wait', '--timeout', '3m'], values);
  }, LIMIT_MS);

  afterAll(() => stage.remove(), LIMIT_MS);

  test(
    'two releases in one namespace: exit 2, both are named',
    async () => {
      const { code, stderr } = await todo(['verify', ...inContext(IN)]);
      expect(code).toBe(2);
      expect(stderr).toContain(RELEASE);
      expect(stderr).toContain(OTHER);
      expect(stderr).toContain('--release');
    },
    LIMIT_MS,
  );

  test.each([RELEASE, OTHER])(
    '--release %s is clean',
    async (release) => {
      const { report, code } = await verify([...IN, '--release', release, ...PATIENT]);
      if (code !== 0) console.error(complaints(report));
      expect(notPassed(report)).toEqual({});
      expect(report.target.release).toBe(release);
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    '--all-releases is clean',
    async () => {
      const { code } = await todo(['verify', ...inContext(IN), '--all-releases', ...PATIENT]);
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );
});

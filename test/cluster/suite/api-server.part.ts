/** No API server: it does not answer, or it is not there. */
import { describe, expect, test } from '@jest/globals';
import { kubectl, OWN, script, until } from './cluster.js';
import { doctorHome, verifyHome } from './home.js';
import { result } from './verify.js';

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

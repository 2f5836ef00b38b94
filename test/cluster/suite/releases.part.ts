/** Two releases in one namespace. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { besideFaults } from './campaign.js';
import { CHART, helm, until } from './cluster.js';
import { RELEASE, Stage } from './stage.js';
import { complaints, inContext, notPassed, PATIENT, todo, verify } from './verify.js';

const LIMIT_MS = 300_000;

describe('faults of choice', () => {
  besideFaults();
  const stage = new Stage('todo-k8s-two', 30195);
  /** Its name does not hold the chart's, so the objects are named after both. */
  const OTHER = 'blue';
  const OTHER_PORT = stage.nodePort + 1;
  const IN = ['-n', stage.namespace];

  beforeAll(async () => {
    await stage.install();
    const values = await helm(['get', 'values', RELEASE, ...IN, '-o', 'json']);
    const nodePort = ['--set', `backend.service.nodePort=${OTHER_PORT}`];
    await helm(['install', OTHER, CHART, ...IN, '-f', '-', ...nodePort, '--wait', '--timeout', '3m'], values);
    // Helm waits for pods; nodes hear of them a moment later, and until then whether a port answers is open.
    const health = `http://localhost:${OTHER_PORT}/api/health`;
    await until(`${health} to answer`, 30, async () => (await fetch(health)).ok);
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

  test.each([
    [RELEASE, stage.nodePort],
    [OTHER, OTHER_PORT],
  ])(
    '--release %s is clean',
    async (release, nodePort) => {
      const meant = ['--set', `backend.service.nodePort=${nodePort}`];
      const { report, code } = await verify([...IN, '--release', release, ...meant, ...PATIENT]);
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
      const meant = ['--set', 'backend.service.nodePort=any'];
      const { code } = await todo(['verify', ...inContext(IN), '--all-releases', ...meant, ...PATIENT]);
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );
});

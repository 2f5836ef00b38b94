/** `--wait`: goes on observing while it may heal, and no longer. */
import { expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { containerStatus, podAt } from '../../src/lab/mishaps.js';
import { expectDocumented } from './support/documented.js';
import { report, type Told } from './support/verify.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

async function waiting(
  scenario: string,
  wait: string,
  meanwhile: (lab: Lab) => unknown,
  only: string,
): Promise<Told> {
  const lab = await startLab(scenario);
  try {
    const running = report(
      '--kubeconfig',
      lab.kubeconfigPath,
      '--url',
      lab.url,
      '--wait',
      wait,
      '--only',
      only,
    );
    meanwhile(lab);
    return await running;
  } finally {
    await lab.close();
  }
}

/** The second pod's health endpoint is well again, and its readiness probe has seen it. */
async function heal(lab: Lab): Promise<void> {
  await lab.change((world) => {
    const pod = podAt(world, 1);
    pod.app.health = podAt(world, 0).app.health;
    containerStatus(pod).ready = true;
    for (const condition of pod.object.status?.conditions ?? []) condition.status = 'True';
  });
}

test('passes as soon as the state has healed', async () => {
  const told = await waiting('pod-not-ready', '20s', (lab) => setTimeout(() => void heal(lab), 400), 'pods');
  expect(told.exitCode).toBe(0);
  expect(told.having('pass')).toContain('pods/ready');
  expect(told.report.notices).toEqual([]);
  // Not at the first look, and long before the bound.
  expect(told.ms).toBeGreaterThan(400);
  expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
});

test('--wait, and a pod that cannot heal', async () => {
  const told = await waiting('image-pull', '60s', () => undefined, 'pods');
  expectDocumented('--wait, and a pod that cannot heal', told);
  expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
});

test('--wait runs out', async () => {
  const told = await waiting('label-missing', '2s', () => undefined, 'deployment');
  expectDocumented('--wait runs out', told);
  expect(told.ms).toBeGreaterThan(1950);
  expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
});

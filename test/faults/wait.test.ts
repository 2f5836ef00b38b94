/** `--wait`: goes on observing while it may heal, and no longer. */
import { expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { expectDocumented } from './support/documented.js';
import { report, type Told } from './support/verify.js';

async function waiting(
  scenario: string,
  wait: string,
  meanwhile: (lab: Lab) => void,
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

test('passes as soon as the state has healed', async () => {
  const told = await waiting(
    'replicas-scaled-down',
    '20s',
    (lab) => {
      setTimeout(() => {
        void startLab().then(async (healthy) => {
          await healthy.change(({ pods, manifests, replicaSets }) => {
            void lab.change((world) => Object.assign(world, { pods, manifests, replicaSets }));
          });
          await healthy.close();
        });
      }, 400);
    },
    'deployment/replicas,pods',
  );
  expect(told.exitCode).toBe(0);
  expect(told.report.notices).toEqual([]);
  expect(told.ms).toBeGreaterThan(900);
  expect(told.ms).toBeLessThan(8000);
});

test('--wait, and a pod that cannot heal', async () => {
  const told = await waiting('image-pull', '60s', () => undefined, 'pods');
  expectDocumented('--wait, and a pod that cannot heal', told);
  expect(told.ms).toBeLessThan(3000);
});

test('--wait runs out', async () => {
  const told = await waiting('label-missing', '2s', () => undefined, 'deployment');
  expectDocumented('--wait runs out', told);
  expect(told.ms).toBeGreaterThan(900);
  expect(told.ms).toBeLessThan(4500);
});

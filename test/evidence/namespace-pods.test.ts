/** Pods that the Service selects beside the Deployment's, as they are read from an API server. */
import { expect, test } from '@jest/globals';
import type { World } from '../../src/lab/world.js';
import { withLab } from '../support/lab-reader.js';

/** A Job's pod with the labels of the application. */
const jobPod = (phase: string) => (world: World) => {
  const [own] = world.pods;
  if (!own) throw new Error('no pod');
  const pod = structuredClone(own.object);
  Object.assign(pod.metadata, { name: `migrate-${phase}`, uid: phase, ownerReferences: [] });
  Object.assign(pod.status ?? {}, { phase });
  world.others.pods = [...(world.others.pods ?? []), pod];
};

test.each([
  ['Succeeded', false],
  ['Failed', false],
  ['Running', true],
  ['Pending', true],
])('a pod in phase %s is among them: %s', async (phase, isThere) => {
  await withLab(
    'healthy',
    async ({ read }) => {
      const names = (await read('namespacePods')).map(({ name }) => name);
      expect(names).toHaveLength(isThere ? 3 : 2);
      expect(names.includes(`migrate-${phase}`)).toBe(isThere);
    },
    jobPod(phase),
  );
});

/** A startup probe that goes on failing: it may for long, and what it says is told meanwhile. */
import { expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { ago, notReady, podEvent, podOf, statusOf } from '../support/pod-states.js';
import type { Change } from '../support/service-states.js';

const slowStart =
  (times: number): Change =>
  (evidence) => {
    notReady(evidence, 1);
    const pod = podOf(evidence, 1);
    pod.metadata.creationTimestamp = ago(142);
    const [container] = pod.spec.containers;
    if (container) container.startupProbe = { periodSeconds: 10, failureThreshold: 60 };
    const status = statusOf(evidence, 1);
    Object.assign(status, { started: false, state: { running: { startedAt: ago(140) } } });
    const { deployment } = evidence;
    Object.assign(deployment.status ?? {}, { readyReplicas: 1, availableReplicas: 1 });
    const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    Object.assign(progress ?? {}, { reason: 'ReplicaSetUpdated', lastUpdateTime: ago(5) });
    podEvent(evidence, 1, 'Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 503', {
      count: times,
      secondsAgo: 4,
      since: 130,
    });
  };

test('is told with the patience that is left', async () => {
  const { causes, diagnoses, exitCode } = await diagnosed(slowStart(13), { topic: 'pods' });
  expect({ causes, exitCode }).toEqual({ causes: ['rollout/under-way'], exitCode: 3 });
  expect(diagnoses[0]?.summary).toContain(
    `The startup probe of Pod ${POD_NAMES[1]} has failed 13 times so far (HTTP probe failed with statuscode: 503); it has 600 s, of which 140 s are gone.`,
  );
  expect(diagnoses[0]?.fix.at(-1)?.command).toContain(`logs ${POD_NAMES[1]}`);
});

test('is no matter where it has failed a time or two', async () => {
  const { diagnoses } = await diagnosed(slowStart(2), { topic: 'pods' });
  expect(diagnoses[0]?.summary).toContain('Nothing is wrong with its pods so far.');
});

/** Requests of `verify` in the midst of a change: one without an answer is unknown, one that was answered wrongly fails. */
import { describe, expect, test } from '@jest/globals';
import { loadFacts } from '../support/load-facts.js';
import { ago, podOf } from '../support/pod-states.js';
import { POD_NAMES } from '../support/healthy.js';
import { lagging, verified } from '../support/rollout-states.js';
import { together, unreached, type Change } from '../support/service-states.js';

describe('requests without an answer', () => {
  const ending: Change = (evidence) => {
    const old = structuredClone(podOf(evidence, 0));
    old.metadata = { ...old.metadata, name: 'old', uid: 'old', deletionTimestamp: ago(-20) };
    evidence.pods.push(old);
  };
  /** One more pod than the Deployment is to have: it takes the place of another. */
  const replacing: Change = (evidence) => {
    const pod = structuredClone(podOf(evidence, 0));
    pod.metadata = { ...pod.metadata, name: 'new', uid: 'new', creationTimestamp: ago(45) };
    for (const each of pod.status.conditions ?? [])
      if (each.type.endsWith('Ready')) Object.assign(each, { status: 'False', lastTransitionTime: ago(45) });
    for (const each of pod.status.containerStatuses ?? [])
      Object.assign(each, { ready: false, state: { running: { startedAt: ago(43) } } });
    evidence.pods.push(pod);
    lagging(evidence, 2, 45);
  };
  const reset: Change = ({ tasks }) => {
    Object.assign(tasks, { outcome: 'reset', status: undefined, detail: 'closed the connection' });
  };
  const refused: Change = ({ distribution }) => {
    distribution.problems = [{ what: 'connection refused', requests: 1 }];
  };

  test.each<[string, Change]>([
    ['refused at the node port while a pod ends', together(unreached('refused'), ending)],
    ['reset in the load run while a pod ends', together(refused, ending)],
    // Between the list of pods and the request the new one has become ready, and an old one ends.
    ['reset while a pod starts that takes the place of another', together(reset, replacing)],
    [
      'refused at every address, as long as no node has heard of pods that have just become ready',
      (evidence) => {
        unreached('refused')(evidence);
        for (const index of [0, 1])
          for (const each of podOf(evidence, index).status.conditions ?? []) each.lastTransitionTime = ago(2);
      },
    ],
    [
      'in the load run, in which a pod came that the list did not have',
      together(refused, ({ distribution }) => {
        const [first] = distribution.pods;
        if (first) first.state = 'joined';
      }),
    ],
    [
      'none reached a pod that has just become ready',
      (evidence) => {
        evidence.distribution = loadFacts({ [POD_NAMES[0]]: 0, [POD_NAMES[1]]: 10 });
        for (const each of podOf(evidence, 0).status.conditions ?? []) each.lastTransitionTime = ago(4);
      },
    ],
    [
      'the Service does not list a pod that has just become ready',
      (evidence) => {
        evidence.endpoints.addresses.shift();
        for (const each of podOf(evidence, 0).status.conditions ?? []) each.lastTransitionTime = ago(2);
      },
    ],
  ])('%s', async (_, change) => {
    expect(await verified(change)).toMatchObject({ exitCode: 3, failed: [] });
  });

  test.each<[string, Change, string]>([
    [
      'an error of the application',
      (evidence) => {
        Object.assign(evidence.docs, { status: 500 });
        ending(evidence);
      },
      'functional/api-docs',
    ],
    [
      'errors in the load run',
      together(ending, ({ distribution }) => {
        distribution.problems = [
          { what: 'HTTP 503', requests: 1 },
          { what: 'connection refused', requests: 1 },
        ];
      }),
      'load-balancing/distribution',
    ],
    [
      'errors in a load run in which a pod came',
      ({ distribution }) => {
        distribution.problems = [{ what: 'HTTP 500', requests: 2 }];
        const [first] = distribution.pods;
        if (first) first.state = 'joined';
      },
      'load-balancing/distribution',
    ],
    [
      'a load run that was made again, when the change had settled',
      together(refused, ending, ({ distribution }) => {
        distribution.again = { afterMs: 9000, because: 'of 10 requests 1 × connection refused' };
      }),
      'load-balancing/distribution',
    ],
    [
      'a pod that should have been gone for long',
      together(unreached('refused'), (evidence) => {
        ending(evidence);
        const old = evidence.pods.at(-1);
        if (old) old.metadata.deletionTimestamp = ago(90);
      }),
      'functional/node-port',
    ],
    ['the same pods all the time', unreached('timeout'), 'functional/node-port'],
    [
      'reset while a pod starts beside those that stay',
      together(reset, replacing, ({ deployment }) => {
        deployment.spec.replicas = 3;
      }),
      'functional/auth-required',
    ],
    [
      'no answer at any address, though all pods have become ready a moment ago',
      (evidence) => {
        unreached('timeout')(evidence);
        for (const index of [0, 1])
          for (const each of podOf(evidence, index).status.conditions ?? []) each.lastTransitionTime = ago(4);
      },
      'functional/node-port',
    ],
    [
      'no answer at any address, a while after a rollout',
      (evidence) => {
        unreached('timeout')(evidence);
        lagging(evidence, 2, 20);
      },
      'functional/node-port',
    ],
    [
      'a stranger among the endpoints while a pod ends',
      (evidence) => {
        ending(evidence);
        const [address] = evidence.endpoints.addresses;
        if (address)
          evidence.endpoints.addresses.push({ ...address, podName: 'other', address: '10.244.0.99' });
      },
      'load-balancing/endpoints',
    ],
  ])('still a failure: %s', async (_, change, id) => {
    const { exitCode, failed } = await verified(change);
    expect(exitCode).toBe(1);
    expect(failed).toContain(id);
  });
});

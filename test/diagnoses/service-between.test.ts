/** A node port that answers requests of a run, and not one beside them: no state of it, and never a broken proxy. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podOf } from '../support/pod-states.js';
import { lagging } from '../support/rollout-states.js';
import { matrix, together, unreached, type Change } from '../support/service-states.js';

const silent = matrix('response', 'response', 'refused');

const ending: Change = (evidence) => {
  const old = structuredClone(podOf(evidence, 0));
  old.metadata = { ...old.metadata, name: 'old', uid: 'old', deletionTimestamp: ago(-20) };
  evidence.pods.push(old);
};
const fresh: Change = (evidence) => {
  for (const each of podOf(evidence, 0).status.conditions ?? []) each.lastTransitionTime = ago(4);
};
const replaced: Change = (evidence) => {
  lagging(evidence, 2, 12);
};
const joined: Change = ({ distribution }) => {
  const [first] = distribution.pods;
  if (first) first.state = 'joined';
};

describe('the last look at the node port is refused, and all requests before it were answered', () => {
  test.each([
    ['while a pod ends', ending],
    ['while a pod has just become ready', fresh],
    ['when the last pods were replaced a moment ago', replaced],
    ['when a pod came between the requests', joined],
  ])('%s: a rollout under way', async (_, change) => {
    const { exitCode, causes, diagnoses } = await diagnosed(together(silent, change), { topic: 'service' });
    expect([exitCode, causes]).toEqual([3, ['rollout/under-way']]);
    expect(diagnoses[0]?.summary).toContain('refused');
  });

  test('one of them was not, when the last pods were replaced a moment ago: a rollout under way', async () => {
    const { exitCode, causes, unexplained } = await diagnosed(
      together(silent, replaced, ({ docs }) => {
        Object.assign(docs, {
          outcome: 'refused',
          detail: 'connection refused',
          status: undefined,
          body: '',
        });
      }),
      { topic: 'service' },
    );
    expect([exitCode, causes, unexplained]).toEqual([3, ['rollout/under-way'], []]);
  });

  test('with the same pods all the time: not determined', async () => {
    const { exitCode, causes } = await diagnosed(silent, { topic: 'service' });
    expect([exitCode, causes]).toEqual([3, ['evidence/unreadable']]);
  });

  test('where no request was answered, the proxy is broken', async () => {
    const { exitCode, causes } = await diagnosed(together(silent, unreached('refused')), {
      topic: 'service',
    });
    expect([exitCode, causes]).toEqual([1, ['service/proxy-broken']]);
  });
});

import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/gone-in-time.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';

/** The first pod was to be gone so many seconds ago. */
const deleted = (
  seconds: number,
  more: (pod: { spec: { nodeName?: string } }) => unknown = () => undefined,
) =>
  judge(check, ({ pods: [pod] }) => {
    if (!pod) throw new Error('the healthy deployment has pods');
    pod.metadata.deletionTimestamp = new Date(NOW - seconds * 1000).toISOString();
    more(pod);
  });

describe('pods/gone-in-time', () => {
  test('warns of a pod that was to be gone long ago, with what shows why', () => {
    const judged = deleted(600);
    expect(judged).toMatchObject({ status: 'warn', ids: ['stuck'] });
    expect(judged.messages).toEqual([
      `${POD_NAMES[0]} on minikube was to be gone 10 min ago, and is still there`,
    ]);
    expect(judged.findings[0]).toMatchObject({
      data: { field: 'metadata.deletionTimestamp' },
      object: { kind: 'Pod', name: POD_NAMES[0] },
    });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    const remedy = remedyOf(check, context, judged.findings);
    expect(remedy).toContain(`kubectl -n default get pod ${POD_NAMES[0]} -o yaml`);
    // Nothing is forced: where the node still runs the container, that would start it twice.
    expect(remedy).not.toContain('--force');
  });

  test('passes while the grace period lasts, and a while after it', () => {
    expect(judge(check).status).toBe('pass');
    // A grace period of ten minutes that has just begun.
    expect(deleted(-600).status).toBe('pass');
    expect(deleted(5).status).toBe('pass');
    expect(deleted(29).status).toBe('pass');
  });

  test('warns from half a minute after it, and says before how many are on their way', () => {
    expect(deleted(31).status).toBe('warn');
    expect(deleted(-600).text).toBe('1 pod being deleted in time');
    expect(judge(check).text).toBe('no pod is stuck in deletion');
  });

  test('says that a pod was on no node', () => {
    expect(deleted(90, ({ spec }) => delete spec.nodeName).messages[0]).toContain('on no node');
  });
});

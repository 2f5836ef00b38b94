import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/running.js';
import type { ContainerState, Pod } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';

const [FIRST] = POD_NAMES;
/** The healthy state with the first pod's status changed. */
const withPod = (change: (pod: Pod, status: NonNullable<Pod['status']>) => void) =>
  judge(check, ({ pods: [pod] }) => {
    if (pod?.status) change(pod, pod.status);
  });
const withState = (state: ContainerState | undefined, lastState?: ContainerState) =>
  withPod((_, status) => Object.assign(status.containerStatuses?.[0] ?? {}, { state, lastState }));

describe('pods/running', () => {
  test('passes when all pods run', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: '2 pods Running' });
  });

  test('fails without pods, and says when that is by intent', () => {
    expect(judge(check, (evidence) => (evidence.pods = []))).toMatchObject({
      status: 'fail',
      ids: ['none'],
      messages: ['the Deployment has no pod'],
    });
    const scaled = judge(check, (evidence) => {
      evidence.pods = [];
      evidence.deployment.spec.replicas = 0;
    });
    expect(scaled.messages).toEqual(['the Deployment has no pod: it is scaled to zero']);
  });

  test('does not judge pods that are ending, nor count them', () => {
    const judged = judge(check, ({ pods: [pod] }) => {
      if (!pod) return;
      pod.metadata.deletionTimestamp = '2026-02-09T14:04:50Z';
      pod.status = { phase: 'Pending' };
    });
    expect(judged).toMatchObject({ status: 'pass', text: '1 pod Running' });
  });

  test('quotes the scheduler', () => {
    const message = '0/1 nodes are available: 1 Insufficient memory.';
    const judged = withPod((pod, status) => {
      pod.spec.nodeName = undefined;
      status.phase = 'Pending';
      status.containerStatuses = undefined;
      status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    });
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['unscheduled'],
      messages: [`${FIRST} is not scheduled to a node: Unschedulable: ${message}`],
      findings: [{ object: { kind: 'Pod', name: FIRST } }],
    });
  });

  test('a pod that no scheduler has seen is not scheduled', () => {
    const judged = withPod((pod) => {
      pod.spec.nodeName = undefined;
      pod.status = { phase: 'Pending' };
    });
    expect(judged.messages).toEqual([`${FIRST} is not scheduled to a node: no reason given`]);
  });

  test('says that the kubelet has not started anything', () => {
    const judged = withPod((pod) => (pod.status = { phase: 'Pending' }));
    expect(judged).toMatchObject({ ids: ['not-started'] });
    expect(judged.messages[0]).toContain('is scheduled to minikube');
  });

  test('shows a phase that it does not know as it is', () => {
    expect(withPod((pod) => (pod.status = { phase: 'Frozen', message: 'why not' }))).toMatchObject({
      ids: ['phase'],
      messages: [`${FIRST} is in phase Frozen: why not`],
    });
    expect(withPod((pod) => (pod.status = undefined)).messages).toEqual([`${FIRST} is in phase Unknown`]);
    expect(withPod((_, status) => (status.phase = 'Unknown')).ids).toEqual(['phase']);
  });

  test.each([
    ['ImagePullBackOff', 'Back-off pulling image "todo-chatbot-backend:v9"'],
    ['CreateContainerConfigError', 'secret "todo-chatbot-backend-secret" not found'],
    ['SomethingNew', 'of a later version'],
  ])('quotes %s', (reason, message) => {
    expect(withState({ waiting: { reason, message } })).toMatchObject({
      ids: ['waiting'],
      messages: [`${FIRST}: container backend is waiting: ${reason}: ${message}`],
    });
  });

  test('tells how a container in a crash loop ended', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' };
    const judged = withState({ waiting }, { terminated: { exitCode: 3, reason: 'Error' } });
    expect(judged.messages[0]).toMatch(/failed container; it last ended with Error, exit code 3$/);
  });

  test('tells how a container ended, and takes one without a state for waiting', () => {
    expect(withState({ terminated: { exitCode: 1, reason: 'Error', message: 'boom' } })).toMatchObject({
      ids: ['terminated'],
      messages: [`${FIRST}: container backend has ended: Error, exit code 1: boom`],
    });
    expect(withState(undefined).messages).toEqual([
      `${FIRST}: container backend is waiting: no reason given`,
    ]);
  });

  test('names the init container that holds the pod up, not those that wait for it', () => {
    const withInit = (state: ContainerState, restartPolicy?: string) =>
      withPod((pod, status) => {
        pod.spec.initContainers = [{ name: 'migrate', restartPolicy }];
        status.phase = 'Pending';
        status.initContainerStatuses = [{ name: 'migrate', ready: false, restartCount: 0, state }];
        status.containerStatuses = [
          {
            name: 'backend',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'PodInitializing' } },
          },
        ];
      });
    expect(withInit({ waiting: { reason: 'CrashLoopBackOff' } })).toMatchObject({
      ids: ['waiting'],
      findings: [{ data: { container: 'migrate', found: 'CrashLoopBackOff' } }],
    });
    expect(withInit({ running: {} })).toMatchObject({
      ids: ['initialising'],
      messages: [`${FIRST} still runs init container migrate`],
    });
    expect(withInit({ terminated: { exitCode: 2 } }).findings[0]?.data?.container).toBe('migrate');
    expect(withInit({ terminated: { exitCode: 0 } }).findings[0]?.data?.container).toBe('backend');
    expect(withInit({ running: {} }, 'Always').findings[0]?.data?.container).toBe('backend');
  });

  test('only warns of a pod that was evicted and replaced', () => {
    const judged = judge(check, ({ pods }) => {
      pods.push({
        metadata: { name: 'evicted' },
        spec: { containers: [] },
        status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      });
    });
    expect(judged).toMatchObject({ status: 'warn', ids: ['finished'] });
    expect(judged.messages[0]).toContain('(Evicted: The node was low on resource: memory.)');
  });

  test('fails when evicted pods are all that is left', () => {
    const judged = judge(check, ({ pods }) => {
      for (const pod of pods) pod.status = { phase: 'Failed' };
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['none', 'finished', 'finished'] });
  });
});

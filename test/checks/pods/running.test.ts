import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/pods/running.js';
import type { ContainerState, Pod } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';
import { POD_NAMES } from '../../support/healthy.js';
import { ago } from '../../support/pod-states.js';

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
    expect(judged).toMatchObject({ status: 'fail', ids: ['none', 'refused', 'refused'] });
  });

  const RUNS = { running: { startedAt: ago(4) } };
  const crash = (exitCode: number, seconds: number, more: object = {}) => ({
    terminated: { exitCode, reason: 'Error', finishedAt: ago(seconds), ...more },
  });
  const again = (state: ContainerState, lastState: ContainerState, restartCount = 3, ready = 'False') =>
    withPod((_, status) => {
      Object.assign(status.containerStatuses?.[0] ?? {}, { state, lastState, restartCount });
      for (const condition of status.conditions ?? [])
        if (condition.type === 'Ready') condition.status = ready;
    });

  test('fails on a crash loop in each of its moments', () => {
    const moments = [
      again(RUNS, crash(3, 5)),
      again({ running: { startedAt: ago(200) } }, crash(1, 230), 1),
      again({ waiting: { reason: 'CrashLoopBackOff' } }, crash(3, 5)),
      again(crash(3, 1), crash(3, 30)),
      // A proxy without a probe makes the pod Ready as soon as it runs.
      again(RUNS, crash(3, 5), 2, 'True'),
      again(RUNS, crash(137, 5, { reason: 'OOMKilled' })),
    ];
    expect(moments.map(({ status }) => status)).toEqual(moments.map(() => 'fail'));
    expect(moments[0]).toMatchObject({
      ids: ['looping'],
      messages: [`${FIRST}: container backend ends and is started again: Error, exit code 3, 3 restarts`],
    });
  });

  test.each([0, 129, 130, 131, 137, 143])(
    'fails on what is ended for its probe again and again, with exit code %i, in each of its moments',
    (exitCode) => {
      const moments = [
        again(RUNS, crash(exitCode, 5), 2),
        again({ running: { startedAt: ago(200) } }, crash(exitCode, 230), 6),
        again({ waiting: { reason: 'CrashLoopBackOff' } }, crash(exitCode, 5), 2),
        again(crash(exitCode, 1), crash(exitCode, 30), 2),
        // Its readiness probe asks for something else, which answers at once.
        again(RUNS, crash(exitCode, 5), 2, 'True'),
      ];
      expect(moments.map(({ status }) => status)).toEqual(moments.map(() => 'fail'));
    },
  );

  test.each<[string, ReturnType<typeof again>]>([
    ['ended for its probe once, in peace', again(RUNS, crash(0, 5), 1)],
    ['killed for its probe once', again(RUNS, crash(137, 5), 1)],
    ['told to end for its probe once', again(RUNS, crash(143, 5), 1)],
    ['interrupted for its probe once', again(RUNS, crash(130, 5), 1)],
    ['hung up on once, as its image asks for', again(RUNS, crash(129, 5), 1)],
    ['told to quit once, as nginx’s image asks for', again(RUNS, crash(131, 5), 1)],
    ['ended long ago', again(RUNS, crash(1, 700))],
    ['killed for its probes long ago', again(RUNS, crash(137, 700), 9)],
    [
      'killed for its probes, and is ready again',
      again({ running: { startedAt: ago(40) } }, crash(137, 45), 9, 'True'),
    ],
    ['ready again after one crash', again(RUNS, crash(1, 5), 1, 'True')],
    ['ready for longer than a moment', again({ running: { startedAt: ago(40) } }, crash(1, 45), 3, 'True')],
  ])('a container that was %s runs', (_, judged) => {
    expect(judged.status).toBe('pass');
  });

  const refused = (change: (pods: Pod[], gone: Pod) => void) =>
    judge(check, ({ pods }) => {
      const [old] = pods;
      if (!old) throw new Error('no pod');
      const gone: Pod = {
        metadata: {
          name: 'refused-1',
          creationTimestamp: ago(20),
          labels: { ...old.metadata.labels, 'pod-template-hash': 'new' },
        },
        spec: { containers: [], nodeName: 'minikube' },
        status: { phase: 'Failed', reason: 'SysctlForbidden', message: 'forbidden sysctl' },
      };
      pods.push(gone);
      change(pods, gone);
    });

  test('fails on pods of the newest revision that nodes refuse, also between two of them', () => {
    expect(refused(() => undefined)).toMatchObject({
      status: 'fail',
      ids: ['refused'],
      messages: [
        'refused-1 has ended for good (SysctlForbidden: forbidden sysctl), and no pod of its revision is ready',
      ],
    });
  });

  test.each<[string, (pods: Pod[], gone: Pod) => void]>([
    [
      'whose successor is ready',
      (pods, gone) => Object.assign(pods[0]?.metadata ?? {}, { labels: gone.metadata.labels }),
    ],
    [
      'of a revision that was replaced',
      (pods) => Object.assign(pods[0]?.metadata ?? {}, { creationTimestamp: ago(5) }),
    ],
    ['long ago', (_, gone) => (gone.metadata.creationTimestamp = ago(900))],
    ['that ended well', (_, gone) => (gone.status = { phase: 'Succeeded' })],
    ['of no revision', (_, gone) => delete gone.metadata.labels],
  ])('warns of a pod %s', (_, change) => {
    expect(refused(change)).toMatchObject({ status: 'warn', ids: ['finished'] });
  });

  describe('very many that have ended', () => {
    /** Pods of this reason beside the healthy ones, the newest last. */
    const storm = (number: number, more: (index: number) => Pod['status']) =>
      judge(check, ({ pods }) => {
        const labels = { ...pods[0]?.metadata.labels, 'pod-template-hash': 'new' };
        for (let index = 1; index <= number; index += 1)
          pods.push({
            metadata: { name: `gone-${index}`, creationTimestamp: ago(400 - index), labels },
            spec: { containers: [], nodeName: 'minikube' },
            status: { phase: 'Failed', ...more(index) },
          });
      });
    const SYSCTL = { reason: 'SysctlForbidden', message: 'forbidden sysctl: "kernel.msgmax"' };

    test('a node that refuses each new pod is one finding, with their number and the newest', () => {
      const judged = storm(24, () => SYSCTL);
      expect(judged).toMatchObject({
        status: 'fail',
        ids: ['refused-many'],
        messages: [
          '24 pods have ended for good, and none of their revision is ready: SysctlForbidden: forbidden sysctl: "kernel.msgmax"; the newest are gone-24, gone-23, gone-22 and 21 more',
        ],
      });
      expect(judged.findings[0]).toMatchObject({
        object: { kind: 'Pod', name: 'gone-24' },
        data: { pod: 'gone-24', number: 24, expected: 'Running', found: 'SysctlForbidden' },
      });
    });

    test('a few are told one by one', () => {
      expect(storm(5, () => SYSCTL).ids).toEqual(Array(5).fill('refused'));
      expect(storm(6, () => SYSCTL).ids).toEqual(['refused-many']);
    });

    test('each reason stands for itself', () => {
      const judged = storm(14, (index) => (index % 2 ? SYSCTL : { reason: 'OutOfcpu', message: 'too much' }));
      expect(judged.findings.map(({ messageId, data }) => [messageId, data?.found, data?.number])).toEqual([
        ['refused-many', 'SysctlForbidden', 7],
        ['refused-many', 'OutOfcpu', 7],
      ]);
    });

    test('the words are the newest’s', () => {
      const judged = storm(8, (index) => ({ reason: 'Evicted', message: `used ${index}Mi` }));
      expect(judged.messages).toEqual([
        '8 pods have ended for good, and none of their revision is ready: Evicted: used 8Mi; the newest are gone-8, gone-7, gone-6 and 5 more',
      ]);
    });

    test('what nodes have left behind is one warning', () => {
      const judged = judge(check, ({ pods }) => {
        for (let index = 1; index <= 30; index += 1)
          pods.push({
            metadata: { name: `old-${index}`, creationTimestamp: ago(90_000 - index), labels: {} },
            spec: { containers: [] },
            status: { phase: 'Failed', reason: 'Evicted' },
          });
      });
      expect(judged).toMatchObject({
        status: 'warn',
        ids: ['finished-many'],
        messages: [
          '30 pods have ended for good and were left behind: Evicted; the newest are old-30, old-29, old-28 and 27 more',
        ],
      });
    });

    test('the next of them, that was just made, is told after them', () => {
      const judged = judge(check, ({ pods }) => {
        const [pod, other] = pods;
        for (const each of [pod, other])
          if (each)
            Object.assign(each, { status: { phase: 'Pending' }, spec: { containers: [], nodeName: 'm' } });
        for (let index = 0; index < 9; index += 1)
          pods.push({
            metadata: {
              name: `gone-${index}`,
              creationTimestamp: ago(60),
              labels: pod?.metadata.labels ?? {},
            },
            spec: { containers: [] },
            status: { phase: 'Failed', ...SYSCTL },
          });
      });
      expect(judged.ids).toEqual(['refused-many', 'not-started', 'not-started']);
    });
  });
});

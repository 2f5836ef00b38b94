/** Containers beside the application's, hooks, volumes, and what keeps a container from being made. */
import { BACKEND } from '../stage.js';
import { crashed, event, podsShow, waiting, type Fault, type Symptom } from './fault.js';
import { container, patched, removed, STUCK } from './tools.js';

const IMAGE = { image: 'todo-chatbot-backend:latest', imagePullPolicy: 'IfNotPresent' };
const SECURITY = {
  runAsNonRoot: true,
  runAsUser: 1001,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

const pod = (shown: string, spec: object) => patched(shown, { spec: { template: { spec } } });

const init = (shown: string, change: object, more: object = {}) =>
  pod(`an init container: ${shown}`, {
    ...more,
    initContainers: [{ name: 'prepare', ...IMAGE, securityContext: SECURITY, ...change }],
  });

const sidecar = (shown: string, change: object) =>
  pod(`a container beside it: ${shown}`, {
    containers: [{ name: 'helper', ...IMAGE, securityContext: SECURITY, ...change }],
  });

const sh = (line: string) => ({ command: ['sh', '-c', line] });
const TAKING = ['python3', '-c', 'x = [bytes(4096) * 256 for _ in range(4000)]'];

const statuses = (which: 'init' | 'helper', test: (status: ContainerState) => boolean) => (item: object) => {
  const { status } = item as {
    status: { initContainerStatuses?: ContainerState[]; containerStatuses?: ContainerState[] };
  };
  const list = which === 'init' ? status.initContainerStatuses : status.containerStatuses;
  return (list ?? []).some((each) => (which === 'init' || each.name === 'helper') && test(each));
};

interface ContainerState {
  name: string;
  ready: boolean;
  restartCount: number;
  state: { waiting?: { reason: string }; running?: { startedAt: string }; terminated?: object };
}

const shows = (
  which: 'init' | 'helper',
  shown: string,
  test: (status: ContainerState) => boolean,
  within = 120,
): Symptom => podsShow(shown, within, (pods) => pods.some(statuses(which, test)));

const againAndAgain = (which: 'init' | 'helper') =>
  shows(
    which,
    'the container in CrashLoopBackOff',
    // The kubelet keeps RunContainerError where the runtime cannot start the command.
    ({ state, restartCount }) =>
      restartCount > 1 &&
      (['CrashLoopBackOff', 'RunContainerError'].includes(state.waiting?.reason ?? '') ||
        state.terminated !== undefined),
  );

const waits = (which: 'init' | 'helper', ...reasons: string[]) =>
  shows(which, `the container in ${reasons.join(' or ')}`, ({ state }) =>
    reasons.includes(state.waiting?.reason ?? ''),
  );

const runningFor = (which: 'init' | 'helper', seconds: number) =>
  shows(
    which,
    `the container has run for ${seconds} s`,
    ({ state }) => Date.now() - Date.parse(state.running?.startedAt ?? '') > seconds * 1000,
  );

const BESIDE = ['deployment/rollout-complete', 'pods/ready'];

type Case = Pick<Fault, 'name' | 'steps' | 'symptom' | 'cause'> & Partial<Fault>;

const cases: Case[] = [
  {
    name: 'init container that fails',
    steps: [init('exit 7', sh('echo "no route to the ledger service" >&2; exit 7'))],
    symptom: againAndAgain('init'),
    cause: 'container/init-failing',
    says: ['prepare', 'no route to the ledger service'],
  },
  {
    name: 'init container that is killed for its memory',
    steps: [init('64Mi', { command: TAKING, resources: { limits: { memory: '64Mi' } } })],
    symptom: againAndAgain('init'),
    expect: { fail: ['pods/no-oom', ...STUCK] },
    cause: 'container/init-failing',
    says: ['prepare', '64Mi'],
  },
  {
    name: 'init container whose image is not there',
    steps: [init('image todo-migrations:v3', { image: 'todo-migrations:v3' })],
    symptom: waits('init', 'ErrImagePull', 'ImagePullBackOff'),
    cause: 'container/init-failing',
    says: ['prepare', 'todo-migrations:v3'],
  },
  {
    name: 'init container whose command does not exist',
    steps: [init('command alembic', { command: ['alembic', 'upgrade', 'head'] })],
    symptom: againAndAgain('init'),
    cause: 'container/init-failing',
    says: ['prepare', 'alembic'],
  },
  {
    name: 'init container that waits for something',
    steps: [
      init('waits for a file', sh('echo waiting for the ledger; until [ -e /tmp/go ]; do sleep 1; done')),
    ],
    symptom: runningFor('init', 62),
    cause: 'container/init-hanging',
    says: ['prepare', 'waiting for the ledger'],
  },
  {
    name: 'init container that needs a Secret that does not exist',
    steps: [init('envFrom Secret ledger', { ...sh('true'), envFrom: [{ secretRef: { name: 'ledger' } }] })],
    symptom: waits('init', 'CreateContainerConfigError'),
    cause: 'config/secret-missing',
    says: ['prepare', 'ledger'],
  },
  {
    name: 'init container whose migration cannot run',
    steps: [
      init(
        'alembic that does not find its revision',
        sh("echo \"FAILED: Can't locate revision identified by '41ce8d'\" >&2; exit 255"),
      ),
    ],
    symptom: againAndAgain('init'),
    cause: 'crash/migration-failed',
    says: ['prepare', '41ce8d'],
  },
  {
    name: 'container beside it that crashes',
    steps: [sidecar('exit 3', sh('echo "config of the proxy is empty" >&2; exit 3'))],
    symptom: againAndAgain('helper'),
    expect: { fail: ['pods/restarts', 'pods/running', ...BESIDE.slice(0, 1)] },
    cause: 'container/sidecar-failing',
    says: ['helper', 'config of the proxy is empty'],
  },
  {
    name: 'container beside it that is killed for its memory',
    steps: [sidecar('48Mi', { command: TAKING, resources: { limits: { memory: '48Mi' } } })],
    symptom: againAndAgain('helper'),
    expect: { fail: ['pods/no-oom', 'pods/restarts', 'pods/running', 'deployment/rollout-complete'] },
    cause: 'container/sidecar-failing',
    says: ['helper', '48Mi'],
  },
  {
    name: 'container beside it whose image is not there',
    steps: [sidecar('image envoy-of-ours:v3', { image: 'envoy-of-ours:v3' })],
    symptom: waits('helper', 'ErrImagePull', 'ImagePullBackOff'),
    expect: { fail: ['pods/running', 'deployment/rollout-complete'] },
    cause: 'container/sidecar-failing',
    says: ['helper', 'envoy-of-ours:v3'],
  },
  {
    name: 'container beside it that is not ready',
    steps: [
      sidecar('a probe at a port that is closed', {
        ...sh('sleep 9999'),
        readinessProbe: { tcpSocket: { port: 9901 }, periodSeconds: 2 },
      }),
    ],
    symptom: runningFor('helper', 30),
    expect: { fail: BESIDE },
    cause: 'container/sidecar-failing',
    says: ['helper', '9901'],
  },
  {
    name: 'container beside it that has a key that does not exist',
    steps: [
      sidecar('a key TOKEN of the Secret', {
        ...sh('sleep 9999'),
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: `${BACKEND}-secret`, key: 'TOKEN' } } }],
      }),
    ],
    symptom: waits('helper', 'CreateContainerConfigError'),
    expect: { fail: ['pods/running', 'deployment/rollout-complete'] },
    cause: 'config/secret-key-missing',
    says: ['helper', 'TOKEN'],
  },
  {
    name: 'container beside it that takes the application’s port',
    steps: [sidecar('python3 -m http.server 8000', { command: ['python3', '-m', 'http.server', '8000'] })],
    symptom: crashed,
    expect: { fail: ['pods/restarts', 'pods/running', 'deployment/rollout-complete'] },
    cause: 'crash/port-in-use',
  },
  {
    name: 'sidecar of the init containers that crashes',
    steps: [
      init('restartPolicy Always, exit 9', {
        ...sh('echo no certificate >&2; exit 9'),
        restartPolicy: 'Always',
      }),
    ],
    symptom: againAndAgain('init'),
    expect: { fail: ['pods/restarts', ...STUCK] },
    cause: 'container/sidecar-failing',
    says: ['prepare', 'no certificate'],
  },
  {
    name: 'hook after the start that fails',
    steps: [
      container('postStart: exit 4', {
        lifecycle: { postStart: { exec: sh('echo cache server is away >&2; exit 4') } },
      }),
    ],
    symptom: event('FailedPostStartHook'),
    expect: { fail: STUCK },
    cause: 'container/hook-failed',
    says: ['postStart'],
  },
  {
    name: 'seccomp profile that the node does not have',
    steps: [
      container('seccompProfile profiles/todo.json', {
        securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/todo.json' } },
      }),
    ],
    symptom: waiting('CreateContainerError', 'RunContainerError', 'CreateContainerConfigError'),
    cause: 'container/cannot-be-made',
    says: ['profiles/todo.json'],
  },
  {
    name: 'sysctl that the node does not allow',
    steps: [
      pod('sysctl net.core.somaxconn', {
        securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] },
      }),
    ],
    symptom: event('SysctlForbidden'),
    cause: 'pods/rejected',
    says: ['net.core.somaxconn'],
  },
  {
    name: 'ConfigMap of a volume that does not exist',
    steps: [
      container(
        'a volume of ConfigMap rules',
        { volumeMounts: [{ name: 'rules', mountPath: '/rules' }] },
        { volumes: [{ name: 'rules', configMap: { name: 'rules' } }] },
      ),
    ],
    symptom: event('FailedMount'),
    cause: 'volume/mount-failed',
    says: ['rules'],
  },
  {
    name: 'key of a volume’s Secret that does not exist',
    steps: [
      container(
        'a volume of key tls.crt of the Secret',
        { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
        {
          volumes: [
            {
              name: 'tls',
              secret: { secretName: `${BACKEND}-secret`, items: [{ key: 'tls.crt', path: 'tls.crt' }] },
            },
          ],
        },
      ),
    ],
    symptom: event('references non-existent secret key'),
    cause: 'volume/mount-failed',
    says: ['tls.crt'],
  },
  {
    name: 'projected volume of a ConfigMap that does not exist',
    steps: [
      container(
        'a projected volume',
        { volumeMounts: [{ name: 'all', mountPath: '/all' }] },
        { volumes: [{ name: 'all', projected: { sources: [{ configMap: { name: 'features' } }] } }] },
      ),
    ],
    symptom: event('FailedMount'),
    cause: 'volume/mount-failed',
    says: ['features'],
  },
  {
    name: 'directory of the node that does not exist',
    steps: [
      container(
        'a hostPath of type Directory',
        { volumeMounts: [{ name: 'host', mountPath: '/host' }] },
        { volumes: [{ name: 'host', hostPath: { path: '/srv/todo-none', type: 'Directory' } }] },
      ),
    ],
    symptom: event('FailedMount'),
    cause: 'volume/mount-failed',
    says: ['/srv/todo-none'],
  },
  {
    name: 'file mounted over a directory by its subPath',
    steps: [
      container(
        'the ConfigMap’s LOG_LEVEL as a subPath over /tmp',
        { volumeMounts: [{ name: 'one', mountPath: '/tmp', subPath: 'LOG_LEVEL' }] },
        { volumes: [{ name: 'one', configMap: { name: `${BACKEND}-config` } }] },
      ),
    ],
    symptom: podsShow('a pod whose container cannot be started', 90, (pods) =>
      pods.some(({ status }) => {
        const { state, lastState } = status.containerStatuses?.[0] ?? {};
        return (
          lastState?.terminated?.reason === 'StartError' || state?.waiting?.reason === 'RunContainerError'
        );
      }),
    ),
    expect: { fail: ['pods/restarts', ...STUCK] },
    cause: 'container/cannot-be-made',
    says: ['/tmp', 'not a directory'],
  },
];

export const CONTAINERS: Fault[] = cases.map((each) => ({
  expect: { fail: STUCK },
  object: 'Pod',
  undo: [removed],
  ...each,
}));

/** Faults that look like others: a script like a program of another processor, a name like a server's error, a quota like a deletion. */
import { BACKEND, RELEASE } from '../stage.js';
import {
  apply,
  atOnce,
  crashed,
  environment,
  event,
  kubectl,
  unschedulable,
  upgrade,
  type Fault,
} from './fault.js';
import { container, CRASHING, patched, removed, STUCK } from './tools.js';

const pod = (shown: string, spec: object) => patched(shown, { spec: { template: { spec } } });

type Crash = Pick<Fault, 'name' | 'steps' | 'cause'> & Partial<Fault>;

const crashes: Crash[] = [
  {
    name: 'script that does not say what runs it',
    steps: [
      apply('a ConfigMap with a script without #!', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'bare-script' },
        data: { start: 'exec python3 -m uvicorn\n' },
      }),
      container(
        'command: /scripts/start, of a volume',
        { command: ['/scripts/start'], volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }] },
        { volumes: [{ name: 'scripts', configMap: { name: 'bare-script', defaultMode: 0o755 } }] },
      ),
    ],
    cause: 'crash/crlf-script',
    says: ['/scripts/start', 'first line', 'exec format error'],
    undo: [removed, kubectl('delete configmap bare-script')],
  },
  {
    name: 'address that the pod does not have',
    steps: [environment('UVICORN_HOST', '10.0.0.5')],
    cause: 'crash/bad-arguments',
    says: ['10.0.0.5', 'cannot assign requested address'],
  },
  {
    name: 'factory that is an application',
    steps: [environment('UVICORN_FACTORY', 'true')],
    cause: 'crash/bad-arguments',
    says: ['ASGI app factory'],
  },
  {
    name: 'shell without a line to run',
    steps: [container('command: sh -c', { command: ['sh', '-c'] })],
    cause: 'crash/bad-arguments',
    says: ['-c requires an argument'],
  },
  {
    name: 'variable longer than the kernel takes',
    steps: [
      apply('a ConfigMap with a value of 150 KiB', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'large' },
        data: { LARGE: 'x'.repeat(150 * 1024) },
      }),
      container('env LARGE, of this ConfigMap', {
        env: [{ name: 'LARGE', valueFrom: { configMapKeyRef: { name: 'large', key: 'LARGE' } } }],
      }),
    ],
    cause: 'crash/bad-arguments',
    says: ['argument list too long', '128 KiB'],
    undo: [removed, kubectl('delete configmap large')],
  },
  {
    name: 'no directory for temporary files',
    steps: [
      container('readOnlyRootFilesystem, and a command that needs a temporary directory', {
        command: ['sh', '-c', 'python3 -c "import tempfile; tempfile.mkdtemp()" && exec python3 -m uvicorn'],
        securityContext: { readOnlyRootFilesystem: true },
      }),
    ],
    cause: 'crash/read-only-filesystem',
    says: ['/tmp'],
    fixWrites: /volumes|volumeMounts/,
  },
];

export const TOLD_RIGHT: Fault[] = [
  ...crashes.map((each): Fault => ({
    symptom: crashed,
    expect: { fail: CRASHING },
    object: 'Pod',
    undo: [removed],
    ...each,
  })),
  {
    name: 'log level with a blank after it',
    steps: [upgrade('backend.env.LOG_LEVEL=INFO ')],
    symptom: crashed,
    expect: { fail: ['config/log-level-value', ...CRASHING] },
    cause: 'crash/settings-invalid',
    object: 'Pod',
  },
  {
    name: 'node selector with a capital too many',
    steps: [pod('nodeSelector kubernetes.io/os: Linux', { nodeSelector: { 'kubernetes.io/os': 'Linux' } })],
    symptom: unschedulable('node affinity/selector'),
    expect: { fail: STUCK },
    cause: 'scheduling/node-selector',
    object: 'Pod',
    says: ['kubernetes.io/os=Linux'],
    undo: [removed],
  },
  {
    name: 'affinity to nodes of another processor',
    steps: [
      pod('nodeAffinity to arm64', {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }] },
              ],
            },
          },
        },
      }),
    ],
    symptom: unschedulable('node affinity/selector'),
    expect: { fail: STUCK },
    cause: 'scheduling/node-selector',
    object: 'Pod',
    says: ['kubernetes.io/arch In arm64'],
    undo: [removed],
  },
  {
    name: 'volume claim of a storage class that does not exist',
    steps: [
      apply('a claim of storage class fast-ssd', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'fast-ssd',
          resources: { requests: { storage: '1Gi' } },
        },
      }),
      container(
        'a volume of this claim',
        { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
      ),
    ],
    symptom: event('"fast-ssd" not found'),
    expect: { fail: STUCK },
    cause: 'scheduling/volume',
    object: 'Pod',
    says: ['claim data', 'fast-ssd'],
    undo: [removed, kubectl('delete pvc data --wait=false')],
  },
  {
    name: 'readiness probe at a port of a name that there is none of',
    steps: [container('readinessProbe port: web', { readinessProbe: { httpGet: { port: 'web' } } })],
    symptom: event('parsing "web"'),
    expect: { fail: ['deployment/readiness-probe', 'deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/wrong-port',
    object: 'Pod',
    says: ['“web”', 'http 8000'],
  },
  {
    name: 'registry whose certificate the node does not trust',
    steps: [upgrade('backend.image.repository=192.168.222.1:6443/todo-chatbot-backend')],
    symptom: event('x509'),
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/registry-unreachable',
    object: 'Pod',
    says: ['does not trust', '192.168.222.1:6443', 'x509'],
    own: true,
  },
  {
    name: 'image name with a blank after it',
    steps: [upgrade('backend.image.tag=latest ')],
    symptom: event('must not have leading or trailing whitespace'),
    expect: { fail: ['deployment/image', 'deployment/rollout-complete'] },
    cause: 'admission/invalid-pod',
    object: 'ReplicaSet',
    says: ['spec.containers[0].image', 'whitespace'],
  },
  {
    name: 'Service that a quota does not allow',
    steps: [
      kubectl('create quota net --hard=services.nodeports=0'),
      kubectl(`delete service ${BACKEND}`),
      {
        ...upgrade('backend.env.ENVIRONMENT=development'),
        run: (stage) =>
          stage.upgrade().then(
            () => Promise.reject(new Error('the quota has let the Service pass')),
            () => undefined,
          ),
      },
    ],
    symptom: atOnce,
    expect: { fail: ['deployment/release', 'service/exists'] },
    cause: 'helm/failed',
    object: `Release ${RELEASE}`,
    says: ['exceeded quota: net', 'services.nodeports'],
    notHealed: 'the quota is what it says to raise first',
    undo: [kubectl('delete quota net')],
  },
  {
    name: 'liveness probe of a socket that nothing listens on',
    steps: [
      container('livenessProbe tcpSocket 9000', {
        livenessProbe: { httpGet: null, tcpSocket: { port: 9000 } },
      }),
    ],
    symptom: event('failed liveness probe, will be restarted', 120),
    expect: {
      fail: ['deployment/liveness-probe', 'deployment/rollout-complete', 'pods/restarts', 'pods/ready'],
    },
    cause: 'health/wrong-port',
    object: 'Pod',
    says: ['9000', '8000'],
    undo: [removed],
  },
];

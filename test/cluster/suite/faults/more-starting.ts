/** Pods that do not start, or crash, for causes that the other lists do not show. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKEND, type Stage } from '../stage.js';
import {
  apply,
  crashed,
  deletePod,
  event,
  kubectl,
  unschedulable,
  upgrade,
  waiting,
  type Fault,
} from './fault.js';
import { container, CONTAINER, CRASHING, noPods, patched, removed, STUCK, waited } from './tools.js';

const ownCommand = kubectl(
  `patch deployment ${BACKEND} --type=json -p=[{"op":"remove","path":"${CONTAINER}/command"}]`,
);

/** A shell's command instead of the image's own. */
const command = (line: string) => container(`command: ${line}`, { command: ['sh', '-c', line] });

/** A registry that answers every request with one status. The runtime takes `localhost` for one without TLS. */
const REGISTRY = `
import http.server, os
class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ["BODY"].encode()
        self.send_response(200 if self.path == "/v2/" else int(os.environ["STATUS"]))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
    do_HEAD = do_GET
http.server.ThreadingHTTPServer(("", 5000), Registry).serve_forever()
`;

const registryPort = (stage: Stage) => stage.nodePort + 100;

function registry(status: number, code: string, message: string): Fault['steps'] {
  return [
    {
      shown: `kubectl apply, a registry that answers ${status} ${code}; helm upgrade to an image of it`,
      async run(stage) {
        const labels = { app: 'registry' };
        const pod = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'registry', labels },
          spec: {
            containers: [
              {
                name: 'registry',
                image: 'todo-chatbot-backend:latest',
                imagePullPolicy: 'IfNotPresent',
                command: ['python3', '-c', REGISTRY],
                env: [
                  { name: 'STATUS', value: String(status) },
                  { name: 'BODY', value: JSON.stringify({ errors: [{ code, message }] }) },
                ],
                readinessProbe: { httpGet: { path: '/v2/', port: 5000 }, periodSeconds: 1 },
              },
            ],
          },
        };
        const service = {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'registry' },
          spec: {
            type: 'NodePort',
            selector: labels,
            ports: [{ port: 5000, nodePort: registryPort(stage) }],
          },
        };
        for (const object of [pod, service])
          await stage.kubectl(['apply', '-f', '-'], JSON.stringify(object));
        await stage.kubectl(['wait', '--for=condition=Ready', 'pod/registry', '--timeout=60s']);
        // kube-proxy needs a moment for the rules.
        await sleep(2000);
        const repository = `localhost:${registryPort(stage)}/todo-chatbot-backend`;
        await stage.upgrade(['--set', `backend.image.repository=${repository}`]);
      },
    },
  ];
}

const noRegistry = [kubectl('delete pod,service registry --now --ignore-not-found')];

const notPulled = {
  symptom: waiting('ErrImagePull', 'ImagePullBackOff'),
  undo: noRegistry,
  own: true,
} as const;

/** A file of another processor's, put where the container's command finds it. */
const FOREIGN = `python3 -c 'import os; f = open("/work/x", "wb"); f.write(b"\\177ELF\\2\\1\\1" + bytes(9) + b"\\2\\0\\x16\\0\\1" + bytes(43)); f.close(); os.chmod("/work/x", 0o755)'`;

const work = { name: 'work', mountPath: '/work' };

const SECURITY = {
  runAsNonRoot: true,
  runAsUser: 1001,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

const NO_RUNTIME = 'todo-k8s-none';
const noRuntime = apply('a RuntimeClass that the runtime does not know', {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: NO_RUNTIME },
  handler: 'none',
});
const withoutNoRuntime = kubectl(`delete runtimeclass ${NO_RUNTIME} --ignore-not-found`);

export const MORE_STARTING: Fault[] = [
  {
    name: 'CPU requests too large',
    steps: [upgrade('backend.resources.requests.cpu=500', 'backend.resources.limits.cpu=500')],
    symptom: unschedulable('Insufficient cpu'),
    expect: { fail: ['deployment/resources', ...STUCK] },
    cause: 'scheduling/insufficient-cpu',
    object: 'Pod',
  },
  {
    name: 'node tainted while a pod moves',
    steps: [kubectl('taint node minikube dedicated=other:NoSchedule'), deletePod],
    symptom: unschedulable('untolerated taint'),
    expect: { fail: STUCK },
    cause: 'scheduling/untolerated-taint',
    object: 'Pod',
    undo: [noPods, kubectl('taint node minikube dedicated-')],
    alone: true,
  },
  {
    name: 'node that runs as many pods as it may',
    steps: [
      // Pods that no runtime takes count for the scheduler, cost the node nothing, and are gone as soon as they are deleted.
      noRuntime,
      apply('a Deployment of 64 pods of this class, which never start', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'filler' },
        spec: {
          replicas: 64,
          selector: { matchLabels: { app: 'filler' } },
          template: {
            metadata: { labels: { app: 'filler' } },
            spec: {
              automountServiceAccountToken: false,
              terminationGracePeriodSeconds: 0,
              runtimeClassName: NO_RUNTIME,
              containers: [
                { name: 'filler', image: 'todo-chatbot-backend:latest', imagePullPolicy: 'Never' },
              ],
            },
          },
        },
      }),
      waited(event('Too many pods')),
      kubectl(`rollout restart deployment/${BACKEND}`),
    ],
    symptom: unschedulable('Too many pods'),
    expect: { fail: STUCK },
    cause: 'scheduling/too-many-pods',
    object: 'Pod',
    undo: [noPods, kubectl('delete deployment filler --wait=false'), withoutNoRuntime],
    alone: true,
  },
  {
    name: 'tag that the registry does not have',
    steps: registry(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
    ...notPulled,
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/not-found',
    object: 'Pod',
  },
  {
    name: 'registry that refuses',
    steps: registry(403, 'DENIED', 'requested access to the resource is denied'),
    ...notPulled,
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/pull-denied',
    object: 'Pod',
    notHealed: 'the account is the user’s own',
  },
  {
    name: 'registry that refuses, and a pull Secret that does not exist',
    steps: [
      container(
        'imagePullSecrets: registry-account',
        {},
        { imagePullSecrets: [{ name: 'registry-account' }] },
      ),
      ...registry(401, 'UNAUTHORIZED', 'authentication required'),
    ],
    ...notPulled,
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/pull-secret-missing',
    object: 'Pod',
    says: ['registry-account'],
    undo: [...noRegistry, removed],
    notHealed: 'the account is the user’s own',
  },
  {
    name: 'registry whose limit is used up',
    steps: registry(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit'),
    ...notPulled,
    expect: { fail: ['deployment/image', ...STUCK] },
    cause: 'image/rate-limited',
    object: 'Pod',
  },
  {
    name: 'program for another processor',
    steps: [
      container(
        'a command that is an ELF file of another machine',
        { command: ['/work/x'], volumeMounts: [work] },
        {
          volumes: [{ name: 'work', emptyDir: {} }],
          initContainers: [
            {
              name: 'foreign',
              image: 'todo-chatbot-backend:latest',
              imagePullPolicy: 'IfNotPresent',
              command: ['sh', '-c', FOREIGN],
              securityContext: SECURITY,
              volumeMounts: [work],
            },
          ],
        },
      ),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'image/wrong-architecture',
    object: 'Pod',
    undo: [
      container('without it', { command: null, volumeMounts: null }, { volumes: null, initContainers: null }),
    ],
  },
  {
    name: 'key that the Secret does not have',
    steps: [
      upgrade(
        'backend.extraEnv[1].name=EXTRA',
        `backend.extraEnv[1].valueFrom.secretKeyRef.name=${BACKEND}-secret`,
        'backend.extraEnv[1].valueFrom.secretKeyRef.key=EXTRA',
      ),
    ],
    symptom: waiting('CreateContainerConfigError'),
    expect: { fail: STUCK },
    cause: 'config/secret-key-missing',
    object: 'Pod',
  },
  {
    name: 'key that the ConfigMap does not have',
    steps: [
      upgrade(
        'backend.extraEnv[1].name=EXTRA',
        `backend.extraEnv[1].valueFrom.configMapKeyRef.name=${BACKEND}-config`,
        'backend.extraEnv[1].valueFrom.configMapKeyRef.key=EXTRA',
      ),
    ],
    symptom: waiting('CreateContainerConfigError'),
    expect: { fail: STUCK },
    cause: 'config/configmap-key-missing',
    object: 'Pod',
  },
  {
    name: 'volume of a Secret that does not exist',
    steps: [
      container(
        'a volume of Secret none',
        { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        { volumes: [{ name: 'data', secret: { secretName: 'none' } }] },
      ),
    ],
    symptom: event('FailedMount'),
    expect: { fail: STUCK },
    cause: 'volume/mount-failed',
    object: 'Pod',
    undo: [container('without it', { volumeMounts: null }, { volumes: null })],
  },
  {
    name: 'sandbox that the node cannot make',
    steps: [noRuntime, container(`runtimeClassName: ${NO_RUNTIME}`, {}, { runtimeClassName: NO_RUNTIME })],
    symptom: event('FailedCreatePodSandBox'),
    expect: { fail: STUCK },
    cause: 'node/sandbox-failed',
    object: 'Pod',
    undo: [container('without it', {}, { runtimeClassName: null }), withoutNoRuntime],
  },
  {
    name: 'port that another process of the container has',
    steps: [command('python3 -m http.server 8000 >/dev/null 2>&1 & sleep 2; exec python3 -m uvicorn')],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/port-in-use',
    object: 'Pod',
    undo: [ownCommand],
  },
  {
    name: 'file system that is read-only',
    steps: [
      container('readOnlyRootFilesystem, and a command that writes', {
        securityContext: { readOnlyRootFilesystem: true },
        command: ['python3', '-c', 'open("/tmp/cache", "w")'],
      }),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/read-only-filesystem',
    object: 'Pod',
    notHealed: 'the command does nothing but write, and ends',
    fixWrites: /volumes|volumeMounts/,
    undo: [removed],
  },
  {
    name: 'file that belongs to somebody else',
    steps: [
      container('a command that writes to /etc', { command: ['python3', '-c', 'open("/etc/cache", "w")'] }),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/permission-denied',
    object: 'Pod',
    undo: [ownCommand],
  },
  {
    name: 'rollout that does not come to an end',
    steps: [
      patched('a readiness gate that nobody opens, progressDeadlineSeconds 10', {
        spec: {
          progressDeadlineSeconds: 10,
          template: { spec: { readinessGates: [{ conditionType: 'example.com/never' }] } },
        },
      }),
    ],
    symptom: {
      shown: 'the Deployment says ProgressDeadlineExceeded',
      within: 60,
      seen: async (stage) =>
        (await stage.kubectl(['get', 'deployment', BACKEND, '-o', 'json'])).includes(
          'ProgressDeadlineExceeded',
        ),
    },
    expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
    cause: 'rollout/stuck',
    object: 'Deployment todo-chatbot-backend',
    undo: [removed],
  },
];

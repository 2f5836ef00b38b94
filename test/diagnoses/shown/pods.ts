/** What shows each cause of pods that do not start or do not stay, in the words of Kubernetes. */
import { log, podEvent, restarted } from '../../support/pod-states.js';
import {
  ended,
  endedByNode,
  image,
  onNoNode,
  PULL,
  refused,
  stuckIn,
  TRACEBACK,
  UVICORN_FAILED,
} from '../pod-changes.js';
import { REFUSALS, type RefusalMeaning } from '../../../src/vocabulary/admission.js';
import { NOT_MADE } from './not-made.js';
import type { Cause, Shown } from './shown.js';

const REFUSED: Record<RefusalMeaning, Cause> = {
  'quota-exceeded': 'admission/quota-exceeded',
  'pod-security': 'admission/pod-security',
  'service-account-missing': 'admission/service-account-missing',
  'limit-range': 'admission/limit-range',
  'policy-denied': 'admission/policy-denied',
  'webhook-invalid-answer': 'admission/webhook-invalid-answer',
  'webhook-unreachable': 'admission/webhook-unreachable',
  'webhook-denied': 'admission/webhook-denied',
  'priority-class-missing': 'admission/priority-class-missing',
  'namespace-terminating': 'namespace/terminating',
  'invalid-pod': 'admission/invalid-pod',
};

export const PODS: readonly Shown[] = [
  [
    'deployment/missing',
    (evidence) => Object.assign(evidence, { deployment: undefined, pods: [], replicaSets: [] }),
  ],
  [
    'deployment/scaled-to-zero',
    (evidence) => {
      evidence.deployment.spec.replicas = 0;
      evidence.deployment.status = { observedGeneration: 1 };
      evidence.pods = [];
      evidence.endpoints.addresses = [];
    },
  ],
  [
    'helm/pending',
    ({ release }) => {
      release.revisions = [
        { revision: 3, status: 'pending-upgrade' },
        { revision: 2, status: 'deployed' },
      ];
    },
  ],
  [
    'helm/failed',
    ({ release }) => {
      release.revisions = [{ revision: 1, status: 'failed' }];
      release.description = 'Release "todo-chatbot" failed: failed post-install: job failed';
    },
  ],
  ['deployment/paused', (evidence) => void (evidence.deployment.spec.paused = true)],
  ...REFUSALS.map(({ means, example }) => [REFUSED[means], refused(example)] as const),
  [
    'admission/refused',
    refused('pods "todo-6d5f9c7b4d-" is forbidden: pod rejected: RuntimeClass "gvisor" not found'),
  ],
  [
    'scheduling/other',
    onNoNode('0/1 nodes are available: 1 node(s) had a mood. no new claims to deallocate.'),
  ],
  ['pods/evicted', endedByNode('Evicted', 'The node was low on resource: nodefs. Threshold quantity: 1Gi.')],
  [
    'pods/rejected',
    endedByNode(
      'SysctlForbidden',
      'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
    ),
  ],
  [
    'storage/ephemeral-full',
    endedByNode('Evicted', 'Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. '),
  ],
  [
    'image/pull-failed',
    stuckIn(
      'ErrImagePull',
      'failed to pull and unpack image "docker.io/library/x:1": write /var/lib/containerd/x: no space left on device',
    ),
  ],
  [
    'scheduling/insufficient-cpu',
    onNoNode(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ),
  ],
  [
    'scheduling/insufficient-memory',
    onNoNode(
      '0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ),
  ],
  ['scheduling/insufficient-resource', onNoNode('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.')],
  [
    'scheduling/untolerated-taint',
    onNoNode(
      '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ),
  ],
  [
    'scheduling/node-selector',
    onNoNode("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
  ],
  ['scheduling/cordoned', onNoNode('0/1 nodes are available: 1 node(s) were unschedulable.')],
  ['scheduling/too-many-pods', onNoNode('0/1 nodes are available: 1 Too many pods.')],
  [
    'scheduling/volume',
    onNoNode('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
  ],
  ['scheduling/volume', onNoNode('persistentvolumeclaim "data" not found')],
  ...NOT_MADE,
  [
    'image/not-found',
    stuckIn(
      'ImagePullBackOff',
      `Back-off pulling image "registry.example.org/todo/backend:v9": ErrImagePull: ${PULL}registry.example.org/todo/backend:v9: not found`,
      image('registry.example.org/todo/backend:v9'),
    ),
  ],
  [
    'image/pull-denied',
    stuckIn(
      'ErrImagePull',
      `${PULL}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      image('registry.example.org/todo/backend:v1'),
    ),
  ],
  [
    'image/registry-unreachable',
    stuckIn(
      'ImagePullBackOff',
      'Back-off pulling image "registry.example.org/todo/backend:v1": ErrImagePull: failed to do request: Head "https://registry.example.org/v2/todo/backend/manifests/v1": dial tcp: lookup registry.example.org: no such host',
      image('registry.example.org/todo/backend:v1'),
    ),
  ],
  [
    'image/rate-limited',
    stuckIn(
      'ErrImagePull',
      `${PULL}unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`,
      image('acme/backend:v1'),
    ),
  ],
  [
    'image/invalid-name',
    stuckIn(
      'InvalidImageName',
      'Failed to apply default image tag "Todo-Chatbot-Backend:latest": couldn\'t parse image name "Todo-Chatbot-Backend:latest": invalid reference format: repository name must be lowercase',
      image('Todo-Chatbot-Backend:latest'),
    ),
  ],
  [
    'image/never-pull-missing',
    stuckIn(
      'ErrImageNeverPull',
      'Container image "todo-chatbot-backend:v9" is not present with pull policy of Never',
      image('todo-chatbot-backend:v9', 'Never'),
    ),
  ],
  [
    'image/local-image-pulled',
    stuckIn(
      'ImagePullBackOff',
      `Back-off pulling image "todo-chatbot-backend-new:latest": ErrImagePull: ${PULL}pull access denied, repository does not exist or may require authorization`,
      image('todo-chatbot-backend-new:latest'),
    ),
  ],
  [
    'image/local-image-pulled',
    stuckIn(
      'ErrImagePull',
      'failed to do request: Head "https://registry-1.docker.io/v2/library/todo-chatbot-backend/manifests/latest": dial tcp: lookup registry-1.docker.io: no such host',
      image('todo-chatbot-backend:latest', 'Always'),
    ),
  ],
  ['image/wrong-architecture', ended(255, ['exec /usr/local/bin/uvicorn: exec format error'])],
  [
    'config/secret-missing',
    stuckIn('CreateContainerConfigError', 'secret "todo-chatbot-backend-secret" not found'),
  ],
  [
    'config/secret-key-missing',
    stuckIn(
      'CreateContainerConfigError',
      "couldn't find key BETTER_AUTH_SECRET in Secret default/todo-chatbot-backend-secret",
    ),
  ],
  [
    'config/configmap-missing',
    stuckIn('CreateContainerConfigError', 'configmap "todo-chatbot-backend-config" not found'),
  ],
  [
    'config/configmap-key-missing',
    stuckIn(
      'CreateContainerConfigError',
      "couldn't find key LOG_LEVEL in ConfigMap default/todo-chatbot-backend-config",
    ),
  ],
  [
    'config/runs-as-root',
    stuckIn(
      'CreateContainerConfigError',
      'container has runAsNonRoot and image will run as root (pod: "x_default(1)", container: backend)',
    ),
  ],
  [
    'config/runs-as-root',
    stuckIn(
      'CreateContainerConfigError',
      'container has runAsNonRoot and image has non-numeric user (appuser), cannot verify user is non-root',
    ),
  ],
  [
    'volume/mount-failed',
    stuckIn('ContainerCreating', '', (evidence) =>
      podEvent(
        evidence,
        0,
        'FailedMount',
        'MountVolume.SetUp failed for volume "certs" : secret "todo-certs" not found',
        { count: 9 },
      ),
    ),
  ],
  [
    'node/sandbox-failed',
    stuckIn('ContainerCreating', '', (evidence) =>
      podEvent(
        evidence,
        0,
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="bridge" failed (add): no IP addresses available in range set',
      ),
    ),
  ],
  ['crash/command-not-found', ended(127, ['sh: 1: todo-server: not found'])],
  [
    'crash/command-not-found',
    ended(128, [], {
      reason: 'StartError',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "todo-server": executable file not found in $PATH: unknown',
    }),
  ],
  ['crash/import-error', ended(1, ['/usr/bin/python3: No module named gunicorn'])],
  [
    'crash/command-not-found',
    ended(2, ["python3: can't open file '/app/server.py': [Errno 2] No such file or directory"]),
  ],
  ['crash/settings-invalid', ended(1, [...TRACEBACK, "ValueError: Unknown level: 'VERBOSE'"])],
  [
    'crash/bad-arguments',
    ended(2, ["Error: No such option '--prot'. (Did you mean one of: '--host', '--port'?)"]),
  ],
  [
    'crash/permission-denied',
    ended(1, [
      "ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 80): permission denied",
    ]),
  ],
  [
    'crash/import-error',
    ended(1, ['ERROR:    Error loading ASGI app. Could not import module "app.missing".']),
  ],
  [
    'crash/import-error',
    ended(1, [...TRACEBACK, "ModuleNotFoundError: No module named 'todo_chatbot_that_was_never_installed'"]),
  ],
  [
    'crash/startup-exception',
    ended(3, [
      'ERROR:    Traceback (most recent call last):',
      '  File "/app/app/faults.py", line 50, in at_start',
      'RuntimeError: could not load the model registry: unexpected end of file',
      '',
      ...UVICORN_FAILED,
    ]),
  ],
  [
    'crash/missing-environment',
    ended(1, [
      ...TRACEBACK,
      'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
      'BETTER_AUTH_SECRET',
      "  Field required [type=missing, input_value={'PATH': '/usr/bin'}, input_type=dict]",
      '    For further information visit https://errors.pydantic.dev/2.11/v/missing',
    ]),
  ],
  ['crash/missing-environment', ended(1, [...TRACEBACK, "KeyError: 'DATABASE_URL'"])],
  [
    'crash/settings-invalid',
    ended(1, [
      ...TRACEBACK,
      'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
      'POOL_SIZE',
      "  Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='ten', input_type=str]",
    ]),
  ],
  ['crash/migration-failed', ended(1, ["FAILED: Can't locate revision identified by '1a2b3c4d'"])],
  [
    'crash/bad-arguments',
    ended(2, [
      'Usage: uvicorn [OPTIONS] APP',
      '',
      "Error: Invalid value for '--port': 'tcp://10.96.114.7:8000' is not a valid integer.",
    ]),
  ],
  ['crash/crlf-script', ended(255, ['exec /app/start.sh: no such file or directory'])],
  ['crash/signal', ended(139, ['Fatal Python error: Segmentation fault'])],
  [
    'crash/port-in-use',
    ended(1, [
      "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
    ]),
  ],
  ['crash/disk-full', ended(1, ["OSError: [Errno 28] No space left on device: '/app/cache/model.bin'"])],
  [
    'crash/read-only-filesystem',
    ended(3, [
      'ERROR:    Traceback (most recent call last):',
      '  File "/app/app/main.py", line 9, in lifespan',
      "OSError: [Errno 30] Read-only file system: '/app/cache'",
      ...UVICORN_FAILED,
    ]),
  ],
  [
    'crash/permission-denied',
    ended(3, [
      'ERROR:    Traceback (most recent call last):',
      '  File "/app/app/main.py", line 9, in lifespan',
      "PermissionError: [Errno 13] Permission denied: '/var/cache/todo'",
      ...UVICORN_FAILED,
    ]),
  ],
  ['crash/exits-cleanly', ended(0, ['bye'], { reason: 'Completed' })],
  [
    'crash/request-limit',
    ended(
      0,
      [
        'WARNING:  Maximum request limit of 20 exceeded. Terminating process.',
        'INFO:     Shutting down',
        'INFO:     Finished server process [1]',
      ],
      { reason: 'Completed' },
    ),
  ],
  [
    'crash/interpreter-broken',
    ended(1, [
      'Python path configuration:',
      "  PYTHONHOME = '/nonexistent'",
      'Fatal Python error: Failed to import encodings module',
      'Python runtime state: core initialized',
      "ModuleNotFoundError: No module named 'encodings'",
    ]),
  ],
  [
    'crash/bad-arguments',
    ended(2, ["Error: Invalid value for '--log-config': Path '/nonexistent.ini' does not exist."]),
  ],
  [
    'crash/worker-loop',
    (evidence) =>
      log(evidence, 0, [
        'INFO:     Started parent process [1]',
        ...Array.from({ length: 9 }, (_, index) => `INFO:     Child process [${10 + index}] died`),
      ]),
  ],
  [
    'crash/liveness-killed',
    (evidence) => {
      restarted(evidence, 0, { exitCode: 143 });
      podEvent(evidence, 0, 'Killing', 'Container backend failed liveness probe, will be restarted', {
        secondsAgo: 60,
      });
    },
  ],
  [
    'rollout/stuck',
    ({ deployment }) => {
      Object.assign(deployment.status ?? {}, { updatedReplicas: 1, replicas: 3 });
      const progress = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
      Object.assign(progress ?? {}, {
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "x" has timed out progressing.',
      });
    },
  ],
];

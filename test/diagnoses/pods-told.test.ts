/** What is said about pods that do not start: objects, fixes, and what cannot be told. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { ago, podEvent, podOf, restarted, waiting } from '../support/pod-states.js';
import { ended, image, onNoNode, stuckIn, TRACEBACK, type Change } from './pod-changes.js';

describe('objects and fixes', () => {
  test('a pod that is pending: which resource, how much of it is missing, on which node', async () => {
    const { diagnoses } = await diagnosed(
      (evidence) => {
        onNoNode('0/1 nodes are available: 1 Insufficient memory.')(evidence);
        const [node] = evidence.nodeRoom.nodes;
        if (node?.requested) node.requested.memoryBytes = node.allocatable.memoryBytes - 125 * 1024 ** 2;
      },
      { topic: 'pods' },
    );
    expect(diagnoses[0]).toMatchObject({ verdict: 'confirmed', object: { kind: 'Pod', name: POD_NAMES[0] } });
    expect(diagnoses[0]?.evidence.map(({ value }) => value)).toContainEqual(
      expect.stringContaining('125Mi free, 387Mi missing'),
    );
  });

  test('a GPU: how many are asked for, and where to see which nodes have one', async () => {
    const { diagnoses } = await diagnosed(
      (evidence) => {
        onNoNode('0/3 nodes are available: 3 Insufficient nvidia.com/gpu.')(evidence);
        const [container] = podOf(evidence).spec.containers;
        if (container) container.resources = { limits: { 'nvidia.com/gpu': '2' } };
      },
      { topic: 'pods' },
    );
    expect(diagnoses[0]?.cause).toBe('scheduling/insufficient-resource');
    expect(diagnoses[0]?.summary).toContain(
      'the pod asks for 2 of nvidia.com/gpu, and none of 3 nodes has that much left',
    );
    expect(diagnoses[0]?.evidence[1]).toMatchObject({
      field: "spec.containers[0].resources.limits['nvidia.com/gpu']",
      value: '2',
    });
    expect(diagnoses[0]?.fix[0]?.description).toContain('device plugin');
    expect(diagnoses[0]?.fix[1]?.command).toBe(
      String.raw`kubectl get nodes -o custom-columns='node:.metadata.name,has:.status.allocatable.nvidia\.com/gpu'`,
    );
  });

  test('a node selector: which label no node has', async () => {
    const { diagnoses } = await diagnosed(
      (evidence) => {
        onNoNode("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")(evidence);
        podOf(evidence).spec.nodeSelector = { disk: 'fast' };
      },
      { topic: 'pods' },
    );
    expect(diagnoses[0]?.summary).toContain('disk=fast');
    expect(diagnoses[0]?.fix[0]?.command).toBe('kubectl label node minikube disk=fast');
  });

  test('settings that pydantic misses by their fields: the variables of the same names are set', async () => {
    const { diagnoses } = await diagnosed(
      ended(1, [
        ...TRACEBACK,
        'pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings',
        'database_url',
        '  Field required [type=missing, input_value={}, input_type=dict]',
        'better_auth_secret',
        '  Field required [type=missing, input_value={}, input_type=dict]',
      ]),
      { topic: 'pods' },
    );
    expect(diagnoses[0]?.cause).toBe('crash/missing-environment');
    expect(diagnoses[0]?.fix[0]?.command).toMatch(/DATABASE_URL.*BETTER_AUTH_SECRET/);
  });

  test('a log level that pydantic refuses by its field: the contract’s value is set', async () => {
    const { diagnoses } = await diagnosed(
      ended(1, [
        ...TRACEBACK,
        'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
        'log_level',
        "  Input should be 'DEBUG', 'INFO' or 'WARNING' [type=literal_error, input_value='loud', input_type=str]",
      ]),
      { topic: 'pods' },
    );
    expect(diagnoses[0]?.cause).toBe('crash/settings-invalid');
    expect(diagnoses[0]?.fix[0]?.helmValue).toBe('backend.env.LOG_LEVEL=INFO');
  });

  test.each([
    ['containerd, after a restart of the node', 255, 'Unknown'],
    ['the kubelet, which has lost sight of it', 137, 'ContainerStatusUnknown'],
  ])('%s: no crash, no kill for memory', async (_who, exitCode, reason) => {
    const { diagnoses } = await diagnosed(
      (evidence) => {
        for (const index of [0, 1])
          restarted(evidence, index, { exitCode, reason }, { secondsAgo: 30, restarts: 1 });
      },
      { topic: 'pods' },
    );
    expect(diagnoses.map(({ cause, severity }) => [cause, severity])).toEqual([
      ['node/restarted', 'warning'],
    ]);
  });

  test('an image that only another node has, under IfNotPresent: it is loaded, the policy is not to blame', async () => {
    const change = stuckIn(
      'ErrImagePull',
      'no such host',
      image('todo-chatbot-backend:latest', 'IfNotPresent'),
    );
    const { diagnoses } = await diagnosed(change, { topic: 'pods' });
    expect(diagnoses[0]).toMatchObject({ cause: 'image/local-image-pulled', verdict: 'likely' });
    expect(diagnoses[0]?.summary).toContain('is not on the node');
    expect(diagnoses[0]?.fix[0]?.command).toContain('image load');
  });

  test('a claim that is being deleted is there', async () => {
    const { diagnoses } = await diagnosed(onNoNode('persistentvolumeclaim "data" is being deleted'), {
      topic: 'pods',
    });
    expect(diagnoses[0]).toMatchObject({ cause: 'scheduling/volume' });
    expect(diagnoses[0]?.summary).toContain('persistentvolumeclaim "data" is being deleted');
    expect(diagnoses[0]?.summary).not.toContain('does not exist');
  });

  test('a registry whose image is not signed: its words', async () => {
    const { diagnoses } = await diagnosed(
      stuckIn('SignatureValidationFailed', 'A signature was required, but no signature exists'),
      { topic: 'pods' },
    );
    expect(diagnoses[0]?.cause).toBe('image/pull-failed');
    expect(diagnoses[0]?.summary).toContain('A signature was required');
  });

  test('where Helm manages the release the fix is a Helm value, elsewhere a kubectl command', async () => {
    const change = stuckIn('ErrImagePull', 'no such host', image('todo-chatbot-backend:latest', 'Always'));
    const helm = await diagnosed(change, { topic: 'pods' });
    expect(helm.diagnoses[0]?.fix[0]).toMatchObject({
      helmValue: 'backend.image.pullPolicy=IfNotPresent',
      command: expect.stringMatching(
        /^helm upgrade todo-chatbot .* --reset-then-reuse-values --set backend\.image\.pullPolicy=IfNotPresent$/,
      ),
    });
    const plain = await diagnosed(
      (evidence, _contract, target) => {
        change(evidence);
        target.helm = undefined;
      },
      { topic: 'pods' },
    );
    expect(plain.diagnoses[0]?.fix[0]).toMatchObject({
      helmValue: null,
      command: expect.stringMatching(/^kubectl -n default patch deployment /),
    });
  });

  test('pods with the same trouble are one diagnosis', async () => {
    const { diagnoses } = await diagnosed(
      (evidence) => {
        for (const index of [0, 1])
          waiting(
            evidence,
            index,
            'CreateContainerConfigError',
            'secret "todo-chatbot-backend-secret" not found',
          );
      },
      { topic: 'pods' },
    );
    expect(diagnoses).toHaveLength(1);
    expect(diagnoses[0]?.summary).toContain(`Pods ${POD_NAMES[0]} and ${POD_NAMES[1]}`);
  });

  test('--pod looks at one pod only', async () => {
    const change: Change = (evidence) =>
      waiting(evidence, 0, 'CreateContainerConfigError', 'secret "x" not found');
    expect((await diagnosed(change, { topic: 'pods', pod: POD_NAMES[1] })).causes).toEqual([]);
    expect((await diagnosed(change, { topic: 'pods', pod: POD_NAMES[0] })).causes).toEqual([
      'config/secret-missing',
    ]);
  });

  test('--since leaves older restarts out', async () => {
    const change: Change = (evidence) =>
      restarted(evidence, 0, { exitCode: 1 }, { secondsAgo: 300, lines: [...TRACEBACK, 'ValueError: no'] });
    expect((await diagnosed(change, { topic: 'pods' })).causes).toEqual(['crash/startup-exception']);
    expect((await diagnosed(change, { topic: 'pods', since: Date.parse(ago(120)) })).causes).toEqual([]);
  });
});

describe('pairs that look alike', () => {
  const REFUSAL = 'pull access denied, repository does not exist or may require authorization';
  const pull = (name: string, nodeHas: readonly string[]) =>
    diagnosed(
      stuckIn('ErrImagePull', REFUSAL, (evidence) => {
        image(name)(evidence);
        Object.assign(evidence.nodes[0]?.status ?? {}, {
          images: nodeHas.map((each) => ({ names: [each] })),
        });
      }),
    );

  test('a local image that was never loaded, one whose tag is missing, and one of a registry', async () => {
    const never = await pull('todo-chatbot-backend-new:latest', [
      'docker.io/library/todo-chatbot-backend:latest',
    ]);
    expect(never.causes[0]).toBe('image/local-image-pulled');
    const tag = await pull('todo-chatbot-backend:v9', ['docker.io/library/todo-chatbot-backend:latest']);
    expect(tag.causes[0]).toBe('image/not-found');
    const registry = await pull('registry.example.org/todo/backend:v9', []);
    expect(registry.causes[0]).toBe('image/pull-denied');
  });
});

describe('what cannot be told is not made up', () => {
  test('only “Back-off pulling image” is left', async () => {
    const { causes, exitCode, diagnoses } = await diagnosed(
      stuckIn(
        'ImagePullBackOff',
        'Back-off pulling image "registry.example.org/a/b:v1"',
        image('registry.example.org/a/b:v1'),
      ),
      { topic: 'pods' },
    );
    expect(causes).toContain('evidence/unreadable');
    expect(diagnoses[0]?.summary).toContain('the reason is gone');
    expect(exitCode).not.toBe(0);
  });

  test('…unless the event of the attempt is still there', async () => {
    const { causes } = await diagnosed(
      stuckIn('ImagePullBackOff', 'Back-off pulling image "registry.example.org/a/b:v1"', (evidence) => {
        image('registry.example.org/a/b:v1')(evidence);
        podEvent(
          evidence,
          0,
          'Failed',
          'Failed to pull image "registry.example.org/a/b:v1": manifest unknown',
        );
      }),
      { topic: 'pods' },
    );
    expect(causes[0]).toBe('image/not-found');
  });

  test('the log of the run that ended cannot be read', async () => {
    const { diagnoses, exitCode } = await diagnosed(ended(1), {
      topic: 'pods',
      unread: {
        previousLogs: {
          ok: false,
          at: ago(0),
          why: 'timeout',
          detail: 'the kubelet did not answer within 5 s',
        },
      },
    });
    expect(diagnoses[0]).toMatchObject({ cause: 'evidence/unreadable', verdict: 'inconclusive' });
    expect(diagnoses[0]?.summary).toContain('the kubelet did not answer within 5 s');
    expect(exitCode).not.toBe(0);
  });

  test('pods may not be listed: the permission is named, and nothing is green', async () => {
    const { diagnoses, exitCode } = await diagnosed(undefined, {
      topic: 'pods',
      unread: {
        pods: {
          ok: false,
          at: ago(0),
          why: 'forbidden',
          detail: 'pods is forbidden',
          access: { verb: 'list', group: '', resource: 'pods' },
        },
      },
    });
    expect(diagnoses[0]).toMatchObject({ cause: 'evidence/forbidden', verdict: 'inconclusive' });
    expect(diagnoses[0]?.fix[0]?.command).toContain('--verb=list --resource=pods');
    expect(exitCode).toBe(3);
  });

  test('the cluster does not answer: one diagnosis, exit 3', async () => {
    const gone = { ok: false, at: ago(0), why: 'unreachable', detail: 'connection refused' } as const;
    const { causes, exitCode } = await diagnosed(undefined, {
      unread: {
        server: gone,
        deployment: gone,
        pods: gone,
        replicaSets: gone,
        nodes: gone,
        events: gone,
        service: gone,
        secret: gone,
        configMap: gone,
        permissions: gone,
        route: gone,
        health: gone,
        docs: gone,
        tasks: gone,
        logs: gone,
        previousLogs: gone,
        inPod: gone,
        endpoints: gone,
        networkPolicies: gone,
        namespacePods: gone,
        frontend: gone,
        distribution: gone,
        metrics: gone,
        cgroup: gone,
        nodeRoom: gone,
      },
    });
    expect(causes).toEqual(['cluster/unreachable']);
    expect(exitCode).toBe(3);
  });

  test('a restart long ago is history', async () => {
    const { causes, exitCode } = await diagnosed(
      (evidence) => restarted(evidence, 0, { exitCode: 1 }, { secondsAgo: 3600, restarts: 1 }),
      { topic: 'pods' },
    );
    expect(causes).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

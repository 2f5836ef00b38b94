/** What keeps a node from making a container, in words that no list has: the cause that is named first, alone, and quoted. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podEvent, podOf, waiting } from '../support/pod-states.js';
import { onNoNode, refused, stuckIn } from './pod-changes.js';

describe('by the message with which the container waits', () => {
  test.each([
    [
      'CreateContainerError',
      'get apparmor_parser version: exec: "apparmor_parser": executable file not found in $PATH',
    ],
    [
      'CreateContainerError',
      'error running prestart hook #0: exec: "nvidia-container-runtime-hook": not found',
    ],
    [
      'CreateContainerError',
      'cannot load seccomp profile "/var/lib/kubelet/seccomp/audit.json": no such file',
    ],
    ['CreateContainerError', 'failed to reserve container name "backend_x": name "backend_x" is reserved'],
    [
      'RunContainerError',
      'error gathering device information while adding custom device "/dev/fuse": no such file',
    ],
  ])('%s: %s', async (reason, message) => {
    const { causes, diagnoses } = await diagnosed(stuckIn(reason, message));
    expect(causes).toEqual(['container/cannot-be-made']);
    expect(diagnoses[0]?.summary).toContain(message);
  });

  test('what the container itself should run is its command', async () => {
    const { causes } = await diagnosed(
      stuckIn('RunContainerError', 'runc create failed: exec: "uvicorn": executable file not found in $PATH'),
    );
    expect(causes).toEqual(['crash/command-not-found']);
  });

  test('a hook whose event is gone, or never came', async () => {
    const words = "error: command 'sh -c x' exited with 1";
    const { causes, diagnoses } = await diagnosed(
      stuckIn(
        'PostStartHookError',
        `Exec lifecycle hook ([sh -c x]) for Container "backend" failed - ${words}`,
      ),
    );
    expect(causes).toEqual(['container/hook-failed']);
    expect(diagnoses[0]?.summary).toContain("command 'sh -c x' exited with 1");
  });
});

describe('by an event, while there is no container', () => {
  const creating =
    (reason: string, message: string, secondsAgo = 5) =>
    (evidence: HealthyEvidence): void => {
      waiting(evidence, 0, 'ContainerCreating', '');
      const pod = podOf(evidence);
      pod.metadata.creationTimestamp = ago(30);
      pod.status.conditions = [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(29) }];
      podEvent(evidence, 0, reason, message, { secondsAgo });
    };

  test.each([
    [
      'FailedPrepareDynamicResources',
      'failed to prepare claims: no driver gpu.example.com',
      'container/cannot-be-made',
      'likely',
    ],
    ['FailedFoo', 'the frobnicator said no', 'container/cannot-be-made', 'likely'],
    [
      'FailedMount',
      'MountVolume.SetUp failed for volume "nfs" : mount.nfs: Connection timed out',
      'volume/mount-failed',
      'confirmed',
    ],
    [
      'FailedCreatePodSandBox',
      'plugin type="aws-cni" failed (add): failed to assign an IP address',
      'node/sandbox-failed',
      'confirmed',
    ],
  ])('%s: %s', async (reason, message, cause, verdict) => {
    const { causes, diagnoses, exitCode } = await diagnosed(creating(reason, message));
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({ verdict });
    expect(diagnoses[0]?.summary).toContain(message);
    expect(exitCode).toBe(1);
  });

  test.each([
    ['SysctlForbidden', 'forbidden sysctl: "net.core.somaxconn" not allowlisted'],
    ['UnexpectedAdmissionError', 'Allocate failed due to requested number of devices unavailable for gpu'],
    ['OutOfcpu', "Node didn't have enough resource: cpu, requested: 250, used: 3900, capacity: 4000"],
    ['NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
    ['TopologyAffinityError', 'Resources cannot be allocated with Topology locality'],
  ])('%s comes before the status of the pod says so: the pod is refused', async (reason, message) => {
    const { causes, diagnoses } = await diagnosed(creating(reason, message));
    expect(causes).toEqual(['pods/rejected']);
    expect(diagnoses[0]?.summary).toBe(`The node refused 1 pod lately (${reason}: ${message}).`);
  });

  test('one that is refused, and one whose status says so already, have one cause', async () => {
    const message = 'forbidden sysctl: "net.core.somaxconn" not allowlisted';
    const { causes, diagnoses } = await diagnosed((evidence) => {
      creating('SysctlForbidden', message)(evidence);
      const [pod] = structuredClone(evidence.pods);
      if (!pod) throw new Error('no pod');
      Object.assign(pod.metadata, { name: 'gone', uid: 'gone', creationTimestamp: ago(40) });
      evidence.pods.push({ ...pod, status: { phase: 'Failed', reason: 'SysctlForbidden', message } });
    });
    expect(causes).toEqual(['pods/rejected']);
    expect(diagnoses[0]?.summary).toContain('The node refused 2 pods lately');
  });

  test.each([
    ['FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets (regcred)', 5],
    ['DNSConfigForming', 'Search Line limits were exceeded', 5],
  ])('%s is brought by a start', async (reason, message, secondsAgo) => {
    const { causes } = await diagnosed(creating(reason, message, secondsAgo));
    expect(causes).not.toContain('container/cannot-be-made');
  });
});

describe('a pod that its node ended, or never took', () => {
  const gone =
    (reason: string, message: string) =>
    ({ pods }: HealthyEvidence): void => {
      const pod = structuredClone(pods[0]);
      if (!pod) throw new Error('no pod');
      Object.assign(pod.metadata, { name: 'gone', uid: 'gone', creationTimestamp: ago(20) });
      pods.push({ ...pod, status: { phase: 'Failed', reason, message } });
    };

  test.each([
    [
      'SysctlForbidden',
      'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
      'refused',
    ],
    ['UnexpectedAdmissionError', 'Allocate failed due to requested number of devices unavailable', 'refused'],
    ['OutOfpods', "Node didn't have enough resource: pods", 'refused'],
    ['FrobFailed', 'the frob said no', 'refused'],
    ['DeadlineExceeded', 'Pod was active on the node longer than the specified deadline', 'ended'],
    ['Preempting', 'Preempted in order to admit critical pod', 'ended'],
    ['NodeLost', 'Node x which was running pod y is unresponsive', 'ended'],
    ['Terminated', 'Pod was terminated in response to imminent node shutdown', 'ended'],
  ])('%s', async (reason, message, how) => {
    const { causes, diagnoses } = await diagnosed(gone(reason, message));
    expect(causes).toEqual(['pods/rejected']);
    expect(diagnoses[0]?.summary).toBe(
      how === 'refused'
        ? `The node refused 1 pod lately (${reason}: ${message}).`
        : `1 pod ended lately (${reason}: ${message}).`,
    );
  });
});

describe('a pod that no node takes: the scheduler’s words, whatever they are', () => {
  test.each([
    [
      "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
      'scheduling/other',
    ],
    ['0/2 nodes are available: 2 cannot allocate all claims.', 'scheduling/other'],
    ['running "MyPlugin" filter plugin: boom', 'scheduling/other'],
    ['0/1 nodes are available: 1 node(s) exceed max volume count.', 'scheduling/volume'],
  ])('%s', async (message, cause) => {
    const { causes, diagnoses, exitCode } = await diagnosed(onNoNode(message));
    expect([causes[0], exitCode]).toEqual([cause, 1]);
    const words = cause === 'scheduling/other' ? message.replace(/\.$/, '') : 'exceed max volume count';
    expect(diagnoses[0]?.summary).toContain(words);
  });

  test.each([
    [['a'], 'node a is cordoned and takes no new pods'],
    [['a', 'b'], 'nodes a, b are cordoned and take no new pods'],
    [[], 'the nodes are cordoned and take no new pods'],
  ] as [string[], string][])('cordoned: %j', async (names, says) => {
    const { diagnoses } = await diagnosed((evidence) => {
      onNoNode('0/2 nodes are available: 2 node(s) were unschedulable.')(evidence);
      const [room] = evidence.nodeRoom.nodes;
      if (!room) throw new Error('no node');
      evidence.nodeRoom.nodes = names.map((node) => ({ ...room, node, unschedulable: true }));
    });
    expect(diagnoses[0]?.summary).toContain(says);
  });
});

describe('a pod that the API server lets nobody make: its words, whatever they are', () => {
  test.each([
    'pods "x" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
    'pods "x" is forbidden: node selector conflicts with namespace node selector',
    'pods "x" is forbidden: image policy webhook backend denied one or more images: no',
    'Internal error occurred: admission plugin "Foo" failed to complete validation in 13s',
    'etcdserver: request timed out',
  ])('%s', async (message) => {
    const { causes, diagnoses, exitCode } = await diagnosed(refused(message));
    expect([causes, exitCode]).toEqual([['admission/refused'], 1]);
    expect(diagnoses[0]?.summary).toContain(message);
  });
});

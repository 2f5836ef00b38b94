/** What keeps a node from making a container, in words that no list has: the cause that is named first, alone, and quoted. */
import { describe, expect, test } from '@jest/globals';
import type { HealthyEvidence } from '../support/check-context.js';
import { diagnosed } from '../support/diagnosed.js';
import { ago, podEvent, podOf, waiting } from '../support/pod-states.js';
import { stuckIn } from './pod-changes.js';

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
    ['FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets (regcred)', 5],
    ['DNSConfigForming', 'Search Line limits were exceeded', 5],
  ])('%s is brought by a start', async (reason, message, secondsAgo) => {
    const { causes } = await diagnosed(creating(reason, message, secondsAgo));
    expect(causes).not.toContain('container/cannot-be-made');
  });
});

import { fix } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import type { Pod } from '../../evidence/objects.js';
import { defineCheck, failUnlessEmpty, unknown, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { podRef } from '../../rule/object-ref.js';

type Message = 'revision' | 'image';

const HASH_LABEL = 'pod-template-hash';

export default defineCheck({
  meta: {
    id: 'pods/same-revision',
    title: 'Pods run the newest revision and the same image',
    failureTitle: 'Pods run different revisions or images',
    why: 'users get different answers from one request to the next',
    remedy: (context) => [
      fix(kubectl(context, `rollout restart deployment ${context.target.names.deployment}`)),
    ],
    severity: 'error',
    reads: ['replicaSets', 'pods'],
    // While a rollout goes on, pods of two revisions are as they should be; without running pods there is no image.
    needs: ['deployment/rollout-complete', 'pods/running'],
    messages: {
      revision: '{pod} is of another revision than the newest ReplicaSet {replicaSet}',
      image: '{pod}: container {container} runs another image than {other} does, under the same tag',
    },
    contractSection: 'Deployment Verification: Check Deployment Status; Image Configuration',
  },
  evaluate({ replicaSets, pods }, { target }) {
    const active = pods.filter(isActive);
    const [newest] = replicaSets;
    const hash = newest?.metadata.labels?.[HASH_LABEL];
    if (!newest || !hash) return unknown('the Deployment’s newest ReplicaSet could not be determined');
    const findings: Finding<Message>[] = [];
    for (const { metadata } of active) {
      const found = metadata.labels?.[HASH_LABEL] ?? 'absent';
      if (found === hash) continue;
      const field = `metadata.labels['${HASH_LABEL}']`;
      const data = { pod: metadata.name, replicaSet: newest.metadata.name, expected: hash, found, field };
      findings.push({ messageId: 'revision', data, object: podRef(target, metadata.name) });
    }

    const current = active.filter(({ metadata }) => metadata.labels?.[HASH_LABEL] === hash);
    const incomparable: string[] = [];
    for (const [name, runs] of runsByContainer(current)) {
      const [first, ...others] = runs;
      if (!first?.id || runs.some(({ id }) => id?.form !== first.id?.form)) {
        incomparable.push(name);
        continue;
      }
      for (const { pod, id, field } of others) {
        if (id?.digest === first.id.digest) continue;
        const images = { expected: first.id.digest, found: id?.digest ?? 'absent' };
        const data = { pod, container: name, other: first.pod, ...images, field };
        findings.push({ messageId: 'image', data, object: podRef(target, pod) });
      }
    }
    if (findings.length === 0 && (incomparable.length > 0 || current.length === 0)) {
      return unknown(
        `image digests cannot be compared${incomparable.length > 0 ? ` (container ${incomparable.join(', ')})` : ''}`,
      );
    }
    return failUnlessEmpty(findings, `all of ReplicaSet ${newest.metadata.name}, same image digest`);
  },
});

interface Run {
  pod: string;
  /** Of the image, as the node knows it. */
  id: { digest: string; form: string } | undefined;
  field: string;
}

/**
 * Which image each container runs, by the container's name, init containers and native sidecars too: in the pods that have it
 * under the same tag. What a webhook puts beside the application is of the version that the mesh had when the pod was made.
 */
function runsByContainer(pods: readonly Pod[]): [name: string, runs: Run[]][] {
  const byImage = new Map<string, [name: string, runs: Run[]]>();
  for (const { metadata, spec, status } of pods) {
    for (const [declared, list] of [
      [spec.containers, 'containerStatuses'],
      [spec.initContainers ?? [], 'initContainerStatuses'],
    ] as const)
      for (const { name, image = '' } of declared) {
        const key = `${name} ${image}`;
        const runs = byImage.get(key) ?? [name, []];
        byImage.set(key, runs);
        const index = status?.[list]?.findIndex((each) => each.name === name) ?? -1;
        const id = imageOf(status?.[list]?.[index]?.imageID);
        runs[1].push({ pod: metadata.name, id, field: `status.${list}[${index}].imageID` });
      }
  }
  return [...byImage.values()];
}

/**
 * The digest of the image that a container runs. A pulled image goes by its manifest's digest (`repo@sha256:…`), one
 * that was loaded into the node by its configuration's (`sha256:…`): the two forms cannot be compared.
 */
function imageOf(id = ''): Run['id'] {
  const digest = /sha256:[0-9a-f]{64}/.exec(id)?.[0];
  return digest ? { digest, form: id.includes('@') ? 'manifest' : 'configuration' } : undefined;
}

/** What was measured from inside the pods, pod by pod. */
import { grouped } from '../../computed/memo.js';
import { ofPod } from '../../computed/of-pod.js';
import type { Access, InPodFacts } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import type { Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { count } from '../../count.js';
import { few } from '../../count.js';
import { missingAccess, ofSample } from '../shared.js';

export type Measured = Extract<InPodFacts['probe'], { ok: true }>['value'];

export interface Survey {
  measured: { pod: string; value: Measured }[];
  /** Pods in which nothing could be measured, and why. */
  unclear: string[];
  /** The permission that it takes to measure. */
  access: Access | undefined;
  /** What is said of the pods: of very many a sample is measured in. */
  where: string;
}

/** Sorts the running pods into those with and those without measurements. */
export function survey(pods: readonly Pod[], inPod: readonly InPodFacts[]): Survey {
  const measured: Survey['measured'] = [];
  const silent: { pod: string; why: string }[] = [];
  let unsampled = 0;
  const active = pods.filter(isActive);
  for (const { metadata } of active) {
    const pod = metadata.name;
    const probe = ofPod(inPod, pod)?.probe;
    if (probe?.ok) measured.push({ pod, value: probe.value });
    else if (probe?.why === 'not-sampled') unsampled += 1;
    else silent.push({ pod, why: probe ? `: ${probe.detail}` : '' });
  }
  const unclear = [...grouped(silent, ({ why }) => why)].map(
    ([why, alike]) => `nothing could be measured in ${few(alike.map(({ pod }) => pod))}${why}`,
  );
  const where = `${count(measured.length, 'pod')}${ofSample(unsampled, active.length)}`;
  if (measured.length + unclear.length === 0) unclear.push('there is no running pod to measure in');
  return { measured, unclear, access: missingAccess(inPod.map(({ probe }) => probe)), where };
}

/** An error of the program in the pod begins with its kind: `dns: …`, `refused: …`, `timeout: …`. */
export function splitError(error: string): { kind: string; words: string } {
  const [, kind = 'error', words = error] = /^(\w+): (.*)$/s.exec(error) ?? [];
  return { kind, words };
}

/** Tells what is the same in several pods once, with the names of the first few. The first is the finding's object. */
export function foldPods<M extends string>(findings: readonly Finding<M>[]): Finding<M>[] {
  const alike = grouped(findings, ({ messageId, data }) => JSON.stringify([messageId, { ...data, pod: '' }]));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const pod = few(group.map(({ data }) => String(data?.pod)));
    return first ? [{ ...first, data: { ...first.data, pod } }] : [];
  });
}

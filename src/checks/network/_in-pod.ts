/** What was measured from inside the pods, pod by pod. */
import type { InPodFacts } from '../../evidence/evidence.js';
import type { Pod } from '../../evidence/objects.js';
import { isActive } from '../pod-state.js';

export type Measured = Extract<InPodFacts['probe'], { ok: true }>['value'];

export interface Survey {
  measured: { pod: string; value: Measured }[];
  /** Pods in which nothing could be measured, and why. */
  unclear: string[];
  /** The reason when by choice nothing was measured in any pod (`--no-exec`). */
  skipped: string | undefined;
}

/** Sorts the running pods into those with and those without measurements. */
export function survey(pods: readonly Pod[], inPod: readonly InPodFacts[]): Survey {
  const result: Survey = { measured: [], unclear: [], skipped: undefined };
  const unwanted: string[] = [];
  for (const { metadata } of pods.filter(isActive)) {
    const pod = metadata.name;
    const probe = inPod.find((facts) => facts.pod === pod)?.probe;
    if (probe?.ok) result.measured.push({ pod, value: probe.value });
    else if (probe?.why === 'not-collected') unwanted.push(probe.detail);
    else result.unclear.push(`in ${pod} nothing could be measured${probe ? `: ${probe.detail}` : ''}`);
  }
  if (result.measured.length === 0 && result.unclear.length === 0) {
    result.skipped = unwanted[0];
    if (result.skipped === undefined) result.unclear.push('there is no running pod to measure in');
  } else {
    result.unclear.push(...new Set(unwanted));
  }
  return result;
}

/** An error of the program in the pod begins with its kind: `dns: …`, `refused: …`, `timeout: …`. */
export function splitError(error: string): { kind: string; words: string } {
  const [, kind = 'error', words = error] = /^(\w+): (.*)$/s.exec(error) ?? [];
  return { kind, words };
}

/** Which pods were ready while requests were sent: those that only joined or left cannot have served as many. */
import type { FactContext } from '../evidence/fact-context.js';
import { namespaced } from '../evidence/fact-context.js';
import { KubernetesError } from '../evidence/kubernetes/client.js';
import type { PodState } from '../evidence/load-facts.js';
import type { Pod } from '../evidence/objects.js';
import { podShape } from '../evidence/border/pod-shape.js';
import { listObjects } from '../evidence/border/read.js';
import { isServing } from '../evidence/pod-state.js';
import { toLabelSelector } from '../evidence/selector.js';

/** More changes than this are counted, not listed. */
const MAX_CHANGES = 100;

interface Member {
  pod: Pod;
  wasReady: boolean;
  isServing: boolean;
  joined: boolean;
  left: boolean;
}

export class Members {
  readonly changes: { pod: string; what: 'joined' | 'left'; afterMs: number }[] = [];
  /** Why the pods could not be watched. */
  trouble: string | undefined;
  readonly #members = new Map<string, Member>();

  constructor(
    private readonly context: FactContext,
    pods: readonly Pod[],
  ) {
    for (const pod of pods) {
      const ready = isServing(pod);
      this.#members.set(pod.metadata.name, {
        pod,
        wasReady: ready,
        isServing: ready,
        joined: false,
        left: false,
      });
    }
  }

  /** Every pod that was ever seen. */
  get pods(): Pod[] {
    return [...this.#members.values()].map(({ pod }) => pod);
  }

  get names(): Set<string> {
    return new Set(this.#members.keys());
  }

  /** Those that were ready all the time so far. */
  get steady(): string[] {
    return [...this.#members.keys()].filter((name) => this.stateOf(name) === 'steady');
  }

  nodeOf(pod: string): string | undefined {
    return this.#members.get(pod)?.pod.spec.nodeName;
  }

  stateOf(pod: string): PodState {
    const member = this.#members.get(pod);
    if (member === undefined) return 'foreign';
    if (member.left) return 'left';
    if (member.joined) return 'joined';
    return member.wasReady ? 'steady' : 'not-ready';
  }

  /** Looks again. @param afterMs milliseconds since the first request */
  async observe(afterMs: number): Promise<void> {
    const { context } = this;
    try {
      const now = await podsNow(context, this.#members);
      this.trouble = undefined;
      if (now !== undefined) this.#compare(now, afterMs);
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      this.trouble = `pods that came or went could not be seen: ${context.hider.line(error.message)}`;
    }
  }

  #compare(now: readonly Pod[], afterMs: number): void {
    const readyNow = new Set(now.filter(isServing).map(({ metadata }) => metadata.name));
    for (const pod of now) {
      const { name } = pod.metadata;
      const member = this.#members.get(name);
      if (member) member.pod = pod;
      else this.#members.set(name, { pod, wasReady: false, isServing: false, joined: false, left: false });
    }
    for (const [name, member] of this.#members) {
      const ready = readyNow.has(name);
      if (ready === member.isServing) continue;
      member.isServing = ready;
      if (ready) member.joined = true;
      else member.left = true;
      if (this.changes.length < MAX_CHANGES)
        this.changes.push({ pod: name, what: ready ? 'joined' : 'left', afterMs: Math.round(afterMs) });
    }
  }
}

/**
 * The Deployment's pods as they are now, whatever was read of them before; undefined without a Deployment.
 * @param known names of pods that are its own for certain
 * @throws KubernetesError, Unreadable
 */
export async function podsNow(
  context: FactContext,
  known: Pick<ReadonlySet<string>, 'has'>,
): Promise<Pod[] | undefined> {
  const deployment = await context.read('deployment');
  if (deployment === undefined) return undefined;
  const now = await listObjects(context, namespaced(context, 'pods'), podShape, {
    labelSelector: toLabelSelector(deployment.spec.selector),
    again: true,
  });
  return now.filter((pod) => known.has(pod.metadata.name) || isOf(deployment.metadata.name, pod));
}

/** Whether a ReplicaSet of the Deployment made the pod: another release's pods may have the same labels. */
function isOf(deployment: string, { metadata }: Pod): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ kind, name }) => kind === 'ReplicaSet' && name.slice(0, name.lastIndexOf('-')) === deployment,
  );
}

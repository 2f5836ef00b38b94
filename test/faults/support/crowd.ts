/** Thousands of pods, made from one of the lab's. */
import type { Deployment, Pod } from '../../../src/evidence/objects.js';
import type { Fault } from './faulty-api.js';

interface List<T> {
  metadata: { continue?: string };
  items: T[];
}

/**
 * The API of a namespace with `all` pods, `ours` of which are of the Deployment.
 * @param pages takes down how many pods each page had
 */
export function crowd(all: number, ours: number, pages: number[]): Fault {
  let sample: Pod | undefined;
  const podAt = (index: number): Pod => {
    const pod = structuredClone(sample) as Pod;
    const { metadata } = pod;
    Object.assign(metadata, { name: `todo-chatbot-backend-${index}`, uid: `uid-${index}` });
    if (index >= ours) {
      Object.assign(metadata, { labels: { app: 'other' }, ownerReferences: [] });
    }
    return pod;
  };
  const counts = { replicas: ours, readyReplicas: ours, availableReplicas: ours, updatedReplicas: ours };
  return {
    rewrite: (path, body: List<Pod> & Partial<Deployment>) => {
      if (/\/(deployments|replicasets)[/?]/.test(path)) {
        for (const object of (body.items as unknown as Deployment[] | undefined) ?? [body as Deployment]) {
          object.spec.replicas = ours;
          Object.assign(object.status ?? {}, counts);
        }
      }
      if (!path.includes('/pods?')) return body;
      sample ??= body.items[0];
      const query = new URL(path, 'http://api').searchParams;
      const total = query.has('labelSelector') ? ours : all;
      const from = Number(query.get('continue') ?? 0);
      const to = Math.min(total, from + Number(query.get('limit')));
      pages.push(to - from);
      const items = Array.from({ length: to - from }, (_, offset) => podAt(from + offset));
      return { ...body, items, metadata: to < total ? { continue: String(to) } : {} };
    },
  };
}

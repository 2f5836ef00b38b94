/** Thousands of pods, made from one of the lab's. */
import type { Deployment, Pod } from '../../../src/evidence/objects.js';
import type { Lab } from '../../../src/lab/lab.js';
import { json } from '../../evidence/kubernetes/support.js';
import type { Fault } from './faulty-api.js';

/**
 * The API of a namespace with `all` pods, `ours` of which are of the Deployment.
 * @param pages takes down how many pods each page had
 */
export async function crowd(lab: Lab, all: number, ours: number, pages: number[]): Promise<Fault> {
  let sample = '';
  await lab.change(({ pods }) => {
    sample = JSON.stringify(pods[0]?.object);
  });
  const podAt = (index: number): Pod => {
    const pod = JSON.parse(sample) as Pod;
    Object.assign(pod.metadata, { name: `todo-chatbot-backend-${index}`, uid: `uid-${index}` });
    return index < ours
      ? pod
      : { ...pod, metadata: { ...pod.metadata, labels: { app: 'other' }, ownerReferences: [] } };
  };
  const counts = { replicas: ours, readyReplicas: ours, availableReplicas: ours, updatedReplicas: ours };
  return {
    answer: ({ url = '' }, response) => {
      if (!url.includes('/pods?')) return false;
      const query = new URL(url, 'http://api').searchParams;
      const total = query.has('labelSelector') ? ours : all;
      const from = Number(query.get('continue') ?? 0);
      const to = Math.min(total, from + Number(query.get('limit')));
      pages.push(to - from);
      const items = Array.from({ length: to - from }, (_, offset) => podAt(from + offset));
      json(response, 200, {
        apiVersion: 'v1',
        kind: 'PodList',
        metadata: to < total ? { continue: String(to) } : {},
        items,
      });
      return true;
    },
    rewrite: (path, body: { items?: Deployment[] }) => {
      if (!/\/(deployments|replicasets)[/?]/.test(path)) return body;
      for (const object of body.items ?? [body as Deployment]) {
        // A list of metadata alone has no spec.
        Object.assign((object.spec as object | undefined) ?? {}, { replicas: ours });
        Object.assign(object.status ?? {}, counts);
      }
      return body;
    },
  };
}

/** metrics.k8s.io: what metrics-server says about pods and nodes. */
import { seconds } from '../clock.js';
import type { LabPod, World } from '../world.js';
import type { ObjectsRequest } from './objects.js';
import { labelMatcher } from './selectors.js';
import { notFound } from './status.js';

const API_VERSION = 'metrics.k8s.io/v1beta1';

/** What the system's own processes use, which a node's metrics include. */
const SYSTEM = { cpuNanocores: 168_402_113, memoryKi: 812_340 };

/** @throws ApiError 404 */
export function metrics(
  world: World,
  { type, namespace, query, name }: ObjectsRequest & { name?: string },
): object {
  const items = type.plural === 'pods' ? podMetrics(world, namespace, query) : nodeMetrics(world);
  if (name === undefined) return { kind: `${type.kind}List`, apiVersion: API_VERSION, metadata: {}, items };
  const item = items.find(({ metadata }) => metadata.name === name);
  if (item === undefined) throw notFound(type, name);
  return { kind: type.kind, apiVersion: API_VERSION, ...item };
}

function podMetrics({ pods }: World, namespace: string | undefined, query: URLSearchParams) {
  const matches = labelMatcher(query.get('labelSelector') ?? '');
  return pods
    .filter(({ object }) => isRunning({ object }) && matches(object))
    .filter(({ object }) => namespace === undefined || object.metadata.namespace === namespace)
    .map(({ object: { metadata, spec }, usage }) => ({
      metadata: {
        name: metadata.name,
        namespace: metadata.namespace,
        labels: metadata.labels,
        creationTimestamp: now(),
      },
      timestamp: now(),
      window: '15.012s',
      containers: spec.containers.map((container) => ({ name: container.name, usage: quantities(usage) })),
    }));
}

function nodeMetrics({ nodes, pods }: World) {
  return nodes
    .filter(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    )
    .map(({ metadata }) => {
      const here = pods.filter(
        ({ object }) => object.spec.nodeName === metadata.name && isRunning({ object }),
      );
      const sum = (pick: (usage: LabPod['usage']) => number) =>
        here.reduce((total, { usage }) => total + pick(usage), pick(SYSTEM));
      return {
        metadata: { name: metadata.name, labels: metadata.labels, creationTimestamp: now() },
        timestamp: now(),
        window: '20.043s',
        usage: quantities({
          cpuNanocores: sum((use) => use.cpuNanocores),
          memoryKi: sum((use) => use.memoryKi),
        }),
      };
    });
}

/** The kubelet's stats/summary, as far as anyone reads it. */
export function statsSummary({ pods }: World, node: string): object {
  const time = now();
  return {
    node: { nodeName: node },
    pods: pods
      .filter(({ object }) => object.spec.nodeName === node && isRunning({ object }))
      .map(({ object: { metadata, spec }, usage }) => ({
        podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
        startTime: metadata.creationTimestamp,
        containers: spec.containers.map(({ name }) => ({
          name,
          cpu: { time, usageNanoCores: usage.cpuNanocores },
          memory: { time, workingSetBytes: usage.memoryKi * 1024 },
        })),
      })),
  };
}

function isRunning({ object }: Pick<LabPod, 'object'>): boolean {
  return object.status?.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false;
}

function quantities({ cpuNanocores, memoryKi }: LabPod['usage']) {
  return { cpu: `${cpuNanocores}n`, memory: `${memoryKi}Ki` };
}

function now(): string {
  return seconds(Date.now());
}

import { containerName } from '../../contract/target.js';
import { parseQuantity } from '../../kube/quantity.js';
import { podsOn } from '../../computed/pods-on.js';
import { nameShape } from '../border/pod-shape.js';
import { getObject, keptIn, listObjects } from '../border/read.js';
import { int64, list, map, need, object, quantity, text, time } from '../border/shape.js';
import { mapLimited } from '../concurrency.js';
import type { MetricsFacts, NotRead, PodUsage } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError } from '../kubernetes/client.js';
import { failed, type Unread } from '../observed.js';
import type { ObjectMeta, Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';

/** metrics.k8s.io/v1beta1 PodMetrics. */
interface PodMetrics {
  metadata: Pick<ObjectMeta, 'name'>;
  timestamp: string;
  containers?: { name: string; usage?: Record<string, string> }[];
}

/** The kubelet's stats/summary (k8s.io/kubelet/pkg/apis/stats/v1alpha1), as far as it is read. */
interface StatsSummary {
  pods?: {
    podRef?: { name?: string; namespace?: string };
    containers?: {
      name?: string;
      cpu?: { usageNanoCores?: number };
      memory?: { time?: string; workingSetBytes?: number };
    }[];
  }[];
}

const podMetricsShape = object<PodMetrics>({
  metadata: need(nameShape),
  timestamp: need(time),
  containers: list(
    object<NonNullable<PodMetrics['containers']>[number]>({ name: need(text), usage: map(quantity) }),
  ),
});

type PodStats = NonNullable<StatsSummary['pods']>[number];
type ContainerStats = NonNullable<PodStats['containers']>[number];

const summaryShape = object<StatsSummary>({
  pods: list(
    object<PodStats>({
      podRef: object<NonNullable<PodStats['podRef']>>({ name: text, namespace: text }),
      containers: list(
        object<ContainerStats>({
          name: text,
          cpu: object<NonNullable<ContainerStats['cpu']>>({ usageNanoCores: int64 }),
          memory: object<NonNullable<ContainerStats['memory']>>({ time, workingSetBytes: int64 }),
        }),
      ),
    }),
  ),
});

type UsagesOfPods = Pick<MetricsFacts, 'pods' | 'unread'>;

/** Kubelets that are asked where metrics.k8s.io says nothing. */
const CONCURRENT_NODES = 4;

/** Memory and CPU of each pod: from metrics.k8s.io, else from the kubelet of its node. */
export async function readMetrics(context: FactContext): Promise<MetricsFacts> {
  const [pods, { api, usages }] = await Promise.all([context.read('pods'), readApi(context)]);
  const container = ({ spec }: Pod) => backendContainer({ spec } as Pod, containerName(context))?.name ?? '';
  const running = pods.filter((pod) => statusOf(pod, container(pod))?.state?.running !== undefined);
  const byName = new Map(usages.map((usage) => [usage.metadata.name, usage]));
  const known = running.flatMap((pod) => usageOf(byName, pod, container(pod)));
  const told = new Set(known.map(({ pod }) => pod));
  const left = running.filter(({ metadata }) => !told.has(metadata.name));
  const byKubelet = await askKubelets(context, left, container);
  return { api, pods: [...known, ...byKubelet.pods], unread: byKubelet.unread };
}

async function readApi(
  context: FactContext,
): Promise<{ api: MetricsFacts['api']; usages: readonly PodMetrics[] }> {
  const { target, signal, hider } = context;
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(target.namespace)}/pods`;
  try {
    const usages = await listObjects(context, path, podMetricsShape);
    keptIn(context, usages);
    const times = usages.map(({ timestamp }) => timestamp).sort();
    return { api: { state: 'served', newestAt: times.at(-1) }, usages };
  } catch (error) {
    if (signal.aborted) throw error;
    const state = error instanceof KubernetesError ? stateOf(error) : 'unread';
    return { api: { state, ...reason(failed(error, 'reading metrics', hider)) }, usages: [] };
  }
}

/** 404: the API is not registered. 503: it is, and what serves it does not answer the API server. */
function stateOf({ status }: KubernetesError): 'not-installed' | 'unavailable' | 'unread' {
  if (status === 404) return 'not-installed';
  return status === 503 ? 'unavailable' : 'unread';
}

function reason({ why, detail, access }: Unread): NotRead {
  return { why, detail, ...(access && { access }) };
}

function usageOf(usages: ReadonlyMap<string, PodMetrics>, { metadata }: Pod, container: string): PodUsage[] {
  const found = usages.get(metadata.name);
  const usage = found?.containers?.find(({ name }) => name === container)?.usage;
  const memory = parseQuantity(usage?.memory ?? '');
  if (found === undefined || memory === undefined) return [];
  const cpu = parseQuantity(usage?.cpu ?? '');
  return [
    {
      pod: metadata.name,
      source: 'metrics-api',
      at: found.timestamp,
      memoryBytes: Number(memory / 1_000_000_000n),
      cpuMillis: cpu === undefined ? undefined : Number(cpu) / 1e6,
    },
  ];
}

/** One question to the kubelet of each node on which a pod is left. */
async function askKubelets(
  context: FactContext,
  pods: readonly Pod[],
  container: (pod: Pod) => string,
): Promise<UsagesOfPods> {
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []))];
  const parts = await mapLimited(nodes, CONCURRENT_NODES, async (node): Promise<UsagesOfPods> => {
    const here = podsOn(pods, node);
    try {
      const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`;
      const summary = await getObject(context, path, summaryShape, 'a part');
      const found = here.map((pod) => ({ pod, usage: usageIn(summary, pod, container(pod)) }));
      return {
        pods: found.flatMap(({ usage }) => usage ?? []),
        unread: found
          .filter(({ usage }) => usage === undefined)
          .map(({ pod }) => ({
            pod: pod.metadata.name,
            why: 'failed',
            detail: `the kubelet of node ${node} has no figures of it yet`,
          })),
      };
    } catch (error) {
      if (context.signal.aborted) throw error;
      const why = reason(failed(error, `asking the kubelet of node ${node}`, context.hider));
      return { pods: [], unread: here.map(({ metadata }) => ({ pod: metadata.name, ...why })) };
    }
  });
  return { pods: parts.flatMap((part) => part.pods), unread: parts.flatMap((part) => part.unread) };
}

function usageIn(
  summary: StatsSummary | undefined,
  { metadata }: Pod,
  container: string,
): PodUsage | undefined {
  const stats = summary?.pods?.find(
    ({ podRef }) => podRef?.name === metadata.name && podRef.namespace === metadata.namespace,
  );
  const { memory, cpu } = stats?.containers?.find(({ name }) => name === container) ?? {};
  if (typeof memory?.workingSetBytes !== 'number') return undefined;
  return {
    pod: metadata.name,
    source: 'kubelet',
    at: memory.time ?? '',
    memoryBytes: memory.workingSetBytes,
    cpuMillis: typeof cpu?.usageNanoCores === 'number' ? cpu.usageNanoCores / 1e6 : undefined,
  };
}

/** `loadbalance --workers`: makes the Job, waits for its pods, reads their results, adds them up, and removes it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerName } from '../contract/target.js';
import { podShape } from '../evidence/border/pod-shape.js';
import { listFrom } from '../evidence/border/read.js';
import { mapLimited } from '../evidence/concurrency.js';
import { addressesOf } from '../evidence/candidates.js';
import { namespaced } from '../evidence/fact-context.js';
import { KubernetesError, type KubernetesClient } from '../evidence/kubernetes/client.js';
import type { KubernetesWriter } from '../evidence/kubernetes/writer.js';
import type { Unread } from '../evidence/observed.js';
import { isServing } from '../evidence/pod-state.js';
import type { Node, Pod, Service } from '../evidence/objects.js';
import { sanitizeLine } from '../evidence/sanitize.js';
import { Nonce } from '../load/nonce.js';
import { JOB_INDEX, workerJob } from '../load/workers/job.js';
import { judgeWorkers, type WorkerSeen, type WorkersReport } from '../load/workers/judge.js';
import { MAX_RESULT_CHARS, readResult } from '../load/workers/result.js';
import { markOf, type WorkerSpec, type WorkerWay } from '../load/workers/spec.js';
import { kubectl } from '../rule/command.js';
import type { Release } from './release.js';
import { UsageError } from './usage-error.js';

/** Seconds for pods to be scheduled, their image pulled, and results to be written, beside the requests themselves. */
const START_SECONDS = 120;
const LOOK_MS = 1000;
/** Milliseconds for the Job's removal, also after an interruption. */
const REMOVE_MS = 5000;
/** Bytes of each backend pod's log in which marks are looked for. */
const LOG_BYTES = 64 << 20;
/** Nodes whose ports are asked. */
const MAX_NODES = 100;
const CONCURRENT = 6;
const LOGS_SETTLE_MS = 500;

export interface WorkersInput {
  workers: number;
  requests: number;
  concurrency: number;
  path: string;
  timeoutMs: number;
  image: string;
  podHeader?: string | undefined;
  podField?: string | undefined;
}

/** What is to be sent, from what the cluster has. */
export interface WorkersPlan {
  name: string;
  job: object;
  jobPath: string;
  spec: WorkerSpec;
  workers: number;
  deadlineMs: number;
  pods: readonly Pod[];
  nodes: readonly Node[];
}

/** @throws UsageError where there is nothing to send to; KubernetesError where that cannot be seen */
export async function planWorkers(
  release: Release,
  input: WorkersInput,
  signal: AbortSignal,
): Promise<WorkersPlan> {
  const reader = release.observe();
  try {
    const [service, nodes, pods] = await Promise.all([
      reader.read('service', signal),
      reader.read('nodes', signal),
      reader.read('pods', signal),
    ]);
    if (!service.ok) throw unread(service);
    if (!nodes.ok) throw unread(nodes);
    if (!pods.ok) throw unread(pods);
    const { namespace } = release.target;
    const name = `todo-k8s-load-${randomBytes(4).toString('hex')}`;
    const { workers, requests, concurrency, path, timeoutMs, podHeader, podField } = input;
    const spec: WorkerSpec = {
      seed: randomBytes(6).toString('hex'),
      ways: waysOf(service.value, nodes.value, release),
      ...{ requests, concurrency, path, timeoutMs },
      pods: pods.value.map(({ metadata }) => metadata.name),
      ...(podHeader !== undefined && { podHeader }),
      ...(podField !== undefined && { podField }),
    };
    // Each lane may have to wait for each of its requests to time out.
    const sendingSeconds = Math.ceil((Math.ceil(requests / concurrency) * timeoutMs) / 1000);
    const deadlineSeconds = START_SECONDS + Math.min(sendingSeconds, 3600);
    const job = workerJob({ name, namespace, workers, spec, deadlineSeconds, image: input.image });
    const jobPath = namespaced({ target: { namespace } }, `jobs/${name}`, 'batch/v1');
    const deadlineMs = deadlineSeconds * 1000;
    return { name, job, jobPath, spec, workers, deadlineMs, pods: pods.value, nodes: nodes.value };
  } finally {
    await reader.close();
  }
}

function unread({ why, detail }: Unread): KubernetesError {
  return new KubernetesError(why, `where workers are to send could not be determined: ${detail}`);
}

/** The Service's own address, and the node port at each node's first address. */
function waysOf(
  service: Service | undefined,
  nodes: readonly Node[],
  { contract, target }: Release,
): WorkerWay[] {
  if (service === undefined) throw new UsageError(`Service ${target.names.service} does not exist`);
  const { clusterIP, ports = [] } = service.spec;
  const own = ports.find(({ port }) => port === contract.backend.service.port) ?? ports[0];
  if (own === undefined) throw new UsageError(`Service ${target.names.service} has no port`);
  const byIp: WorkerWay[] =
    clusterIP === undefined || clusterIP === 'None'
      ? []
      : [{ name: 'ClusterIP', host: clusterIP, port: own.port }];
  const { nodePort } = own;
  const byNode = nodes.slice(0, MAX_NODES).flatMap((node): WorkerWay[] => {
    const [host] = addressesOf(node);
    const { name } = node.metadata;
    return host === undefined || nodePort === undefined ? [] : [{ name, node: name, host, port: nodePort }];
  });
  const ways = [...byIp, ...byNode];
  if (ways.length === 0)
    throw new UsageError(`Service ${target.names.service} has neither an address nor a node port`);
  return ways;
}

export interface RunWorkers {
  client: KubernetesClient;
  writer: Pick<KubernetesWriter, 'apply' | 'remove'>;
  release: Release;
  plan: WorkersPlan;
  /** Leaves the Job where it is. */
  keep: boolean;
  signal: AbortSignal;
  /** Told what is waited for. */
  say: (line: string) => void;
}

/**
 * Writes the Job, which is removed in the end, also after an interruption.
 * @throws KubernetesError where the Job cannot be made, or its pods cannot be listed
 */
export async function runWorkers(input: RunWorkers): Promise<WorkersReport> {
  const { writer, plan, signal, keep, say } = input;
  const began = Date.now();
  let mayBeThere = false;
  try {
    const made = await writer.apply(plan.jobPath, plan.job, signal).finally(() => {
      // Who stops waiting for the answer does not know whether it was made.
      mayBeThere = signal.aborted;
    });
    if (made === undefined) throw new UsageError('the cluster has no Jobs (batch/v1)');
    mayBeThere = true;
    say(`created Job ${plan.name}`);
    const seen = await waitForWorkers(input);
    const inLogs = await marksInLogs(input, seen, began);
    const ready = plan.pods
      .filter(isServing)
      .map(({ metadata, spec }) => ({ name: metadata.name, node: spec.nodeName }));
    const nodes = plan.nodes.map(({ metadata }) => metadata.name);
    const report = judgeWorkers(plan.spec, seen, ready, inLogs, nodes);
    return { ...report, findings: report.findings.map((each) => withFix(each, input.release)) };
  } finally {
    if (mayBeThere && keep) say(`kept Job ${plan.name}: ${removal(input)} removes it`);
    else if (mayBeThere) await removed(input);
  }
}

/** Where to look first: kube-proxy of the node, or whatever else makes Services there. */
function withFix(finding: WorkersReport['findings'][number], release: Release) {
  if (finding.node === undefined) return finding;
  const fix = kubectl(
    release,
    `get pods -o wide --field-selector spec.nodeName=${finding.node}`,
    'kube-system',
  );
  return { ...finding, fix };
}

function removal({ release, plan }: RunWorkers): string {
  return kubectl(release, `delete job ${plan.name}`);
}

async function removed(input: RunWorkers): Promise<void> {
  const { writer, plan, say } = input;
  try {
    await writer.remove(plan.jobPath, AbortSignal.timeout(REMOVE_MS));
    say(`removed Job ${plan.name}`);
  } catch (error) {
    const words = error instanceof KubernetesError ? error.message : 'it did not end in time';
    say(`Job ${plan.name} could not be removed (${sanitizeLine(words)}): ${removal(input)}`);
  }
}

/** Until each worker's pod has come to its end, or the time is up. */
async function waitForWorkers({ client, release, plan, signal, say }: RunWorkers): Promise<WorkerSeen[]> {
  const deadline = Date.now() + plan.deadlineMs;
  const { namespace } = release.target;
  const path = namespaced({ target: { namespace } }, 'pods');
  const results = new Map<number, WorkerSeen>();
  let told = 0;
  for (;;) {
    const pods = await listFrom(client, path, podShape, signal, () => undefined, {
      labelSelector: `todo-k8s/load=${plan.name}`,
      again: true,
    });
    const byIndex = new Map(pods.map((pod) => [Number(pod.metadata.annotations?.[JOB_INDEX] ?? 'NaN'), pod]));
    const open = Array.from({ length: plan.workers }, (_, index) => index).filter(
      (index) => !results.has(index),
    );
    await mapLimited(open, CONCURRENT, async (worker) => {
      const pod = byIndex.get(worker);
      const phase = pod?.status?.phase;
      if (pod === undefined || (phase !== 'Succeeded' && phase !== 'Failed')) return;
      results.set(worker, await resultIn(client, namespace, pod, worker, plan, signal));
    });
    const left = plan.workers - results.size;
    if (left === 0 || Date.now() >= deadline || signal.aborted) {
      return Array.from(
        { length: plan.workers },
        (_, worker) =>
          results.get(worker) ?? {
            worker,
            ...placeOf(byIndex.get(worker)),
            missing: whyOpen(byIndex.get(worker)),
          },
      );
    }
    if (left !== told) say(`waiting for ${left} of ${plan.workers} workers`);
    told = left;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function placeOf(pod: Pod | undefined): Pick<WorkerSeen, 'pod' | 'node'> {
  const node = pod?.spec.nodeName;
  return { ...(pod && { pod: pod.metadata.name }), ...(node !== undefined && { node }) };
}

/** What keeps a worker's pod from its end. */
function whyOpen(pod: Pod | undefined): string {
  if (pod === undefined) return 'its pod was never created: the Job’s events say why';
  const [status] = pod.status?.containerStatuses ?? [];
  const waiting = status?.state?.waiting;
  const condition = pod.status?.conditions?.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  );
  const words =
    waiting?.message ??
    waiting?.reason ??
    condition?.message ??
    `it is ${pod.status?.phase ?? 'of no phase'}`;
  return sanitizeLine(words).slice(0, 200);
}

async function resultIn(
  client: KubernetesClient,
  namespace: string,
  pod: Pod,
  worker: number,
  { spec }: WorkersPlan,
  signal: AbortSignal,
): Promise<WorkerSeen> {
  const { name } = pod.metadata;
  const seen = { worker, ...placeOf(pod) };
  try {
    const where = { namespace, name, container: 'load' };
    const { text } = await client.logs(where, { limitBytes: MAX_RESULT_CHARS }, signal);
    const result = readResult(text, { worker, ways: spec.ways.length, requests: spec.requests });
    if (result !== undefined) return { ...seen, result };
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    return {
      ...seen,
      missing: `its log has none that adds up; it ends with: ${sanitizeLine(last).slice(0, 160)}`,
    };
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    return { ...seen, missing: sanitizeLine(error.message) };
  }
}

/** Responses that name no pod are found in the pods' access logs, each once. */
async function marksInLogs(
  { client, release, plan, signal }: RunWorkers,
  seen: readonly WorkerSeen[],
  began: number,
): Promise<Map<string, number>> {
  const { spec, pods } = plan;
  const ways = seen.flatMap(({ worker, result }) =>
    (result?.ways ?? []).map((counts, way) => ({ worker, way, counts })),
  );
  const unnamed = ways.filter(({ counts }) => counts.pods.length === 0);
  const found = new Map<string, number>();
  if (unnamed.length === 0) return found;
  // A line takes its way through the runtime and the kubelet.
  await sleep(LOGS_SETTLE_MS, undefined, { signal });
  const sinceTime = new Date(began - 60_000).toISOString();
  const { namespace } = release.target;
  const served = new Map<string, Set<number>>();
  await mapLimited(pods.filter(isServing), CONCURRENT, async (pod) => {
    const { name } = pod.metadata;
    const where = { namespace, name, container: containerName(release) };
    const log = await client
      .logs(where, { limitBytes: LOG_BYTES, sinceTime }, signal)
      .catch((error: unknown) => {
        if (error instanceof KubernetesError) return { text: '' };
        throw error;
      });
    for (const { worker, way } of unnamed) {
      const mark = markOf(spec, worker, way);
      const numbers = served.get(mark) ?? new Set<number>();
      served.set(mark, numbers);
      new Nonce(mark).scan(log.text, (index) => {
        if (index >= spec.requests || numbers.has(index)) return;
        numbers.add(index);
        found.set(name, (found.get(name) ?? 0) + 1);
      });
    }
  });
  return found;
}

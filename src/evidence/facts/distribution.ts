import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapLimited } from '../concurrency.js';
import type { DistributionFacts, HttpExchange } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError } from '../kubernetes/client.js';
import type { Pod } from '../objects.js';
import { backendContainer, isReady } from '../pod-state.js';
import { CONCURRENT_PODS, MAX_PODS } from './logs.js';

/** Requests that are under way at the same time, each on a connection of its own. */
const CONCURRENT_REQUESTS = 5;

/** Milliseconds between looks into the logs: a line takes its way through the runtime and the kubelet. */
const LOOKS_MS = [50, 150, 300, 500, 1000];

/** Lines asked for from the end of each log, and fewer where they are so long that the end is cut off. */
const TAIL_LINES = [1000, 100];

const MAX_BYTES = 512 * 1024;

interface Sent {
  nonce: string;
  exchange: HttpExchange;
}

/** The contract's requests, each told apart by a nonce in its query, which the pod that served it has in its log. */
export async function readDistribution(context: FactContext): Promise<DistributionFacts> {
  const { loadBalancing, http } = context.contract;
  const [pods, transport] = await Promise.all([context.read('pods'), context.transport()]);
  const ready = pods.filter(isReady);
  const run = randomBytes(6).toString('hex');
  const sent =
    transport.route.via === 'none'
      ? []
      : await mapLimited(
          indexes(loadBalancing.requests),
          CONCURRENT_REQUESTS,
          async (index): Promise<Sent> => {
            const nonce = `${run}-${String(index).padStart(4, '0')}`;
            return { nonce, exchange: await transport.get(`${http.healthPath}?todo-k8s=${nonce}`) };
          },
        );
  const { served, reason } = await attribute(context, sent, ready);
  return {
    requests: loadBalancing.requests,
    samples: sent.map(({ nonce, exchange: { outcome, status, ms } }) => ({
      outcome,
      status,
      pod: served.get(nonce),
      ms,
    })),
    readyPods: ready.map(({ metadata }) => metadata.name),
    unattributedReason: transport.route.via === 'none' ? 'no request could be sent: nothing answers' : reason,
  };
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

interface Attribution {
  /** Pod by nonce. */
  served: Map<string, string>;
  reason: string | undefined;
}

/** Which pod served which request: by what the response says, else by the pods' access logs. */
async function attribute(
  context: FactContext,
  sent: readonly Sent[],
  ready: readonly Pod[],
): Promise<Attribution> {
  const names = new Set(ready.map(({ metadata }) => metadata.name));
  const served = new Map<string, string>();
  // A request that got no response may have reached no pod at all.
  const open = new Set<string>();
  for (const { nonce, exchange } of sent) {
    const named = podNamedIn(exchange.json, names);
    if (named !== undefined) served.set(nonce, named);
    else if (exchange.outcome === 'response') open.add(nonce);
  }
  if (open.size === 0) return { served, reason: undefined };
  const troubles = new Map<string, string>();
  for (const wait of LOOKS_MS) {
    await sleep(wait, undefined, { signal: context.signal });
    await searchLogs(context, ready, open, served, troubles);
    if (open.size === 0) return { served, reason: undefined };
    // Who may read no log will not be allowed to a second later.
    if (troubles.size >= Math.min(ready.length, MAX_PODS)) break;
  }
  return { served, reason: reasonFor(context, open.size, sent.length, served.size, [...troubles.values()]) };
}

/** A ready pod's name in a field of the response that is meant for it. */
function podNamedIn(json: unknown, names: ReadonlySet<string>): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = ['pod', 'pod_name', 'podName', 'pod-name', 'hostname', 'host'];
  const values = fields.map((field) => (json as Record<string, unknown>)[field]);
  return values.find((value): value is string => typeof value === 'string' && names.has(value));
}

/** Moves every nonce that a log shows from `open` to `served`. */
async function searchLogs(
  context: FactContext,
  pods: readonly Pod[],
  open: Set<string>,
  served: Map<string, string>,
  troubles: Map<string, string>,
): Promise<void> {
  await mapLimited(pods.slice(0, MAX_PODS), CONCURRENT_PODS, async (pod) => {
    const { name } = pod.metadata;
    try {
      const text = await endOfLog(context, pod);
      troubles.delete(name);
      for (const nonce of [...open]) {
        if (!text.includes(`todo-k8s=${nonce}`)) continue;
        open.delete(nonce);
        served.set(nonce, name);
      }
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      troubles.set(name, `the log of pod ${name} could not be read: ${context.hider.line(error.message)}`);
    }
  });
}

async function endOfLog({ client, target, contract, signal }: FactContext, pod: Pod): Promise<string> {
  const container = backendContainer(pod, contract.backend.container.name)?.name ?? '';
  const address = { namespace: target.namespace, name: pod.metadata.name, container };
  let text = '';
  for (const tailLines of TAIL_LINES) {
    const log = await client.logs(address, { tailLines, limitBytes: MAX_BYTES }, signal);
    text = log.text;
    if (!log.truncated) break;
  }
  return text;
}

function reasonFor(
  context: FactContext,
  open: number,
  sent: number,
  served: number,
  troubles: readonly string[],
): string {
  const [trouble] = troubles;
  if (trouble !== undefined) return trouble;
  const { name } = context.contract.backend.container;
  if (served === 0) {
    return `the log of no ready pod shows any of the ${sent} requests: container ${name} writes no access log, or one without the query`;
  }
  return `the log of no ready pod shows ${open} of the ${sent} requests: another pod served them, or the lines came too late`;
}

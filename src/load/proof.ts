/**
 * Proves that what answers at the route is this backend: a node port’s number on localhost may as well be another cluster’s,
 * a forwarded port, or any program.
 *
 * Evidence in the order in which it is cheap: the answer names a pod; the requests of the load run that is under way, else
 * one of our own, stand in a pod’s access log; the API server, which leads to the Service by itself, gets the same answer.
 */
import { proxyCandidate } from '../evidence/candidates.js';
import type { Access, HttpExchange, RouteProof } from '../evidence/evidence.js';
import type { FactContext } from '../evidence/fact-context.js';
import type { Pod } from '../evidence/objects.js';
import type { Transport } from '../evidence/transport.js';
import { NO_ENDPOINTS } from '../vocabulary/kubelet.js';
import { AccessLogs } from './access-logs.js';
import { compareAnswers, inWords } from './answers.js';
import { Ledger } from './ledger.js';
import { Nonce } from './nonce.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { PodNames } from './pod-name.js';

/** Milliseconds between looks into the logs: a line takes its way through the runtime and the kubelet. */
const LOOKS_MS = [0, 50, 150, 300];

/** Numbers of the requests that are marked. */
const DIRECT = 0;
const PROXIED = 1;
const MARKS = 3;

/** Statuses that a gateway before the backend gives in its own name: a redirect, a login, or that it got no answer. */
const OF_A_GATEWAY = (status: number) =>
  (status >= 300 && status < 400) || [401, 403, 407, 502, 503, 504].includes(status);

/** @returns undefined where no way leads anywhere. Rejects only when the reader is closed */
export async function proveRoute(
  context: FactContext,
  transport: Transport,
): Promise<RouteProof | undefined> {
  const { route, health } = transport;
  if (route.via === 'none') return undefined;
  if (route.via === 'proxy' || route.via === 'port-forward')
    return proven('way', 'the API server itself leads to the backend’s pods');
  const observed = await context.observe('pods');
  const pods = observed.ok ? observed.value : [];
  const named = podNamedBy(health, pods);
  if (named !== undefined) return proven('pod-name', `the answer names pod ${named}`);
  const marks = new Marks(context, pods);
  const served = context.isUnderWay('distribution')
    ? await servedInRun(context)
    : await marks.pod(DIRECT, (path) => transport.get(path));
  if (served !== undefined) return proven('access-log', `the request is in the access log of pod ${served}`);
  const looked = observed.ok
    ? 'no pod’s access log shows the request, no pod is named'
    : `no pod’s log or name could be compared: ${observed.detail}`;
  return compared(context, transport, marks, looked, observed.ok ? undefined : observed.access);
}

/**
 * The API server leads to the Service by itself: what it gets there is the backend’s answer.
 *
 * @param looked what the pods’ names and logs say so far
 * @param unlisted the permission that it takes to list the pods, where it is missing
 */
async function compared(
  context: FactContext,
  { route, health }: Transport,
  marks: Marks,
  looked: string,
  unlisted?: Access,
): Promise<RouteProof> {
  const proxy = await proxyCandidate(context);
  const ask = (index: number) => (path: string) => proxy.get(marks.target(path, index));
  const { healthPath } = context.contract.http;
  const [first, second] = await Promise.all([PROXIED, MARKS - 1].map((index) => ask(index)(healthPath)));
  const none = [first, second].find((each) => each?.outcome !== 'response');
  if (first === undefined || second === undefined || none !== undefined) {
    const { detail = '', access } = none ?? {};
    if (NO_ENDPOINTS.says.test(detail) && route.via === 'nodeport')
      return refused(`the Service has no endpoint that could have answered, and ${inWords(health)} came`);
    return open(`${looked}; and the API server got no answer to compare with: ${detail}`, access ?? unlisted);
  }
  const { status = 0 } = health;
  const hasGateway = ['url', 'loadbalancer', 'ingress'].includes(route.via);
  if (hasGateway && OF_A_GATEWAY(status))
    return open(`${inWords(health)} may come from what stands before the backend`);
  if ((await marks.find(PROXIED)) !== undefined) {
    const words =
      'a pod’s access log shows the request that went through the API server, and no pod’s shows those that went there';
    // What stands before the backend may drop the query by which requests are told apart.
    return hasGateway && compareAnswers([health], [first, second]) === 'same' ? open(words) : refused(words);
  }
  const through = `through the API server the Service answers ${inWords(first)}`;
  switch (compareAnswers([health], [first, second])) {
    case 'same':
      return proven('proxy', 'the Service gives the same answer through the API server');
    case 'alike':
      return open(`it answers ${inWords(health)}, and ${through}, with other contents`);
    case 'other':
      return refused(`it answers ${inWords(health)}, and ${through}`);
  }
}

function podNamedBy({ body }: HttpExchange, pods: readonly Pod[]): string | undefined {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  return new PodNames({ podHeader: undefined, podField: undefined }, names).nameIn({ head: '', body });
}

/** A pod of the Deployment that served a request of the load run. */
async function servedInRun(context: FactContext): Promise<string | undefined> {
  const run = await context.observe('distribution');
  if (!run.ok) return undefined;
  return run.value.pods.find(({ state, requests }) => requests > 0 && state !== 'foreign')?.pod;
}

/** Requests with a mark of their own, and the pods in whose logs it stands. */
class Marks {
  readonly #nonce = new Nonce();
  readonly #ledger = new Ledger(MARKS);
  readonly #logs: AccessLogs;

  constructor(
    private readonly context: FactContext,
    private readonly pods: readonly Pod[],
  ) {
    this.#logs = new AccessLogs(context, this.#nonce, this.#ledger, undefined);
  }

  target(path: string, index: number): string {
    return this.#nonce.target(path, index);
  }

  /** Sends a request, and finds the pod that served it. */
  async pod(index: number, get: (path: string) => Promise<HttpExchange>): Promise<string | undefined> {
    const { outcome } = await get(this.target(this.context.contract.http.healthPath, index));
    return outcome === 'response' ? this.find(index) : undefined;
  }

  async find(index: number): Promise<string | undefined> {
    for (const waitMs of this.pods.length === 0 ? [] : LOOKS_MS) {
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.context.signal });
      await this.#logs.look(this.pods);
      const pod = this.#ledger.podOf(index);
      if (pod !== undefined || this.#logs.areClosed) return pod;
    }
    return undefined;
  }
}

function proven(by: NonNullable<RouteProof['by']>, says: string): RouteProof {
  return { state: 'proven', by, says };
}

function refused(says: string): RouteProof {
  return { state: 'refused', by: undefined, says };
}

function open(says: string, access?: Access): RouteProof {
  return { state: 'open', by: undefined, says, ...(access && { access }) };
}

import { targetOf } from '../../kube/service-port.js';
import { besideStatus, flawIn, flawInText } from '../../computed/health-flaw.js';
import { nodePortCandidates, urlCandidate, type Candidate } from '../candidates.js';
import { mapLimited } from '../concurrency.js';
import type { PodVantage, VantageFacts, VantagePoint } from '../deep-facts.js';
import type { HttpOutcome } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import { requireExec, runInPod } from '../in-pod/run.js';
import { parseVantageOutput, VANTAGE_SECONDS, vantagePrograms, type VantageCall } from '../in-pod/vantage.js';
import { KubernetesError } from '../kubernetes/client.js';
import { failed, now, Unreadable } from '../observed.js';
import { backendPort } from '../service-port.js';
import type { Pod, ServicePort } from '../objects.js';
import { CONCURRENT_PODS, newestFirst } from './sample.js';

/** Pods that are asked: a hop that is broken is broken for all of a kind. */
const MAX_VANTAGE_PODS = 6;

const MAX_BYTES = 64 * 1024;

/** The health endpoint, asked from every place on the way from the container to the user, at the same time. */
export async function readVantage(context: FactContext): Promise<VantageFacts> {
  const [pods, service] = await Promise.all([context.observe('pods'), context.observe('service')]);
  const living = pods.ok ? pods.value.filter(({ metadata }) => metadata.deletionTimestamp === undefined) : [];
  const own =
    service.ok && service.value !== undefined ? await backendPort(context, service.value) : undefined;
  const { port } = own ?? context.contract.backend.service;
  const [byPod, byService, [nodes, user]] = await Promise.all([
    mapLimited(newestFirst(living).slice(0, MAX_VANTAGE_PODS), CONCURRENT_PODS, (pod) =>
      podVantage(context, pod, own),
    ),
    throughApiServer(context, `services/${context.target.names.service}:${port}/proxy`),
    fromOutside(context),
  ]);
  return { pods: byPod, service: byService, nodes, user };
}

async function podVantage(context: FactContext, pod: Pod, own: ServicePort | undefined): Promise<PodVantage> {
  const port = portOf(pod, own, context);
  const path = context.contract.http.healthPath;
  const address = pod.status?.podIP;
  const hosts = ['127.0.0.1', ...(address === undefined ? [] : [address])];
  const call: VantageCall = { path, places: hosts.map((host) => ({ host, port })) };
  const inside = async (): Promise<PodVantage['inside']> => {
    try {
      requireExec(context);
    } catch (error) {
      if (error instanceof Unreadable) return error.observed;
      throw error;
    }
    const found = await runInPod(context, pod, {
      programs: vantagePrograms(call),
      seconds: VANTAGE_SECONDS,
      parse: (stdout) => parseVantageOutput(stdout, call, context.hider.line),
    });
    if (!found.ok) return found;
    const [localhost, podAddress] = found.value.answers;
    return { ok: true, at: now(), value: { listening: found.value.listening, localhost, podAddress } };
  };
  const [within, proxy] = await Promise.all([
    inside(),
    throughApiServer(context, `pods/${pod.metadata.name}:${port}/proxy`),
  ]);
  return { pod: pod.metadata.name, port, inside: within, proxy };
}

/** The port of the pod to which the Service's port leads; the contract's where that cannot be told. */
function portOf(pod: Pod, own: ServicePort | undefined, { contract }: FactContext): number {
  return (own && targetOf(own, pod.spec.containers)) ?? contract.backend.container.port;
}

/** What the API server's own words mean for the hop behind it. */
const REFUSALS: readonly (readonly [RegExp, HttpOutcome])[] = [
  [/connection refused/i, 'refused'],
  [/i\/o timeout|deadline exceeded|timed out/i, 'timeout'],
  [/no route to host|network is unreachable/i, 'unreachable'],
  [/connection reset|EOF/, 'reset'],
  [/malformed HTTP|tls: first record/i, 'not-http'],
];

async function throughApiServer(context: FactContext, proxy: string): Promise<VantagePoint> {
  const { client, contract, signal, hider } = context;
  const path = `${namespaced(context, proxy)}${contract.http.healthPath}`;
  const begin = performance.now();
  const shared = () => ({
    url: `${client.server.replace(/\/+$/, '')}${path}`,
    ms: Math.round(performance.now() - begin),
  });
  try {
    const { status, body } = await client.proxy(path, MAX_BYTES, signal);
    const flaw = besideStatus(status, flawInText(body.toString('utf8'), hider.line));
    return { ...shared(), outcome: 'response', status, detail: '', ...flaw };
  } catch (error) {
    signal.throwIfAborted();
    const { why, detail, access } = failed(error, 'the API server’s proxy', hider);
    const shape = { ...shared(), status: undefined, detail };
    if (why === 'forbidden' || why === 'unauthorized' || why === 'unreachable') {
      return { ...shape, outcome: 'unread', ...(access && { access }) };
    }
    const known = REFUSALS.find(([words]) => words.test(detail));
    if (known !== undefined) return { ...shape, outcome: known[1] };
    const late = error instanceof KubernetesError && error.why === 'timeout';
    return { ...shape, outcome: late ? 'timeout' : 'proxy-error' };
  }
}

/** The node port on the nodes' addresses, and the address that the user has. */
async function fromOutside(context: FactContext): Promise<[VantagePoint[], VantagePoint]> {
  const { contract, options } = context;
  const { candidates, excuse } = await nodePortCandidates(context);
  const own =
    options.url === undefined
      ? (candidates.find(({ isOnNode }) => !isOnNode) ?? candidates[0])
      : await urlCandidate(context, options.url);
  const missing: VantagePoint = {
    url: excuse?.url ?? `http://localhost:${contract.backend.service.nodePort}`,
    outcome: 'proxy-error',
    status: undefined,
    detail: excuse?.detail ?? 'there is no address to ask',
    ms: 0,
  };
  const [nodes, user] = await Promise.all([
    Promise.all(candidates.filter(({ isOnNode }) => isOnNode).map((each) => ask(context, each))),
    own === undefined ? missing : ask(context, own),
  ]);
  return [nodes, user];
}

async function ask({ contract }: FactContext, candidate: Candidate): Promise<VantagePoint> {
  const { url, outcome, status, detail, ms, json } = await candidate.get(contract.http.healthPath);
  return {
    url,
    outcome,
    status,
    detail,
    ms: Math.round(ms),
    ...besideStatus(status, flawIn(json)),
  };
}

import { mapLimited } from '../concurrency.js';
import type { InPodFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { parseInPodOutput } from '../in-pod/output.js';
import { inPodArgv, SCRIPT_SECONDS, type InPodTargets, type InPodTool } from '../in-pod/script.js';
import { KubernetesError, type ExecResult } from '../kubernetes/client.js';
import { failedForPod, now, unread, Unreadable } from '../observed.js';
import type { Pod } from '../objects.js';
import { backendContainer, statusOf } from '../pod-state.js';
import { CONCURRENT_PODS, MAX_PODS, newestFirst, tooMany } from './logs.js';

/** Milliseconds for an exec; the program ends by itself before. */
const EXEC_TIMEOUT_MS = SCRIPT_SECONDS * 1000 + 2000;

const MAX_BYTES = 256 * 1024;

/** What travels as an argv item: names and addresses of hosts, nothing that a shell or printf could read otherwise. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}$/;

type Probe = InPodFacts['probe'];

/** Runs the fixed program in each pod: DNS of the Service, TCP and SSLRequest to the database. */
export async function readInPod(context: FactContext): Promise<InPodFacts[]> {
  if (!context.options.exec) {
    throw new Unreadable(unread('not-collected', 'nothing was run inside pods (--no-exec)'));
  }
  const [pods, targets] = await Promise.all([context.read('pods'), targetsOf(context)]);
  const newest = newestFirst(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  return mapLimited(newest, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    probe: index < MAX_PODS ? await measure(context, pod, targets) : tooMany(newest.length),
  }));
}

/** Names of the Service, and the database's hosts where they are known beyond doubt. */
async function targetsOf(context: FactContext): Promise<InPodTargets> {
  const { names, namespace } = context.target;
  const secret = await context.observe('secret');
  const hosts = (secret.ok ? secret.value?.databaseUrl?.hosts : undefined) ?? [];
  return {
    names: [names.service, `${names.service}.${namespace}.svc.cluster.local`],
    endpoints: hosts.filter(({ host }) => HOST.test(host)),
  };
}

async function measure(context: FactContext, pod: Pod, targets: InPodTargets): Promise<Probe> {
  const container = backendContainer(pod, context.contract.backend.container.name);
  if (container === undefined) return unread('failed', 'the pod has no container');
  const state = statusOf(pod, container.name)?.state;
  if (state?.running === undefined) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason;
    const words = reason === undefined ? '' : ` (${reason})`;
    return unread('failed', `container ${container.name} is not running${words}: nothing can be run in it`);
  }
  try {
    return await runFirstTool(context, pod, container.name, targets);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { name } = pod.metadata;
    return failedForPod(error, name, `running a program in pod ${name}`, context.hider);
  }
}

async function runFirstTool(
  context: FactContext,
  pod: Pod,
  container: string,
  targets: InPodTargets,
): Promise<Probe> {
  for (const tool of ['python3', 'sh'] as const) {
    const result = await run(context, pod, container, tool, targets);
    if (result === undefined) continue;
    const parsed = parseInPodOutput(result.stdout, tool, targets);
    if (parsed !== undefined) return { ok: true, at: now(), value: cleaned(parsed, context) };
    const said = context.hider.line(result.stderr).slice(0, 200);
    return unread(
      'failed',
      `${tool} ended with code ${result.exitCode} in the container${said === '' ? '' : `: ${said}`}`,
    );
  }
  return unread('unsupported', 'the image has neither python3 nor sh: nothing can be measured from inside');
}

/** undefined where the image does not have the tool. */
async function run(
  { client, target, signal }: FactContext,
  pod: Pod,
  container: string,
  tool: InPodTool,
  targets: InPodTargets,
): Promise<ExecResult | undefined> {
  const address = { namespace: target.namespace, name: pod.metadata.name, container };
  try {
    const result = await client.exec(
      address,
      inPodArgv(tool, targets),
      { timeoutMs: EXEC_TIMEOUT_MS, maxBytes: MAX_BYTES },
      signal,
    );
    return isMissing(result.exitCode, `${result.stderr}${result.stdout}`) ? undefined : result;
  } catch (error) {
    // Runtimes word a missing program as a failure to start: runc, crun, gVisor.
    if (error instanceof KubernetesError && isMissing(127, error.message)) return undefined;
    throw error;
  }
}

function isMissing(exitCode: number, words: string): boolean {
  if (exitCode !== 126 && exitCode !== 127 && exitCode !== 128) return false;
  return /executable file (`[^`]*` )?not found|no such file or directory|not found in \$PATH/i.test(words);
}

type ProbeValue = Extract<Probe, { ok: true }>['value'];

/** A container may print anything: its words are cleaned like all others. */
function cleaned(value: ProbeValue, { hider }: FactContext): ProbeValue {
  const clean = <T extends { error: string | undefined }>(item: T): T => ({
    ...item,
    error: item.error === undefined ? undefined : hider.line(item.error).slice(0, 200),
  });
  return { ...value, dns: value.dns.map(clean), tcp: value.tcp.map(clean), tls: value.tls.map(clean) };
}

import { mapLimited } from '../concurrency.js';
import type { InPodFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { parseInPodOutput } from '../in-pod/output.js';
import { MAX_WORDS, requireExec, runInPod } from '../in-pod/run.js';
import { SCRIPT_SECONDS, targetsProgram, type InPodTargets } from '../in-pod/targets.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS, notSampled } from './sample.js';

/** What travels as an argv item: names and addresses of hosts, nothing that a shell or printf could read otherwise. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}$/;

type ProbeValue = Extract<InPodFacts['probe'], { ok: true }>['value'];

/** Runs the fixed program in each pod: DNS of the Service, TCP and SSLRequest to the database. */
export async function readInPod(context: FactContext): Promise<InPodFacts[]> {
  requireExec(context);
  const [pods, targets] = await Promise.all([context.read('pods'), targetsOf(context)]);
  const chosen = chosenFirst(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  const others = notSampled(chosen.length);
  const program = {
    programs: (['python3', 'sh'] as const).map((tool) => targetsProgram(tool, targets)),
    seconds: SCRIPT_SECONDS,
    parse: (stdout: string, tool: 'python3' | 'sh') => {
      const value = parseInPodOutput(stdout, tool, targets);
      return value && cleaned(value, context);
    },
  };
  return mapLimited(chosen, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    probe: index < MAX_PODS ? await runInPod(context, pod, program) : others,
  }));
}

/** Names of the Service, and the database's hosts where they are known beyond doubt. */
async function targetsOf(context: FactContext): Promise<InPodTargets> {
  const { names, namespace } = context.target;
  return {
    names: [names.service, `${names.service}.${namespace}.svc.cluster.local`],
    endpoints: await databaseHosts(context),
  };
}

/** The database's hosts and ports by the container's DATABASE_URL; none where it leaves a doubt about them. */
export async function databaseHosts(context: FactContext): Promise<InPodTargets['endpoints']> {
  const environment = await context.observe('environment');
  const hosts = (environment.ok ? environment.value.databaseUrl?.hosts : undefined) ?? [];
  return hosts.filter(({ host }) => HOST.test(host));
}

/** A container may print anything: its words are cleaned like all others. */
function cleaned(value: ProbeValue, { hider }: FactContext): ProbeValue {
  const clean = <T extends { error: string | undefined }>(item: T): T => ({
    ...item,
    error: item.error === undefined ? undefined : hider.line(item.error).slice(0, MAX_WORDS),
  });
  return { ...value, dns: value.dns.map(clean), tcp: value.tcp.map(clean), tls: value.tls.map(clean) };
}

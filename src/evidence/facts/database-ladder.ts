import { createHmac, randomBytes } from 'node:crypto';
import { mapLimited } from '../concurrency.js';
import { URL_VARIABLE } from '../../contract/database-variables.js';
import type { DatabaseLadder, DatabaseLadderFacts, RungFailure, RungResult } from '../deep-facts.js';
import type { Observed } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { parseInPodOutput } from '../in-pod/output.js';
import { requireExec, runInPod } from '../in-pod/run.js';
import { targetsProgram, type InPodTargets } from '../in-pod/targets.js';
import { parseLadderOutput } from '../ladder/output.js';
import { LADDER_SECONDS, ladderProgram } from '../ladder/program.js';
import { failed, now, unread, Unreadable } from '../observed.js';
import type { Pod } from '../objects.js';
import { databaseHosts } from './in-pod.js';
import { newestFirst } from './sample.js';

/** Pods from which it is climbed: each logs in to the database, twice. */
const MAX_LADDERS = 4;

/** Hosts of one URL to which it is climbed, as in the pods' program. */
const MAX_HOSTS = 3;

/** Milliseconds for all of the climbs from this machine. */
const HOST_MS = 8_000;

/** Hosts of a URL of which nobody outside of the pods is asked, and why. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^(localhost|127\.[\d.]+|::1)$/i, 'is the pod itself, and another machine from here'],
  [/(^|\.)(example|invalid)\.?$/i, 'is a name for examples (RFC 2606): nobody is asked for it'],
  [/^[^.:]+$|\.svc$|\.svc\.|\.cluster\.local\.?$/i, 'is known inside the cluster only'],
];

/** From inside pods and, at the same time, from here. */
export async function readDatabaseLadder(context: FactContext): Promise<DatabaseLadderFacts> {
  // Without a look from inside there still is the one from here, and the other way round.
  const part = <T>(read: Promise<T>, subject: string): Promise<Observed<T>> =>
    read.then(
      (value) => ({ ok: true, at: now(), value }),
      (error: unknown) => {
        if (context.signal.aborted) throw error;
        return failed(error, subject, context.hider);
      },
    );
  const [pods, host] = await Promise.all([
    part(fromPods(context), 'reaching the database from the pods'),
    part(fromHere(context), 'reaching the database from here'),
  ]);
  return { pods, host };
}

async function fromPods(context: FactContext): Promise<{ pod: string; ladder: Observed<DatabaseLadder> }[]> {
  requireExec(context);
  const [pods, hosts, environment] = await Promise.all([
    context.read('pods'),
    databaseHosts(context),
    context.environment().catch(() => undefined),
  ]);
  const url = environment?.variables.get(URL_VARIABLE)?.value;
  const key = randomBytes(16).toString('hex');
  const digest = url === undefined ? undefined : createHmac('sha256', key).update(url).digest('hex');
  const targets: InPodTargets = { names: [], endpoints: hosts };
  const program = {
    programs: [ladderProgram({ hosts, key }), targetsProgram('sh', targets)],
    seconds: LADDER_SECONDS,
    parse: (stdout: string, tool: 'python3' | 'sh') =>
      tool === 'python3'
        ? parseLadderOutput(stdout, digest, context.hider.line)
        : lowerRungs(stdout, targets, context),
  };
  const chosen = chooseOf(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  return mapLimited(chosen, MAX_LADDERS, async (pod) => ({
    pod: pod.metadata.name,
    ladder: await runInPod(context, pod, program),
  }));
}

/** The newest pods and the oldest: between them lie the changes that only some of the pods have seen. */
function chooseOf(pods: readonly Pod[]): Pod[] {
  const sorted = newestFirst(pods);
  if (sorted.length <= MAX_LADDERS) return sorted;
  return [...sorted.slice(0, MAX_LADDERS / 2), ...sorted.slice(-MAX_LADDERS / 2)];
}

/** What an image without python3 can measure: DNS, TCP and the answer to the SSLRequest, of the Secret's host. */
function lowerRungs(
  stdout: string,
  targets: InPodTargets,
  { hider }: FactContext,
): DatabaseLadder | undefined {
  const value = parseInPodOutput(stdout, 'sh', targets);
  if (value === undefined) return undefined;
  const ladder: DatabaseLadder = {
    tool: 'sh',
    url: 'not-read',
    sslmode: undefined,
    matchesSecret: undefined,
    hosts: [],
    unmeasured: [{ what: 'tls', reason: 'the image has no python3' }],
  };
  for (const { what, reason } of value.unmeasured ?? []) ladder.unmeasured.unshift({ what, reason });
  for (const { host, port, connected, error, ms } of value.tcp) {
    const rungs: RungResult[] = [];
    const failure = error === undefined ? undefined : shellFailure(hider.line(error));
    if (failure?.kind === 'name' || failure?.kind === 'resolver') {
      rungs.push({ rung: 'dns', error: failure, detail: '', ms });
    } else {
      rungs.push({ rung: 'dns', error: undefined, detail: '', ms: 0 });
      rungs.push({ rung: 'tcp', error: connected ? undefined : failure, detail: '', ms });
    }
    const answer = value.tls.find((each) => each.host === host && each.port === port)?.answer;
    if (connected && answer !== undefined && answer !== 'not-tried') {
      rungs.push({ rung: 'ssl', error: sslError(answer), detail: '', ms: 0 });
    }
    ladder.hosts.push({ host, port, climbs: [rungs], certificate: undefined });
  }
  return ladder;
}

function sslError(answer: 'S' | 'N' | 'other' | 'none'): RungResult['error'] {
  const fault = (kind: RungFailure, text: string) => ({ kind, text, sqlstate: undefined });
  if (answer === 'S') return undefined;
  if (answer === 'N') return fault('refused-tls', 'the server does not support SSL');
  return answer === 'none'
    ? fault('timeout', 'no answer to the SSLRequest')
    : fault('protocol', 'the server does not speak PostgreSQL’s protocol');
}

/** The in-pod program's words, `<kind>: …`; it tells a name that is not known from DNS that does not answer by text. */
function shellFailure(error: string): NonNullable<RungResult['error']> {
  const [, prefix = 'error', text = error] = /^(\w+): (.*)$/.exec(error) ?? [];
  const kinds: Record<string, RungFailure> = {
    dns: /temporary failure/i.test(text) ? 'resolver' : 'name',
    refused: 'refused',
    timeout: 'timeout',
    unreachable: 'unreachable',
  };
  return { kind: kinds[prefix] ?? 'error', text, sqlstate: undefined };
}

async function fromHere(context: FactContext): Promise<DatabaseLadder> {
  const { variables } = await context.environment();
  const url = variables.get(URL_VARIABLE)?.value;
  if (url === undefined) {
    throw new Unreadable(unread('not-collected', 'the container has no DATABASE_URL to go by'));
  }
  // The client is loaded only where it is used.
  const [{ databaseLogin }, { climbTwice }] = await Promise.all([
    import('../ladder/url.js'),
    import('../ladder/climb.js'),
  ]);
  const login = databaseLogin(url);
  if (login === undefined) {
    throw new Unreadable(unread('unsupported', 'the DATABASE_URL of the Secret cannot be read beyond doubt'));
  }
  for (const { host } of login.hosts) {
    const [, reason] = ELSEWHERE.find(([names]) => names.test(host)) ?? [];
    if (reason !== undefined) throw new Unreadable(unread('unsupported', `${host} ${reason}`));
  }
  const deadline = performance.now() + HOST_MS;
  const hosts = await Promise.all(
    login.hosts
      .slice(0, MAX_HOSTS)
      .map((host) => climbTwice(login, host, deadline, context.hider.line, context.signal)),
  );
  return { tool: 'node', url: 'ok', sslmode: login.mode, matchesSecret: true, hosts, unmeasured: [] };
}

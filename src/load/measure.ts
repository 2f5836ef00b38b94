/** One load run: sends the requests, finds out which pod served each, and says what was seen. */
import type { FactContext } from '../evidence/fact-context.js';
import type { DataPath, DistributionFacts } from '../evidence/load-facts.js';
import type { Pod } from '../evidence/objects.js';
import { isServing } from '../evidence/pod-state.js';
import type { Transport } from '../evidence/transport.js';
import { requestsToDecide } from '../stats/occupancy.js';
import { readLogEnds } from './access-logs.js';
import { readDataPath } from './data-path.js';
import { openLanes, type Lanes } from './lanes.js';
import { Ledger } from './ledger.js';
import { Members } from './members.js';
import { Pass } from './pass.js';
import { MAX_REQUESTS, type LoadPlan } from './plan.js';
import { PodNames } from './pod-name.js';
import { summarise } from './summary.js';

/** A rate counts as reached from this part of it on. */
const RATE_REACHED = 0.9;

/**
 * Sends the plan's requests and attributes them.
 * @param known the pods as they are now; undefined: as the run has read them
 * @throws KubernetesError, Unreadable when the pods cannot be listed
 */
export async function measureLoad(
  context: FactContext,
  plan: LoadPlan,
  known?: readonly Pod[],
): Promise<DistributionFacts> {
  const reading = known === undefined ? context.read('pods') : Promise.resolve(known);
  // Where the logs end is read while the way is looked for, though responses that name their pod make it needless:
  // waiting to know that would cost every other run a round trip to each kubelet before its first request.
  const [pods, transport, logEnds] = await Promise.all([
    reading,
    context.transport(),
    context.logParts === undefined ? reading.then((all) => readLogEnds(context, all)) : undefined,
  ]);
  const members = new Members(context, pods);
  const readingPath = readDataPath(context, transport.route.baseUrl);
  // It is asked for at the end; a run that breaks off before has an error of its own.
  readingPath.catch(() => undefined);
  if (transport.route.via === 'none') return nothingSent(plan, members, await readingPath);
  const lanes = await openLanes(transport, plan);
  const topUp = requestsThatDecide(plan, pods.filter(isServing).length);
  const pass = new Pass({
    context,
    plan,
    members,
    logEnds: namesPod(plan, members, transport) ? undefined : logEnds,
    openLane: () => lanes.fresh(),
    target: `${lanes.prefix}${plan.path}`,
    capacity: Math.max(plan.requests ?? MAX_REQUESTS, topUp),
  });
  await pass.run(plan.requests);
  let wanted = plan.requests;
  if (isUndecided(pass, members)) {
    const enough = Math.min(pass.ledger.capacity, requestsThatDecide(plan, members.steady.length));
    if (enough > pass.sender.sent && pass.sender.stopped === undefined) {
      wanted = enough;
      await pass.run(enough);
    }
  }
  plan.onLedger?.(pass.ledger);
  const isInterrupted = plan.signal?.aborted === true;
  const keepAlive =
    plan.keepAlive && !isInterrupted ? await keptAlive(context, plan, members, lanes, pass) : null;
  return factsOf({ plan, members, pass, wanted, keepAlive, dataPath: await readingPath });
}

/** Whether the health response by which the route was found names a pod: then logs are of little interest. */
function namesPod(plan: LoadPlan, members: Members, { health }: Transport): boolean {
  return new PodNames(plan, members.names).nameIn({ head: '', body: health.body }) !== undefined;
}

/** Requests after which a pod that got none is decided; 0 where that was not asked for. */
function requestsThatDecide({ untilDecided }: LoadPlan, pods: number): number {
  if (untilDecided === undefined || pods === 0) return 0;
  return requestsToDecide(pods, 1 - untilDecided.confidence);
}

function isUndecided({ ledger }: Pass, { steady }: Members): boolean {
  const served = new Set(ledger.countByPod().map(({ pod }) => pod));
  return ledger.unnamed === 0 && steady.some((pod) => !served.has(pod));
}

/** As many requests again, one after the other over one connection. */
async function keptAlive(
  context: FactContext,
  plan: LoadPlan,
  members: Members,
  lanes: Lanes,
  { sender, names }: Pass,
): Promise<DistributionFacts['keepAlive']> {
  const { keptOpen, prefix } = lanes;
  if (keptOpen === undefined || sender.sent === 0) return null;
  const pass = new Pass({
    context,
    plan: { ...plan, concurrency: 1, onProgress: undefined },
    members,
    logEnds: names.found === undefined ? await readLogEnds(context, members.pods) : undefined,
    openLane: keptOpen,
    target: `${prefix}${plan.path}`,
    capacity: sender.sent,
  });
  await pass.run(sender.sent);
  const { completed, pods } = summarise(pass.ledger, pass.sender.numbers, members, () => pass.logs.reason());
  const served = pods.filter(({ requests }) => requests > 0);
  return {
    requests: completed,
    connections: opened(pass),
    pods: served.map(({ pod, requests }) => ({ what: pod, requests })),
    others: completed - served.reduce((sum, { requests }) => sum + requests, 0),
  };
}

/** Connections that were opened: the server may close the one that is kept open. */
function opened({ ledger, sender }: Pass): number {
  let number = 0;
  for (let index = 0; index < sender.numbers; index += 1)
    if (ledger.bucketsOf(index).connect !== undefined) number += 1;
  return number;
}

interface Outcome {
  plan: LoadPlan;
  members: Members;
  pass: Pass;
  wanted: number | undefined;
  keepAlive: DistributionFacts['keepAlive'];
  dataPath: DataPath;
}

function factsOf({ plan, members, pass, wanted, keepAlive, dataPath }: Outcome): DistributionFacts {
  const { ledger, logs, names, sender } = pass;
  const counted = summarise(ledger, sender.numbers, members, () => logs.reason());
  const requests = wanted ?? sender.sent;
  const unnamed = counted.unattributed.reduce((sum, tally) => sum + tally.requests, 0);
  const isNamed = counted.pods.some((pod) => pod.requests > 0);
  return {
    dataPath,
    requests,
    ...counted,
    ...pass.flaws.facts((index) => ledger.podOf(index)),
    openToSteady: unnamed > 0 && logs.mayConcern(members.steady) ? unnamed : 0,
    unfinished: requests - counted.completed,
    endedBy: sender.stopped ?? 'requests',
    elapsedMs: Math.round(sender.busyMs),
    path: plan.path,
    concurrency: plan.concurrency,
    attributedBy: names.found !== undefined ? [names.found] : isNamed ? ['access log'] : [],
    changes: members.changes,
    notes: notesOf({ plan, members, pass, wanted }, counted.completed),
    keepAlive,
  };
}

function notesOf(
  { plan, members, pass, wanted }: Pick<Outcome, 'plan' | 'members' | 'pass' | 'wanted'>,
  completed: number,
): string[] {
  const { trouble } = members;
  const { conflicts } = pass.logs;
  const { requests = 0, ratePerSecond } = plan;
  const notes = trouble === undefined ? [] : [trouble];
  if (wanted !== undefined && wanted > requests)
    notes.push(`${wanted - requests} more than the ${requests} requests asked for were sent, to decide it`);
  if (conflicts > 0) {
    notes.push(
      `${conflicts} log lines name a request that another pod's log has too: something on the way repeats requests; the first pod counts`,
    );
  }
  const perSecond = (completed / Math.max(1, pass.sender.busyMs)) * 1000;
  if (ratePerSecond !== undefined && completed >= 10 && perSecond < ratePerSecond * RATE_REACHED) {
    notes.push(
      `${perSecond.toFixed(1)} of ${ratePerSecond} requests a second were reached: a higher --concurrency may help`,
    );
  }
  return notes;
}

function nothingSent(plan: LoadPlan, members: Members, dataPath: DataPath): DistributionFacts {
  const requests = plan.requests ?? 0;
  return {
    dataPath,
    requests,
    ...summarise(new Ledger(0), 0, members, () => ''),
    openToSteady: 0,
    unfinished: requests,
    endedBy: 'no-route',
    elapsedMs: 0,
    path: plan.path,
    concurrency: plan.concurrency,
    attributedBy: [],
    changes: [],
    notes: [],
    keepAlive: null,
  };
}

/** What a worker hands back in one line of its log: counts and buckets, which add up without a loss. */
import { HTTP_OUTCOMES } from '../../evidence/outcomes.js';
import { BUCKETS } from '../../stats/buckets.js';
import type { Ledger } from '../ledger.js';

/** The line begins with it; the number is that of the form. */
export const RESULT_MARK = 'todo-k8s-ledger/1 ';

/** Characters of a result that are read. */
export const MAX_RESULT_CHARS = 4 << 20;
/** Pods that one way's responses may name. */
const MAX_PODS = 5000;

type Count = [what: number, requests: number];

/** One way of one worker. */
export interface WayCounts {
  /** Requests that came to an end, by outcome and status: `response 200`, `refused 0`. */
  outcomes: [what: string, requests: number][];
  /** Of responses: their times by bucket (stats/buckets.ts). */
  total: Count[];
  /** Responses by the pod that they name. */
  pods: [pod: string, requests: number][];
}

export interface WorkerResult {
  worker: number;
  /** In the order of the spec's ways. */
  ways: WayCounts[];
}

/** Sums up one way's requests. @param numbers requests have numbers below this one */
export function countsOf(ledger: Ledger, numbers: number): WayCounts {
  const outcomes = new Map<string, number>();
  const total = new Map<number, number>();
  const pods = new Map<string, number>();
  const add = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let index = 0; index < numbers; index += 1) {
    const outcome = ledger.outcomeOf(index);
    if (outcome === 'unsent' || outcome === 'cut') continue;
    add(outcomes, `${outcome} ${ledger.statusOf(index)}`);
    if (outcome !== 'response') continue;
    add(total, ledger.bucketsOf(index).total);
    const pod = ledger.podOf(index);
    if (pod !== undefined) add(pods, pod);
  }
  return { outcomes: [...outcomes], total: [...total], pods: [...pods] };
}

/** Adds up what several counted: each number of the sum is the sum of the numbers. */
export function mergeCounts(all: readonly WayCounts[]): WayCounts {
  const sum = <K>(lists: readonly (readonly [K, number])[][]): [K, number][] => {
    const counts = new Map<K, number>();
    for (const [key, count] of lists.flat()) counts.set(key, (counts.get(key) ?? 0) + count);
    return [...counts];
  };
  return {
    outcomes: sum(all.map(({ outcomes }) => outcomes)),
    total: sum(all.map(({ total }) => total)),
    pods: sum(all.map(({ pods }) => pods)),
  };
}

export function sumOf(counts: readonly (readonly [unknown, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** Requests that got a response. */
export function responsesOf({ outcomes }: WayCounts): number {
  return sumOf(outcomes.filter(([what]) => what.startsWith('response ')));
}

export function resultLine(result: WorkerResult): string {
  return `${RESULT_MARK}${JSON.stringify(result)}`;
}

/**
 * The result in a worker's log, which anybody may have written who can write there: nothing in it is believed that does not add
 * up, and no word but names of pods and outcomes is taken over.
 * @param log with or without the kubelet's timestamps
 * @returns undefined where there is none, or none that can be one of these workers'
 */
export function readResult(
  log: string,
  expected: { worker: number; ways: number; requests: number },
): WorkerResult | undefined {
  const at = log.lastIndexOf(RESULT_MARK);
  if (at < 0) return undefined;
  const [line = ''] = log.slice(at + RESULT_MARK.length, at + MAX_RESULT_CHARS).split('\n', 1);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.worker !== expected.worker || !Array.isArray(value.ways)) return undefined;
  const ways = (value.ways as unknown[]).map((way) => wayOf(way, expected.requests));
  if (ways.length !== expected.ways || ways.includes(undefined)) return undefined;
  return { worker: expected.worker, ways: ways as WayCounts[] };
}

const OUTCOME = new RegExp(`^(?:response [1-5]\\d\\d|(?:${HTTP_OUTCOMES.slice(1).join('|')}) \\d{1,3})$`);
const POD = /^[a-z0-9][a-z0-9.-]{0,252}$/;

function wayOf(value: unknown, requests: number): WayCounts | undefined {
  if (!isRecord(value)) return undefined;
  const outcomes = pairs(
    value.outcomes,
    (key): key is string => typeof key === 'string' && OUTCOME.test(key),
  );
  const isBucket = (key: unknown): key is number => isCount(key) && key < BUCKETS;
  const total = pairs(value.total, isBucket);
  const pods = pairs(value.pods, (key): key is string => typeof key === 'string' && POD.test(key));
  if (outcomes === undefined || total === undefined || pods === undefined) return undefined;
  const way = { outcomes, total, pods };
  const responses = responsesOf(way);
  const addsUp =
    sumOf(outcomes) <= requests &&
    sumOf(total) === responses &&
    sumOf(pods) <= responses &&
    pods.length <= MAX_PODS;
  return addsUp ? way : undefined;
}

function pairs<K>(value: unknown, isKey: (key: unknown) => key is K): [K, number][] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = (value as unknown[]).flatMap((pair): [K, number][] => {
    const [key, count] = Array.isArray(pair) ? (pair as unknown[]) : [];
    return isKey(key) && isCount(count) ? [[key, count]] : [];
  });
  const isWhole = read.length === value.length && new Set(read.map(([key]) => key)).size === read.length;
  return isWhole ? read : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `--fail-on`: a limit that the user sets, such as `p99>500ms`. */
import type { DistributionFacts, Latency } from '../evidence/load-facts.js';
import type { Assessment } from './load-assessment.js';

const METRICS = {
  p50: 'time',
  p90: 'time',
  p99: 'time',
  max: 'time',
  errors: 'requests',
  unattributed: 'requests',
  unserved: 'pods',
} as const;

export type Metric = keyof typeof METRICS;

export interface Threshold {
  /** As the user wrote it, without spaces. */
  text: string;
  metric: Metric;
  operator: '>' | '>=' | '<' | '<=';
  value: number;
  /** `%` of the requests that came to an end. */
  unit: 'ms' | '%' | '';
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000 };

/** @returns what is wrong with it, in words, where it is not a threshold */
export function parseThreshold(text: string): Threshold | string {
  const compact = text.replace(/\s+/g, '');
  const match = /^([a-z0-9]+)(>=|<=|>|<)(\d+(?:\.\d+)?)(ms|s|%)?$/.exec(compact);
  const expected = `expected ${Object.keys(METRICS).join(', ')} with >, >=, < or <=, such as p99>500ms, errors>1% or unserved>0`;
  const [, name = '', operator = '', number = '', given] = match ?? [];
  if (!Object.hasOwn(METRICS, name)) return `'${text}' is not a threshold: ${expected}`;
  const metric = name as Metric;
  const kind = METRICS[metric];
  const isTime = given === 'ms' || given === 's';
  if (kind === 'time' && !isTime) return `'${text}': ${metric} is a time, such as ${metric}>500ms`;
  if (kind !== 'time' && isTime) return `'${text}': ${metric} is a number, such as ${metric}>0`;
  if (kind === 'pods' && given === '%') return `'${text}': unserved is a number of pods, such as unserved>0`;
  return {
    text: compact,
    metric,
    operator: operator as Threshold['operator'],
    value: Number(number) * (UNIT_MS[given ?? ''] ?? 1),
    unit: isTime ? 'ms' : given === '%' ? '%' : '',
  };
}

/** The value that a run has; a reason where it has none. */
export function valueFor(
  { metric, unit }: Threshold,
  facts: DistributionFacts,
  { unserved }: Pick<Assessment, 'unserved'>,
): number | string {
  const sum = (tallies: { requests: number }[]) => tallies.reduce((total, each) => total + each.requests, 0);
  switch (metric) {
    case 'p50':
    case 'p90':
    case 'p99':
    case 'max':
      return timeOf(metric, facts.latency);
    case 'unserved':
      return unserved.length;
    case 'errors':
    case 'unattributed': {
      const number = sum(metric === 'errors' ? facts.problems : facts.unattributed);
      if (facts.completed === 0) return 'no request came to an end';
      return unit === '%' ? (number / facts.completed) * 100 : number;
    }
  }
}

function timeOf(metric: 'p50' | 'p90' | 'p99' | 'max', latency: Latency | null): number | string {
  if (latency === null) return 'no request was answered';
  const needed = { p90: 10, p99: 100, p50: 1, max: 1 }[metric];
  return latency[metric] ?? `${metric} needs ${needed} responses, and there are ${latency.count}`;
}

/** Whether a value is beyond the limit. */
export function isExceeded({ operator, value: limit }: Threshold, value: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

const KEPT = { '>': 'at most', '>=': 'below', '<': 'at least', '<=': 'above' } as const;

/** What holds where the limit is kept, in words: `p99 at most 500 ms`. */
export function demandOf(threshold: Threshold): string {
  const { metric, operator, value } = threshold;
  return `${metric} ${KEPT[operator]} ${shown(threshold, value)}`;
}

/** A value in the threshold's unit. */
export function shown({ unit }: Threshold, value: number): string {
  const rounded = String(Math.round(value * 100) / 100);
  return unit === 'ms' ? `${rounded} ms` : unit === '%' ? `${rounded} %` : rounded;
}

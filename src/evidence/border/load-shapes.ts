/** The shape of a load run. */
import type { Latency, Tally, DistributionFacts, DataPath, PodLoad } from '../load-facts.js';
import { anAmount, aNumber, aText, of, texts, all } from './fact-parts.js';
import { orNull, object, finite, flag, type Fields, text, list, need, oneOf, type Shape } from './shape.js';

const latency = orNull(
  object<Latency>({
    count: anAmount,
    mean: aNumber,
    min: aNumber,
    p50: aNumber,
    p90: orNull(finite),
    p99: orNull(finite),
    max: aNumber,
  }),
);
const tally: Fields<Tally> = { what: aText, requests: anAmount };

export const distribution = object<DistributionFacts>({
  dataPath: of<DataPath>({
    sessionAffinity: text,
    externalTrafficPolicy: text,
    internalTrafficPolicy: text,
    endpoints: list(object<{ pod?: string | undefined; zones: string[] }>({ pod: text, zones: texts })),
    node: object<{ name: string; zone?: string | undefined }>({ name: aText, zone: text }),
  }),
  requests: anAmount,
  completed: anAmount,
  unfinished: anAmount,
  endedBy: need(oneOf('requests', 'duration', 'interruption', 'no-answer', 'no-route')),
  elapsedMs: aNumber,
  path: aText,
  concurrency: anAmount,
  attributedBy: texts,
  pods: all<PodLoad>({
    pod: aText,
    state: need(oneOf('steady', 'joined', 'left', 'not-ready', 'foreign')),
    node: text,
    requests: anAmount,
    errors: anAmount,
    problems: all<Tally>(tally),
    latency,
    connect: latency,
    firstByte: latency,
  }),
  lost: all<Tally>(tally),
  unattributed: all<Tally>(tally),
  openToSteady: anAmount,
  statuses: all<DistributionFacts['statuses'][number]>({ status: anAmount, requests: anAmount }),
  problems: all<Tally>(tally),
  flaws: list(
    object<NonNullable<DistributionFacts['flaws']>[number]>({
      pod: orNull(text),
      what: aText,
      requests: anAmount,
    }),
  ),
  latency,
  connect: latency,
  firstByte: latency,
  histogram: all<DistributionFacts['histogram'][number]>({ toMs: aNumber, count: anAmount }),
  order: need(orNullItems(text)),
  changes: all<DistributionFacts['changes'][number]>({
    pod: aText,
    what: need(oneOf('joined', 'left')),
    afterMs: aNumber,
  }),
  notes: texts,
  again: object<NonNullable<DistributionFacts['again']>>({ afterMs: aNumber, because: aText, chance: flag }),
  keepAlive: orNull(
    object<NonNullable<DistributionFacts['keepAlive']>>({
      requests: anAmount,
      connections: anAmount,
      pods: all<Tally>(tally),
      others: anAmount,
    }),
  ),
});

/** A list in which null stands for what is not known. */
function orNullItems<T>(item: Shape<T>): Shape<(T | null)[]> {
  return list<T | null>(orNull(item));
}

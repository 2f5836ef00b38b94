/** Compares two snapshots, in the terms of the contract and of the objects that matter. */
import { compareFields, type Fields } from './fields.js';
import { contractValue } from './contract-value.js';
import { AREAS, type Area, type Change, type DiffResult } from './model.js';
import type { EventState, Named, PodState, Snapshot } from './snapshot.js';

/** Pods and events of one kind that are listed; the others are counted. */
const MAX_LISTED = 20;

/** The evidence that an area rests on. */
const EVIDENCE: Partial<Record<Area, string[]>> = {
  deployment: ['deployment'],
  service: ['service'],
  config: ['configMap'],
  secret: ['secret'],
  network: ['networkPolicies'],
  nodes: ['nodes'],
  pods: ['pods'],
  http: ['health', 'docs', 'tasks'],
  events: ['events'],
};

export function compareSnapshots(a: Snapshot, b: Snapshot, version: string): DiffResult {
  const changes = [
    ...checks(a, b),
    ...fields('contract', 'contract', a.contractFields, b.contractFields),
    ...fields('release', 'release', a.release, b.release),
    ...(['deployment', 'service', 'config', 'secret', 'network', 'nodes'] as const).flatMap((area) =>
      objects(area, a[area], b[area], b),
    ),
    ...pods(a.pods, b.pods),
    ...fields('http', 'backend', a.http, b.http, true),
    ...events(a.events, b.events, a.side.at),
  ];
  const notCompared = AREAS.flatMap((area) => EVIDENCE[area] ?? []).flatMap((evidence) => {
    const gap = [a, b].find(({ missing }) => missing.has(evidence));
    return gap === undefined
      ? []
      : [{ evidence, reason: `${gap.side.label}: ${gap.missing.get(evidence) ?? ''}` }];
  });
  return {
    schemaVersion: 1,
    tool: { name: 'todo-k8s', version },
    a: a.side,
    b: b.side,
    notices: noticesOf(a, b),
    changes,
    notCompared,
    exitCode: changes.length > 0 ? 1 : notCompared.length > 0 ? 3 : 0,
  };
}

function noticesOf({ side: a }: Snapshot, { side: b }: Snapshot): string[] {
  if (a.pseudonymized === b.pseudonymized) return [];
  const [hidden, plain] = a.pseudonymized ? [a, b] : [b, a];
  return [
    `${hidden.label} has tokens in place of host names, addresses and user names, ${plain.label} does not: those differ for that alone`,
  ];
}

function checks(a: Snapshot, b: Snapshot): Change[] {
  return [...b.checks].flatMap(([id, now]) => {
    const then = a.checks.get(id);
    if (then === undefined || then.status === now.status) return [];
    const passed = (check: typeof now) =>
      check.status === 'pass' ? 'pass' : `${check.status}: ${check.message}`;
    return [change('checks', id, 'status', passed(then), passed(now))];
  });
}

/** @param isPartial a field that only one side has was not looked at by the other one */
function fields(area: Area, object: string, a: Fields, b: Fields, isPartial = false): Change[] {
  return compareFields(a, b)
    .filter(({ before, after }) => !isPartial || (before !== null && after !== null))
    .map(({ field, before, after }) => change(area, object, field, before, after));
}

function objects(area: Area, a: Named | undefined, b: Named | undefined, { contract }: Snapshot): Change[] {
  if (a === undefined || b === undefined) return [];
  const all = [...new Set([...a.keys(), ...b.keys()])].sort();
  return all.flatMap((object) => {
    const before = a.get(object);
    const after = b.get(object);
    if (before === undefined) return [change(area, object, '', null, 'is there')];
    if (after === undefined) return [change(area, object, '', 'was there', null)];
    return compareFields(before, after).map((each) => ({
      ...change(area, object, each.field, each.before, each.after),
      contract: contractValue(area, each.field, contract),
    }));
  });
}

function pods(a: Map<string, PodState> | undefined, b: Map<string, PodState> | undefined): Change[] {
  if (a === undefined || b === undefined) return [];
  const fresh = [...b].filter(([name]) => !a.has(name));
  const gone = [...a].filter(([name]) => !b.has(name));
  const same = [...b].flatMap(([name, now]) => {
    const then = a.get(name);
    if (then === undefined) return [];
    const object = `Pod ${name}`;
    return [
      ...(then.state === now.state ? [] : [change('pods', object, 'state', then.state, now.state)]),
      ...(then.restarts === now.restarts
        ? []
        : [change('pods', object, 'restarts', String(then.restarts), String(now.restarts))]),
      ...(then.images === now.images ? [] : [change('pods', object, 'image', then.images, now.images)]),
      ...(then.node === now.node ? [] : [change('pods', object, 'node', then.node, now.node)]),
    ];
  });
  return [
    ...few(fresh, ([name, { state, images }]) =>
      change('pods', `Pod ${name}`, '', null, `${state}, ${images}`),
    ).concat(rest('new pods', fresh.length, true)),
    ...few(gone, ([name, { state, images }]) =>
      change('pods', `Pod ${name}`, '', `${state}, ${images}`, null),
    ).concat(rest('pods that are gone', gone.length, false)),
    ...same.slice(0, MAX_LISTED),
    ...rest('changes of pods', same.length, true),
  ];
}

function events(
  a: Map<string, EventState> | undefined,
  b: Map<string, EventState> | undefined,
  since: string,
): Change[] {
  if (a === undefined || b === undefined) return [];
  const grouped = new Map<string, { event: EventState; times: number; objects: Set<string> }>();
  for (const [uid, event] of b) {
    const known = a.get(uid);
    const times = event.count - (known?.count ?? 0);
    // Events that the other side did not list may only have been forgotten by it: the time decides.
    const isNew = known === undefined ? event.at >= since.slice(0, 19) : times > 0;
    if (!isNew) continue;
    const kind = event.object.split(' ')[0] ?? '';
    const key = `${event.type} ${event.reason} ${kind}`;
    const group = grouped.get(key) ?? { event, times: 0, objects: new Set() };
    group.times += Math.max(1, times);
    group.objects.add(event.object);
    if (event.at >= group.event.at) group.event = event;
    grouped.set(key, group);
  }
  const sorted = [...grouped.values()].sort(
    (x, y) =>
      Number(y.event.type === 'Warning') - Number(x.event.type === 'Warning') ||
      (x.event.at < y.event.at ? -1 : 1),
  );
  return few(sorted, ({ event, times, objects: about }) => {
    const object = about.size === 1 ? event.object : `${about.size} ${event.object.split(' ')[0] ?? ''}s`;
    return change('events', object, event.reason, null, `${times} ×, ${event.message}`);
  }).concat(rest('kinds of events', sorted.length, true));
}

function few<T>(items: readonly T[], make: (item: T) => Change): Change[] {
  return items.slice(0, MAX_LISTED).map(make);
}

/** What was not listed, as one change. */
function rest(what: string, all: number, isNow: boolean): Change[] {
  const more = all - MAX_LISTED;
  if (more <= 0) return [];
  const text = `${more} more ${what}`;
  return [
    change(what.includes('event') ? 'events' : 'pods', '', '', isNow ? null : text, isNow ? text : null),
  ];
}

function change(
  area: Area,
  object: string,
  field: string,
  before: string | null,
  after: string | null,
): Change {
  return { area, object, field, before, after, contract: null };
}

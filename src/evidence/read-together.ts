/**
 * Which Secrets may be read by one list: those that a label selector finds without any other, so that no value is read
 * that was not asked for. What each is labelled is known from the list of their metadata.
 */
import type { ObjectIdentity } from '../contract/found-objects.js';
import type { Discovery } from './discovery.js';

/** The label whose value is the Helm release's name. */
export const INSTANCE = 'app.kubernetes.io/instance';

/** Objects of one list: they are to be used before the list is too old. */
const MOST = 20;

/** A label's value as a selector may have it. */
const VALUE = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

export interface Together {
  /** Path of the list in the API. */
  list: string;
  labelSelector: string;
  /** Names of the objects. */
  names: string[];
}

/** The Secrets of these names. */
export function secretsTogether(
  namespace: string,
  names: Iterable<string>,
  all: readonly ObjectIdentity[],
): Together[] {
  const wanted = new Set(names);
  const instanceOf = ({ labels }: ObjectIdentity) => labels[INSTANCE] ?? '';
  const others = new Set(all.filter(({ name }) => !wanted.has(name)).map(instanceOf));
  const found = all.filter((each) => wanted.has(each.name) && !others.has(instanceOf(each)));
  return together(
    namespace,
    found.map((each) => ({ name: each.name, value: instanceOf(each) })),
    (values) => `${INSTANCE} in (${values})`,
  );
}

/** The Secrets that hold the newest revision of each of these releases. */
export function revisionsTogether(
  namespace: string,
  releases: ReadonlySet<string>,
  { stored }: Pick<Discovery, 'stored'>,
): Together[] {
  const newest = new Map<string, Discovery['stored'][number]>();
  for (const each of stored) {
    if (!releases.has(each.release) || each.namespace !== namespace) continue;
    if ((newest.get(each.release)?.revision ?? -1) < each.revision) newest.set(each.release, each);
  }
  const found = [...newest.values()].filter(
    ({ driver, status }) => driver === 'secrets' && status !== 'superseded',
  );
  return together(
    namespace,
    found.map(({ object, release }) => ({ name: object, value: release })),
    // What was replaced by a newer revision nobody asks for.
    (values) => `owner=helm,name in (${values}),status!=superseded`,
  );
}

function together(
  namespace: string,
  objects: readonly { name: string; value: string }[],
  selector: (values: string) => string,
): Together[] {
  const fit = objects.filter(({ value }) => VALUE.test(value));
  const parts = Array.from({ length: Math.ceil(fit.length / MOST) }, (_, index) =>
    fit.slice(index * MOST, (index + 1) * MOST),
  );
  return parts
    .filter(({ length }) => length > 1)
    .map((part) => ({
      list: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`,
      labelSelector: selector([...new Set(part.map(({ value }) => value))].join(',')),
      names: part.map(({ name }) => name),
    }));
}

/** How facts read objects of the API: each through its shape. What was odd in what is kept is told with the fact. */
import type { Oddity } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError, type KubernetesClient, type ListOptions } from '../kubernetes/client.js';
import { sanitizeLine } from '../sanitize.js';
import { Common } from './common.js';
import { isObject, Oddities, type Shape } from './shape.js';

type Reader = Pick<FactContext, 'client' | 'signal' | 'odd'>;

/** What was odd in each item of a list, until it is known which of them the fact keeps. */
const oddItems = new WeakMap<object, readonly Oddity[]>();

/**
 * One object. What is odd in it stands at its place in the fact, if the fact is the object itself.
 * @param part the fact is made from the object: an odd field may be anywhere in it
 * @returns undefined when it is not there
 * @throws KubernetesError also for one that is odd as a whole: it is there, and cannot be understood
 */
export async function getObject<T extends object>(
  context: Reader,
  path: string,
  shape: Shape<T>,
  part: 'itself' | 'a part' = 'itself',
): Promise<T | undefined> {
  const object = await objectAt(context, path, shape);
  if (object !== undefined && part === 'itself') itself(context, object);
  else if (object !== undefined) keptIn(context, [object]);
  return object;
}

/** As `getObject`, for an object that several facts share: each of them tells what is odd in it. */
export async function objectAt<T extends object>(
  { client, signal }: Pick<Reader, 'client' | 'signal'>,
  path: string,
  shape: Shape<T>,
): Promise<T | undefined> {
  const object = await client.get(path, signal);
  if (object === undefined) return undefined;
  const { value, oddities } = understand(object, shape);
  if (value === undefined) throw notUnderstood(path, oddities);
  if (oddities.length > 0) oddItems.set(value, oddities);
  return value;
}

/** Tells what was odd in the object that the fact is. */
export function itself({ odd }: Pick<FactContext, 'odd'>, object: object): void {
  odd(oddItems.get(object) ?? []);
}

/** What was odd in one object is odd in another that was made from it. */
export function madeFrom<T extends object>(made: T, object: object): T {
  const oddities = oddItems.get(object);
  if (oddities) oddItems.set(made, oddities);
  return made;
}

/**
 * The items of a list, without those that are odd as a whole: of these it is told that they are missing. What is odd in
 * the others is told by `kept`, or `keptIn`, when it is known which of them the fact is about.
 * @throws KubernetesError
 */
export async function listObjects<T extends object>(
  { client, signal, odd }: Reader,
  path: string,
  shape: Shape<T>,
  options: Omit<ListOptions<T>, 'pick' | 'shape'> = {},
): Promise<T[]> {
  return listFrom(client, path, shape, signal, odd, options);
}

/** As `listObjects`, for who reads no fact. */
export async function listFrom<T extends object>(
  client: KubernetesClient,
  path: string,
  shape: Shape<T>,
  signal: AbortSignal,
  odd: (oddities: readonly Oddity[]) => void,
  options: Omit<ListOptions<T>, 'pick' | 'shape'> = {},
): Promise<T[]> {
  return client.list<T>(path, signal, { ...options, shape, pick: pickThrough(shape, odd) });
}

/** Keeps of each item of one list what its shape makes of it. @param odd is told of those that are odd as a whole */
export function pickThrough<T extends object>(
  shape: Shape<T>,
  odd: (oddities: readonly Oddity[]) => void,
): (item: unknown) => T | undefined {
  const common = new Common();
  return (item) => {
    const { value, oddities } = understand(item, shape, common);
    if (value === undefined) odd(everywhere(oddities));
    else if (oddities.length > 0) oddItems.set(value, oddities);
    return value;
  };
}

/**
 * Tells what was odd in the items that make up the fact, in this order.
 * @param others those that were left out: one of which it is odd whose it is may belong to the fact all the same
 */
export function kept(
  { odd }: Pick<FactContext, 'odd'>,
  items: readonly object[],
  others: readonly object[] = [],
): void {
  for (const [index, item] of items.entries()) {
    const oddities = oddItems.get(item);
    if (oddities) odd(oddities.map(({ place, says }) => ({ place: [index, ...place], says })));
  }
  for (const item of others) {
    const ofWhom = (oddItems.get(item) ?? []).filter(({ place: [first] }) => first === 'metadata');
    if (ofWhom.length > 0) odd(everywhere(ofWhom));
  }
}

/**
 * As `kept`, for a fact that is made from the items: an odd field may be anywhere in it.
 * @param within only what is odd below these fields is of concern
 */
export function keptIn(
  { odd }: Pick<FactContext, 'odd'>,
  items: readonly object[],
  within: readonly string[] = [],
): void {
  for (const item of items) {
    const oddities = oddItems.get(item) ?? [];
    odd(everywhere(oddities.filter(({ place }) => within.every((step, index) => place[index] === step))));
  }
}

/** What a review of the API answers. */
export async function reviewed<T extends object>(
  { client, signal, odd }: Reader,
  path: string,
  body: object,
  shape: Shape<T>,
): Promise<T> {
  const { value, oddities } = understand(await client.review(path, body, signal), shape);
  if (value === undefined) throw notUnderstood(path, oddities);
  odd(everywhere(oddities));
  return value;
}

/**
 * Through its shape, with its kind and name in what is said of it.
 * @param common of the objects that are read beside it
 */
export function understand<T>(
  object: unknown,
  shape: Shape<T>,
  common?: Common,
): { value: T | undefined; oddities: Oddity[] } {
  const found = new Oddities(common);
  const value = shape.read(object, found);
  if (found.list.length === 0) return { value, oddities: [] };
  const label = labelOf(object);
  const oddities = found
    .told()
    .map(({ place, says }) => ({ place, says: sanitizeLine(`${label}${says}`).slice(0, 300) }));
  return { value, oddities };
}

export function everywhere(oddities: readonly Oddity[]): Oddity[] {
  return oddities.map(({ says }) => ({ place: [], says }));
}

function notUnderstood(path: string, [first]: readonly Oddity[]): KubernetesError {
  return new KubernetesError('failed', `${path}: ${first?.says ?? 'the answer is not an object'}`);
}

/** Names are told only as far as they are such. */
function labelOf(object: unknown): string {
  const metadata = isObject(object) ? object.metadata : undefined;
  const found = isObject(metadata) ? metadata.name : undefined;
  return typeof found === 'string' && found !== '' ? `${found.slice(0, 100)}: ` : '';
}

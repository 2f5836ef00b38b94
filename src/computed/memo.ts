/**
 * What `compute` makes of a value, made once for each: facts are frozen and asked about many times, once for each pod
 * by each check and hop. Nothing is kept longer than the value itself.
 * @param compute pure
 */
export function memoised<A extends object, R>(compute: (value: A) => R): (value: A) => R {
  const known = new WeakMap<A, { result: R }>();
  return (value) => {
    const before = known.get(value);
    if (before) return before.result;
    const result = compute(value);
    known.set(value, { result });
    return result;
  };
}

/** The same of a value and what it is looked at with, such as a step's `look`. */
export function memoisedBy<A extends object, B extends object, R>(
  compute: (value: A, by: B) => R,
): (value: A, by: B) => R {
  const ofEach = memoised((by: B) => memoised((value: A) => compute(value, by)));
  return (value, by) => ofEach(by)(value);
}

/** The items of a list by their key, in the list's order; those whose key is undefined are left out. */
export function grouped<T, K>(list: Iterable<T>, keyOf: (item: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/**
 * What is made of thousands of pods is made synchronously, and takes seconds: it goes in slices, between which signals,
 * timers and answers are heard.
 */

/** Milliseconds for which nothing else is heard, unless one check or hop takes longer. */
const SLICE_MS = 40;

let heardAt = performance.now();
let queue: Promise<void> = Promise.resolve();

/**
 * Resolves at once, or where the slice is used up after a turn of the event loop. Those who wait go on one by one: each
 * may use up the slice again.
 */
export function nextSlice(): Promise<void> {
  queue = queue.then(turnWhenDue);
  return queue;
}

/** Whether the slice is used up: who has many short steps need not wait for each of them. */
export function isSliceUsedUp(): boolean {
  return performance.now() - heardAt >= SLICE_MS;
}

async function turnWhenDue(): Promise<void> {
  if (!isSliceUsedUp()) return;
  await new Promise<void>((resolve) => void setImmediate(resolve));
  heardAt = performance.now();
}

/** Takes the steps of a synchronous computation to their end, slice by slice. */
export async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    await nextSlice();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `items.map(work)`, slice by slice. */
export async function mapInSlices<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => R,
): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    if (isSliceUsedUp()) await nextSlice();
    results.push(work(item, index));
  }
  return results;
}

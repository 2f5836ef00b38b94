/**
 * What many objects have in common, kept once: pods of one template differ in little else than their names and times, and
 * thousands of copies of that template would be most of what is held in memory.
 */

/** Values, and texts, that are remembered: what is different in every object must not fill the memory. */
const MAX_KNOWN = 2000;

/** Longer texts are seldom the same. */
const MAX_TEXT = 128;

export class Common {
  #values = new Map<string, object>();
  #texts = new Map<string, string>();

  /** The value, or one that says the same and came before it: nobody may change either. */
  value<T extends object>(value: T): T {
    return known(this.#values, JSON.stringify(value), value) as T;
  }

  text(text: string): string {
    return text.length > MAX_TEXT ? text : known(this.#texts, text, text);
  }
}

function known<V>(all: Map<string, V>, key: string, value: V): V {
  const before = all.get(key);
  if (before !== undefined) return before;
  // What is common comes again soon.
  if (all.size >= MAX_KNOWN) all.clear();
  all.set(key, value);
  return value;
}

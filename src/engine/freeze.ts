/** Freezes a value and all that it holds, so that no check can change what the next one sees. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    // Evidence is plain objects and arrays; a list of values for each of thousands of log lines would cost as much again.
    for (const key in value) deepFreeze(value[key]);
  }
  return value;
}

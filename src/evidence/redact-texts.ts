/** Which strings of a document are free text, in which a secret may stand, and which are names, ids and words. */

const list = (words: string) => new Set(words.split(' '));

/** Fields whose values are words of this program or of the API, ids, or times. */
const WORDS = list(
  'id ids suite status severity kind type reason phase at messageId command schemaVersion contractSection blockedBy ' +
    'explains unexplained topic cause outcome why via verb resource apiVersion operation manager startedAt finishedAt ' +
    'judgedAt createdAt creationTimestamp deletionTimestamp firstTimestamp lastTimestamp lastTransitionTime ' +
    'lastUpdateTime eventTime imagePullPolicy restartPolicy protocol qosClass fieldPath hidden field path key keys',
);

/** Fields whose values are names of objects or addresses. */
const NAMES = list(
  'name names namespace uid release container containerName pod pods node nodeName owner containerID imageID image ' +
    'serviceAccountName secretName podIP hostIP clusterIP context',
);

const WORD = /^[\w./:[\]-]*$/;
/** As Kubernetes has them, and references of images. */
const NAME = /^[a-z0-9](?:[-a-z0-9._/:@]*[a-z0-9])?$/;

/** Depth beyond which nothing of this program is nested. */
const MAX_DEPTH = 64;

/**
 * Every free text in a JSON-like value, changed. Keys stay, and so do names, ids and words.
 * @returns the value itself, or parts of it, where there is nothing to change: a bundle has thousands of pods
 */
export function redactTexts<T>(value: T, redact: (text: string) => string): T {
  return change(value, redact, undefined, 0) as T;
}

/** @param form of a string that stays */
function change(
  value: unknown,
  redact: (text: string) => string,
  form: RegExp | undefined,
  depth: number,
): unknown {
  if (typeof value === 'string') return form?.test(value) === true ? value : redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '(nested too deeply)';
  if (Array.isArray(value)) {
    const items = value as unknown[];
    const clean = items.map((item) => change(item, redact, form, depth + 1));
    return clean.every((item, index) => item === items[index]) ? value : clean;
  }
  let clean: [string, unknown][] | undefined;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    const other = change(item, redact, formOf(key), depth + 1);
    if (other !== item) (clean ??= []).push([key, other]);
  }
  // fromEntries defines own properties, so a key `__proto__` stays a key.
  return clean ? Object.fromEntries([...Object.entries(value), ...clean]) : value;
}

function formOf(key: string): RegExp | undefined {
  if (WORDS.has(key)) return WORD;
  return NAMES.has(key) ? NAME : undefined;
}

/** An object as its fields by path, so that two objects can be compared field by field. */

/** Longer values are cut: a diff is read, not parsed. */
const MAX_VALUE = 200;
const MAX_DEPTH = 16;

/** By what the items of the API's lists are told apart, whatever their order. */
const KEYS = ['name', 'containerPort', 'port', 'key', 'type', 'ip'];

export type Fields = Map<string, string>;

/** @param skip says which paths are of no interest, with all below them */
export function fieldsOf(
  value: unknown,
  skip: (path: string) => boolean = () => false,
  path = '',
  into: Fields = new Map(),
  depth = 0,
): Fields {
  if (value === undefined || value === null || skip(path)) return into;
  if (depth >= MAX_DEPTH) {
    into.set(path, '(nested too deeply)');
    return into;
  }
  if (typeof value !== 'object') {
    into.set(path, shown(value));
    return into;
  }
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    if (isPlain) into.set(path, value.length === 0 ? '[]' : shown(value.join(', ')));
    else
      for (const [index, item] of value.entries())
        fieldsOf(item, skip, `${path}[${keyOf(item, index)}]`, into, depth + 1);
    return into;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && path !== '') into.set(path, '{}');
  for (const [key, child] of entries) {
    const name = /^[\w-]+$/.test(key) ? `${path === '' ? '' : '.'}${key}` : `[${key}]`;
    fieldsOf(child, skip, `${path}${name}`, into, depth + 1);
  }
  return into;
}

export interface FieldChange {
  field: string;
  before: string | null;
  after: string | null;
}

/** Fields that differ, in the order of the newer object, those that went last. */
export function compareFields(a: Fields, b: Fields): FieldChange[] {
  return compareAll(a, b).filter(
    ({ field, before }) => !isFilled(field, before === null ? b : a, before === null ? a : b),
  );
}

/** An empty object that has fields on the other side: those say it. */
function isFilled(field: string, own: Fields, other: Fields): boolean {
  if (own.get(field) !== '{}') return false;
  return [...other.keys()].some((key) => key.startsWith(`${field}.`) || key.startsWith(`${field}[`));
}

function compareAll(a: Fields, b: Fields): FieldChange[] {
  const changed = [...b].flatMap(([field, after]) => {
    const before = a.get(field) ?? null;
    return before === after ? [] : [{ field, before, after }];
  });
  const gone = [...a].flatMap(([field, before]) => (b.has(field) ? [] : [{ field, before, after: null }]));
  return [...changed, ...gone];
}

function keyOf(item: unknown, index: number): string {
  const record = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
  const key = KEYS.find((name) => typeof record[name] === 'string' || typeof record[name] === 'number');
  return key === undefined ? String(index) : String(record[key]);
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line;
}

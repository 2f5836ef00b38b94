/** Paths into the contract: `['backend', 'service', 'port']`, written `backend.service.port`. */
import type { Assignment } from './overlay.js';
import { setMark } from './open.js';
import { DEFAULT_CONTRACT, type Accepted, type Contract } from './contract.js';

export type Path = readonly string[];

/** A value of the contract that is set as a whole; lists are not merged. */
export type Leaf = number | boolean | string | readonly string[] | readonly Accepted[];

/** Helm's way of writing a path: a dot inside a key is escaped. */
export function formatPath(path: Path): string {
  return path.map((key) => key.replaceAll('.', '\\.')).join('.');
}

/** Every value of a contract with its path, in the contract's order. */
export function leaves(contract: Contract): { path: Path; value: Leaf }[] {
  return collect(contract, []);
}

function collect(value: unknown, path: Path): { path: Path; value: Leaf }[] {
  if (!isMapping(value)) return [{ path, value: value as Leaf }];
  return Object.entries(value).flatMap(([key, child]) => collect(child, [...path, key]));
}

/** The value at a path; undefined where there is none. */
function valueAt(contract: Contract, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    contract,
  );
}

/**
 * Sets the value at a path, in place. `undefined` takes a value back: to the contract's default, or away
 * where the contract has none. The path's mappings must exist, as those of the contract always do.
 */
export function assign(contract: Contract, path: Path, value: Leaf | undefined): void {
  const parent = valueAt(contract, path.slice(0, -1));
  const key = path.at(-1);
  if (!isMapping(parent) || key === undefined) throw new Error(`no mapping at ${formatPath(path)}`);
  const wanted = value ?? structuredClone(valueAt(DEFAULT_CONTRACT, path));
  if (wanted === undefined) Reflect.deleteProperty(parent, key);
  else parent[key] = wanted;
}

/** Makes an assignment, with what it says of marks. */
export function apply(
  contract: Contract,
  { path, value, mark }: Pick<Assignment, 'path' | 'value' | 'mark'>,
): void {
  if (mark === 'absent' && path[1] === 'env' && path.length === 3)
    Reflect.deleteProperty(contract.backend.env, path[2] ?? '');
  else assign(contract, path, value);
  if (path[0] !== 'any' && path[0] !== 'absent') setMark(contract, formatPath(path), mark);
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((key, index) => path[index] === key);
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

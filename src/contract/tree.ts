/**
 * A document whose every value knows where it was written. YAML files, Helm releases and --set all become
 * this, so that they are read by one reader (`overlay.ts`).
 */
import type { Place } from './errors.js';

export type Scalar = string | number | boolean | null;

export interface ScalarTree {
  kind: 'scalar';
  value: Scalar;
  /** As it was written: `1.10` where the value is 1.1. */
  text: string;
  place: Place;
}

export interface Entry {
  key: string;
  /** Of the key, not of the value. */
  place: Place;
  value: Tree;
}

export interface MapTree {
  kind: 'map';
  /** Each key once. */
  entries: Entry[];
  place: Place;
}

interface ListTree {
  kind: 'list';
  items: Tree[];
  place: Place;
}

export type Tree = ScalarTree | MapTree | ListTree;

/** Keys that JavaScript gives a meaning of its own: refused in every document. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function scalar(value: Scalar, place: Place, text = String(value)): ScalarTree {
  return { kind: 'scalar', value, text, place };
}

/** Nothing of the contract lies deeper; what a document holds below that is not looked at. */
const MAX_JSON_DEPTH = 8;

/** The tree of a value that JSON.parse gave; all of it has the same place. */
export function fromJson(value: unknown, place: Place, depth = 0): Tree {
  if (Array.isArray(value)) {
    const items = depth < MAX_JSON_DEPTH ? value.map((item) => fromJson(item, place, depth + 1)) : [];
    return { kind: 'list', items, place };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = depth < MAX_JSON_DEPTH ? Object.entries(value) : [];
    return {
      kind: 'map',
      entries: entries.map(([key, item]) => ({ key, place, value: fromJson(item, place, depth + 1) })),
      place,
    };
  }
  return scalar(
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null,
    place,
  );
}

/** What a tree is, as plain data, for saying what was found. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  return tree.kind === 'list' ? [] : {};
}

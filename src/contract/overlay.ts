/**
 * Reads one document (contract file, Helm values, release, --set) as assignments to the contract's values.
 * Secret values are dropped here: nothing after this function has seen one.
 */
import { describeValue, formatProblem, type Place, type Problem } from './errors.js';
import { nearest } from './nearest.js';
import type { Accepted } from './contract.js';
import { mayBe, type Mark } from './open.js';
import { formatPath, type Leaf, type Path } from './paths.js';
import {
  CONTRACT_SHAPE,
  RELEASE_SHAPE,
  SET_SHAPE,
  VALUES_SHAPE,
  type LeafShape,
  type MapShape,
  type Shape,
} from './shape.js';
import { FORBIDDEN_KEYS, plain, type ScalarTree, type Tree } from './tree.js';

export interface Assignment {
  /** Path in the contract. */
  path: Path;
  /** The path as it was written, such as `backend.strategy.rollingUpdate.maxSurge`. */
  key: string;
  /** undefined: a null in Helm's grammar takes the value back to the contract's default. */
  value: Leaf | undefined;
  /** The value was written as `any` or `absent`. */
  mark?: Mark;
  place: Place;
}

export interface Overlay {
  /** Later ones win. */
  assignments: Assignment[];
  problems: Problem[];
}

interface Policy {
  shape: MapShape;
  /** Keys that are not the contract's: a chart's values hold many. A near miss is a problem all the same. */
  foreignKeys: 'reject' | 'ignore';
  /** Helm deletes a key that is set to null. */
  nulls: 'reject' | 'reset';
  /** Secret values: a chart's values hold them rightly; a contract never. */
  secrets: 'reject' | 'drop';
  /** `any` and `absent` in the place of a value. */
  marks: boolean;
}

const POLICIES = {
  contract: { shape: CONTRACT_SHAPE, foreignKeys: 'reject', nulls: 'reject', secrets: 'reject', marks: true },
  set: { shape: SET_SHAPE, foreignKeys: 'reject', nulls: 'reset', secrets: 'reject', marks: true },
  values: { shape: VALUES_SHAPE, foreignKeys: 'ignore', nulls: 'reset', secrets: 'drop', marks: false },
  release: { shape: RELEASE_SHAPE, foreignKeys: 'ignore', nulls: 'reset', secrets: 'drop', marks: false },
} satisfies Record<string, Policy>;

export type OverlayKind = keyof typeof POLICIES;

/** What a document says about the contract. Values are typed by `validate.ts`, structure here. */
export function readOverlay(tree: Tree, kind: OverlayKind): Overlay {
  const reader = new OverlayReader(POLICIES[kind]);
  reader.read(tree);
  // A list of marks is the last word on them: values that stand beside it take none back.
  const isMarks = ({ path }: Assignment) => path[0] === 'any' || path[0] === 'absent';
  const assignments = [
    ...reader.weak,
    ...reader.assignments.filter((each) => !isMarks(each)),
    ...reader.assignments.filter(isMarks),
  ];
  return { assignments, problems: reader.problems };
}

class OverlayReader {
  readonly weak: Assignment[] = [];
  readonly assignments: Assignment[] = [];
  readonly problems: Problem[] = [];

  constructor(private readonly policy: Policy) {}

  read(tree: Tree): void {
    this.visit(tree, this.policy.shape, [], tree.place);
  }

  private visit(tree: Tree, shape: Shape, written: Path, keyPlace: Place): void {
    if (shape.kind === 'secrets') {
      this.secrets(written, keyPlace);
      return;
    }
    const isNull = tree.kind === 'scalar' && tree.value === null;
    if (isNull && this.policy.nulls === 'reset') {
      this.reset(shape, written, keyPlace);
      return;
    }
    if (tree.kind === 'scalar' && (tree.value === 'any' || tree.value === 'absent')) {
      const { path } = shape;
      if (this.policy.marks && path !== undefined && mayBe(tree.value, path.join('.'))) {
        const place = valuePlace(tree, keyPlace);
        this.assignments.push({ path, key: formatPath(written), value: undefined, mark: tree.value, place });
        return;
      }
    }
    if (shape.kind === 'accepted') {
      this.accepted(tree, shape.path, written, keyPlace);
      return;
    }
    if (shape.kind === 'map') {
      this.mapping(tree, shape, written);
      return;
    }
    if (shape.kind === 'record') {
      this.record(tree, shape.path, written);
      return;
    }
    this.leaf(tree, shape, written, keyPlace);
  }

  private mapping(tree: Tree, shape: MapShape, written: Path): void {
    const known = [...shape.keys]
      .filter(([, child]) => child.kind !== 'secrets' || this.policy.secrets === 'drop')
      .map(([key]) => key);
    if (tree.kind !== 'map') {
      const expected = `expected a mapping with the keys ${known.join(', ')}`;
      // A whole file that is none is another file, perhaps with nothing but a password in it: it is not quoted.
      if (written.length === 0 && tree.kind === 'scalar')
        this.problem(tree.place, written, `${expected}; this is another kind of file`);
      else this.wrong(tree, written, expected);
      return;
    }
    for (const entry of tree.entries) {
      const path = [...written, entry.key];
      const child = shape.keys.get(entry.key);
      if (child !== undefined) this.visit(entry.value, child, path, entry.place);
      else this.foreign(entry.key, known, path, entry.place);
    }
  }

  private foreign(key: string, known: readonly string[], written: Path, place: Place): void {
    if (FORBIDDEN_KEYS.has(key)) {
      this.problem(place, written, 'is not allowed as a key');
      return;
    }
    const meant = nearest(key, known);
    if (meant !== undefined) {
      this.problem(
        place,
        written,
        `unknown key; did you mean ${formatPath([...written.slice(0, -1), meant])}?`,
        { isUnknown: true },
      );
      return;
    }
    if (this.policy.foreignKeys === 'reject') {
      this.problem(place, written, `unknown key; expected one of ${known.join(', ')}`, { isUnknown: true });
    }
  }

  private record(tree: Tree, path: Path, written: Path): void {
    if (tree.kind !== 'map') {
      this.wrong(tree, written, 'expected a mapping of names to texts');
      return;
    }
    for (const { key, place, value } of tree.entries) {
      const at = [...written, key];
      if (FORBIDDEN_KEYS.has(key)) this.problem(place, at, 'is not allowed as a key');
      else if (path.at(-1) === 'env' && isCredential(key, value)) this.secrets(at, place);
      else this.visit(value, { kind: 'leaf', path: [...path, key], like: '' }, at, place);
    }
  }

  private leaf(tree: Tree, shape: LeafShape, written: Path, place: Place): void {
    const { path, like } = shape;
    const key = formatPath(written);
    const add = (value: Leaf): void => {
      (shape.weak === true ? this.weak : this.assignments).push({
        path,
        key,
        value,
        place: valuePlace(tree, place),
      });
    };
    if (Array.isArray(like)) {
      if (tree.kind !== 'list') {
        this.wrong(tree, written, 'expected a list of texts');
        return;
      }
      const items = tree.items.filter(
        (item) => item.kind === 'scalar' && item.value !== null,
      ) as ScalarTree[];
      const other = tree.items.find((item) => item.kind !== 'scalar' || item.value === null);
      if (other !== undefined) {
        this.wrong(other, written, 'expected a list of texts');
        return;
      }
      add(items.map((item) => String(coerce(item, ''))));
      return;
    }
    if (tree.kind !== 'scalar' || tree.value === null) {
      this.wrong(tree, written, `expected ${article(like)}`);
      return;
    }
    const value = coerce(tree, like as string | number | boolean);
    if (shape.ignoreText === true && typeof value === 'string') return;
    add(value);
  }

  private accepted(tree: Tree, path: Path, written: Path, keyPlace: Place): void {
    const what = 'expected a list of mappings with check and reason';
    // A list of which every line is a comment.
    if (tree.kind === 'scalar' && tree.value === null) return;
    if (tree.kind !== 'list') {
      this.wrong(tree, written, what);
      return;
    }
    const entries: Accepted[] = [];
    for (const item of tree.items) {
      if (item.kind !== 'map') this.wrong(item, written, what);
      // The schema says which keys there are, and what they hold.
      else entries.push(Object.fromEntries(item.entries.map(textOf)) as unknown as Accepted);
    }
    const place = valuePlace(tree, keyPlace);
    this.assignments.push({ path, key: formatPath(written), value: entries, place });
  }

  private reset(shape: Exclude<Shape, { kind: 'secrets' }>, written: Path, place: Place): void {
    if (shape.path !== undefined && shape.path.length > 0) {
      this.assignments.push({ path: shape.path, key: formatPath(written), value: undefined, place });
    }
  }

  private secrets(written: Path, place: Place): void {
    if (this.policy.secrets === 'drop') return;
    const advice =
      'secret values are never part of the contract; they are read from the Secret in the cluster: leave this out';
    this.problem(place, written, advice);
  }

  private wrong(tree: Tree, written: Path, expectation: string): void {
    this.problem(tree.place, written, `${expectation}, found ${describeValue(plain(tree))}`);
  }

  private problem(place: Place, written: Path, message: string, more: Pick<Problem, 'isUnknown'> = {}): void {
    this.problems.push({ place, key: formatPath(written), message, ...more });
  }
}

/** A day is text, whatever YAML takes it for. */
function textOf({ key, value }: { key: string; value: Tree }): [string, unknown] {
  return [key, value.kind === 'scalar' && value.value !== null ? value.text : plain(value)];
}

/** Values are named by where they stand; what has no position of its own stands with its key. */
function valuePlace(tree: Tree, keyPlace: Place): Place {
  return tree.place.line === undefined ? keyPlace : tree.place;
}

/**
 * A scalar as the field's type. Templates render values as text, so `"8000"` and 8000 say the same, and a tag
 * 1.10 is meant as it is written. What does not fit stays as it is, for the schema to judge.
 */
function coerce({ value, text }: ScalarTree, like: string | number | boolean): string | number | boolean {
  if (typeof like === 'string') return typeof value === 'string' ? value : text;
  if (typeof value !== 'string') return value ?? '';
  if (typeof like === 'number') return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
  return value === 'true' ? true : value === 'false' ? false : value;
}

function article(like: Leaf): string {
  if (typeof like === 'number') return 'a number';
  return typeof like === 'boolean' ? 'true or false' : 'a text';
}

/** Credentials that somebody put into the plain environment are secrets too. */
function isCredential(key: string, tree: Tree): boolean {
  if (/PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|_KEY$|DATABASE_URL|_DSN$/i.test(key))
    return true;
  return tree.kind === 'scalar' && typeof tree.value === 'string' && /:\/\/[^/\s]*@/.test(tree.value);
}

/** For a source whose faults do not stop the run: what was not taken over, in a sentence. */
export function overlayNotices({ problems }: Overlay): string[] {
  return problems.map((problem) => `${formatProblem(problem)}; the contract’s value is used instead`);
}

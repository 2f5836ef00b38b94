/**
 * YAML text to a tree with positions. The text may be hostile: size is bounded by the caller, nesting before
 * anything recursive sees it, aliases while they are expanded. Error texts of the parser are not passed on,
 * because they quote the line, and a values file holds secrets.
 */
import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type Alias,
  type CST,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import { ContractError, type Place, type Problem } from './errors.js';
import { explainYaml } from './yaml-words.js';
import { FORBIDDEN_KEYS, scalar, type Entry, type MapTree, type Scalar, type Tree } from './tree.js';

/** Deeper than any chart's values; the parser recurses, and its stack is not ours to spend. */
const MAX_DEPTH = 64;
/** Values once all aliases are expanded: stops an alias bomb. */
const MAX_NODES = 100_000;

/**
 * Parses one YAML document.
 * @param source the file's path as the user gave it
 * @throws ContractError with line and column
 */
export function parseYaml(text: string, source: string): Tree {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { source, line, column: col };
  };
  const tokens = tokenise(text, lines, place);

  // Duplicate keys are found below: the parser's own search is quadratic.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const documents = [...composer.compose(tokens)];
  const [document, second] = documents;
  const error = documents.flatMap((each) => each.errors)[0];
  if (error !== undefined) fail(place(error.pos[0]), `is not valid YAML: ${explainYaml(error.code)}`);
  if (second !== undefined)
    fail(place(second.range[0]), 'a second YAML document begins here; expected only one');
  const contents = document?.contents ?? null;
  if (document === undefined || contents === null || (isScalar(contents) && contents.source === '')) {
    return fail({ source }, 'is empty; expected a mapping with the key backend');
  }
  return new TreeBuilder(document, place).build(contents);
}

function fail(place: Place, message: string): never {
  throw new ContractError([{ place, key: '', message }]);
}

/** The document's syntax; given up as soon as it nests too deep, before anything recursive or slow meets it. */
function tokenise(text: string, lines: LineCounter, place: (offset: number) => Place): CST.Token[] {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The stack holds the document and the collections that are open.
    if (parser.stack.length > MAX_DEPTH + 1) {
      fail(place(parser.offset), `is nested more than ${MAX_DEPTH} levels deep`);
    }
  }
  return [...tokens, ...parser.end()];
}

class TreeBuilder {
  private readonly aliases: Map<Alias, Node | undefined>;
  private readonly problems: Problem[] = [];
  private nodes = 0;

  constructor(
    document: Document,
    private readonly place: (offset: number) => Place,
  ) {
    this.aliases = resolveAliases(document);
  }

  /** @throws ContractError */
  build(contents: ParsedNode | Node): Tree {
    const tree = this.tree(contents, 0);
    const [first, ...rest] = this.problems;
    if (first !== undefined) throw new ContractError([first, ...rest]);
    return tree;
  }

  private tree(node: unknown, depth: number): Tree {
    const place = this.placeOf(node);
    if (++this.nodes > MAX_NODES)
      fail(place, `holds more than ${MAX_NODES} values once its aliases are expanded`);
    if (depth > MAX_DEPTH)
      fail(place, `is nested more than ${MAX_DEPTH} levels deep once its aliases are expanded`);
    if (isAlias(node)) {
      const target = this.aliases.get(node);
      if (target === undefined) return fail(place, 'an alias stands here whose anchor is not before it');
      return this.tree(target, depth + 1);
    }
    if (isMap(node)) return this.map(node, place, depth);
    if (isSeq(node))
      return { kind: 'list', items: node.items.map((item) => this.tree(item, depth + 1)), place };
    if (isScalar(node))
      return scalar(toScalar(node.value), place, node.source ?? String(toScalar(node.value)));
    return scalar(null, place);
  }

  private map(node: YAMLMap, place: Place, depth: number): MapTree {
    const own = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of node.items) {
      const keyPlace = this.placeOf(pair.key);
      const key = keyOf(pair);
      if (key === undefined) {
        this.problems.push({ place: keyPlace, key: '', message: 'expected a plain text as key' });
        continue;
      }
      const value = this.tree(pair.value, depth + 1);
      if (key === '<<') merged.push(...mergedEntries(value));
      else if (FORBIDDEN_KEYS.has(key))
        this.problems.push({ place: keyPlace, key, message: 'is not allowed as a key' });
      else
        this.add(own, {
          key,
          place: keyPlace,
          value: value.place.line === undefined ? { ...value, place: keyPlace } : value,
        });
    }
    // A key of the mapping itself wins over a merged one, and an earlier merged one over a later.
    for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry);
    return { kind: 'map', entries: [...own.values()], place };
  }

  private add(own: Map<string, Entry>, entry: Entry): void {
    const first = own.get(entry.key);
    if (first === undefined) own.set(entry.key, entry);
    else {
      const message = `the key is given twice in the same mapping; first in line ${first.place.line ?? 0}`;
      this.problems.push({ place: entry.place, key: entry.key, message });
    }
  }

  private placeOf(node: unknown): Place {
    const range = isNode(node) ? node.range : undefined;
    return range ? this.place(range[0]) : { source: this.place(0).source };
  }
}

/** What each alias stands for: the last node before it, in the document's order, that has its anchor. */
function resolveAliases(document: Document): Map<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) aliases.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return aliases;
}

function keyOf({ key }: Pair): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** YAML 1.1's merge key, which charts use. */
function mergedEntries(value: Tree): Entry[] {
  if (value.kind === 'map') return value.entries;
  return value.kind === 'list' ? value.items.flatMap(mergedEntries) : [];
}

function toScalar(value: unknown): Scalar {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  // Only explicit tags give other types (`!!binary`), which nothing in a contract has.
  return null;
}

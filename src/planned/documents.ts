/**
 * YAML or JSON text to the objects in it, each with the lines on which its fields stand. As kubectl reads it: several
 * documents, Lists, YAML 1.1 (Kubernetes' own parser knows `yes` and merge keys), anchors within a document.
 */
import {
  isAlias,
  isCollection,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
  type ErrorCode,
  type TagId,
  type Tags,
  visit,
} from 'yaml';
import { isMapping } from '../contract/paths.js';
import { explainYaml } from '../contract/yaml-words.js';
import { ManifestError, placeText } from './manifest-error.js';

export interface WrittenObject {
  apiVersion: string;
  kind: string;
  /** As it was written, through the parser alone. */
  content: Record<string, unknown>;
  file: string;
  /** Where it begins, from 1. */
  line: number;
  /** Where the field stands, or the nearest one around it that is written; undefined where the file does not say. */
  lineOf: (path: readonly (string | number)[]) => number | undefined;
}

export interface Documents {
  objects: WrittenObject[];
  /** Documents that are no objects of Kubernetes, by the line on which each begins. */
  others: { line: number; says: string }[];
  /** Keys that a mapping has twice: the last one counts, for Kubernetes as well. */
  twice: { line: number; key: string }[];
}

/** How deep Lists may stand in Lists; kubectl unpacks them, too. */
const MAX_LISTS = 8;
/** Objects of one input; who has more gives a part of them. */
const MAX_OBJECTS = 20_000;

/**
 * @param file as the user gave it
 * @throws ManifestError for text that no parser understands
 */
export function readDocuments(text: string, file: string): Documents {
  const lines = new LineCounter();
  const found: Documents = { objects: [], others: [], twice: [] };
  for (const document of parsed(text, file, lines)) {
    const start = document.contents?.range[0] ?? document.range[0];
    const line = lines.linePos(start).line;
    found.twice.push(...judgeKeys(document, lines, text, file));
    const content = contentOf(document, file, line);
    // An empty document, or one of comments, says nothing: charts leave many of them.
    if (content === null || content === undefined) continue;
    collect({ content, document, lines, file, path: [], depth: 0 }, found);
    if (found.objects.length > MAX_OBJECTS)
      throw new ManifestError(`${file} holds more than ${MAX_OBJECTS} objects`);
  }
  return found;
}

function parsed(text: string, file: string, lines: LineCounter): Document.Parsed[] {
  let documents: Document.Parsed[];
  try {
    const all = parseAllDocuments(separated(text), {
      version: '1.1',
      customTags: kubernetesTags,
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    documents = 'empty' in all ? [] : all;
  } catch (error) {
    if (error instanceof RangeError) throw new ManifestError(`${file} is nested too deep to be read`);
    throw error;
  }
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const { line } = lines.linePos(error.pos[0]);
    throw new ManifestError(`${placeText(file, line)}: ${problem(text, line, error.code)}`);
  }
  return documents;
}

/** JSON objects in a row, as `jq '.items[]'` writes them, are documents to kubectl. Lines stay what they are. */
function separated(text: string): string {
  if (!/^\s*\{/.test(text)) return text;
  const parts: string[] = [];
  let depth = 0;
  let done = 0;
  // A string, a bracket, or what stands between two objects; nothing else decides where one ends.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|[{}]/g)) {
    if (token === '{' && depth === 0 && index > 0 && /\n\s*$/.test(text.slice(done, index).slice(-200))) {
      parts.push(text.slice(done, index), '--- ');
      done = index;
    }
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
  }
  return parts.join('') + text.slice(done);
}

/** What Go's parser does not know of YAML 1.1: times, and numbers to the base of 60 such as 12:30. */
function kubernetesTags(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === 'string') return !(['intTime', 'floatTime', 'timestamp'] as TagId[]).includes(tag);
    return tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME');
  });
}

const UNRENDERED =
  'a template of a chart stands here ({{ … }}) that was not rendered. Give the chart: --chart DIR';
const TEMPLATE = /\{\{[-\s]*[.$\w"(/]/;

/** The parser's own words quote the line, which may hold a secret. */
function problem(text: string, line: number, code: ErrorCode): string {
  return templateNear(text, line) ? UNRENDERED : `is not valid YAML: ${explainYaml(code)}`;
}

function templateNear(text: string, line: number): boolean {
  const around = text.split('\n').slice(Math.max(0, line - 2), line + 1);
  return around.some((each) => TEMPLATE.test(each));
}

function contentOf(document: Document.Parsed, file: string, line: number): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    // An alias without an anchor, one bomb of them, or a nesting that no object of Kubernetes has.
    // eslint-disable-next-line no-restricted-syntax -- the library tells its two errors of this type apart by words alone
    if (error instanceof ReferenceError && /excessive/i.test(error.message))
      throw new ManifestError(`${placeText(file, line)}: its aliases expand to more than any object holds`);
    if (error instanceof ReferenceError)
      throw new ManifestError(`${placeText(file, line)}: an alias stands here whose anchor is not before it`);
    if (error instanceof RangeError)
      throw new ManifestError(`${placeText(file, line)}: is nested too deep to be read`);
    throw error;
  }
}

interface Part {
  content: unknown;
  document: Document.Parsed;
  lines: LineCounter;
  file: string;
  /** Where in the document it stands. */
  path: (string | number)[];
  depth: number;
}

function collect(part: Part, found: Documents): void {
  const { content, document, lines, file, path, depth } = part;
  const line = lineIn(document, lines, path) ?? 1;
  const other = (says: string) => found.others.push({ line, says });
  if (!isMapping(content)) return void other('is not an object');
  const { apiVersion, kind } = content;
  if (typeof kind !== 'string' || kind === '') return void other('has no kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') return void other(`${kind} without apiVersion`);
  if (kind.endsWith('List') && Array.isArray(content.items)) {
    if (depth >= MAX_LISTS) return void other('Lists in Lists, deeper than kubectl writes them');
    for (const [index, item] of content.items.entries())
      collect({ ...part, content: item, path: [...path, 'items', index], depth: depth + 1 }, found);
    return;
  }
  found.objects.push({
    ...{ apiVersion, kind, content, file, line },
    lineOf: (field) => lineIn(document, lines, [...path, ...field]),
  });
}

/**
 * @returns keys that a mapping has twice
 * @throws ManifestError for one that is no text: `name: {{ .Values.name }}` is YAML, of mappings in mappings
 */
function judgeKeys(
  document: Document.Parsed,
  lines: LineCounter,
  text: string,
  file: string,
): Documents['twice'] {
  const twice: Documents['twice'] = [];
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (isCollection(key)) {
          const line = lines.linePos(key.range?.[0] ?? 0).line;
          const says = templateNear(text, line) ? UNRENDERED : 'a mapping’s key must be a text';
          throw new ManifestError(`${placeText(file, line)}: ${says}`);
        }
        if (!isScalar(key) || key.value === '<<') continue;
        if (seen.has(key.value) && key.range)
          twice.push({ line: lines.linePos(key.range[0]).line, key: String(key.value) });
        seen.add(key.value);
      }
    },
  });
  return twice;
}

/** The line of the deepest part of the path that is written; of a field, that of its key. */
function lineIn(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0];
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (!isCollection(node)) break;
    const next: unknown = node.get(step, true);
    if (next === undefined) break;
    const pair = node.items.find(
      (item) =>
        typeof item === 'object' &&
        item !== null &&
        'key' in item &&
        isNode(item.key) &&
        String((item.key as { value?: unknown }).value) === String(step),
    ) as { key: { range?: [number, number, number] } } | undefined;
    offset = pair?.key.range?.[0] ?? (isNode(next) ? next.range?.[0] : undefined) ?? offset;
    node = next;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

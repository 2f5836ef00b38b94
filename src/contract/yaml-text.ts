/** A contract as YAML that reads back as a contract file, with comments. */
import { Document, isMap, isScalar, type YAMLMap } from 'yaml';
import type { Contract } from './contract.js';
import { formatPath, type Path } from './paths.js';

export interface YamlComments {
  /** Lines at the top of the file. */
  header?: string;
  /** Lines above a key. */
  above?: (path: Path) => string | undefined;
  /** At the end of a value's line; for a list, above it. */
  beside?: (path: Path) => string | undefined;
}

export function contractYaml(contract: Contract, comments: YamlComments): string {
  const document = new Document(contract, { aliasDuplicateObjects: false });
  if (comments.header !== undefined) document.commentBefore = comment(comments.header);
  if (isMap(document.contents)) annotate(document.contents, [], comments);
  return document.toString({ lineWidth: 0 });
}

function annotate(map: YAMLMap, parent: Path, comments: YamlComments): void {
  map.items.forEach((pair, index) => {
    const { key, value } = pair;
    if (!isScalar(key)) return;
    const path = [...parent, String(key.value)];
    const above = comments.above?.(path);
    const beside = isMap(value) ? undefined : comments.beside?.(path);
    if (above !== undefined) {
      key.commentBefore = comment(above);
      // Groups stand apart; the values of a group stand together.
      key.spaceBefore = index > 0 && (parent.length === 0 || isMap(value));
    }
    if (isMap(value)) annotate(value, path, comments);
    else if (beside !== undefined) {
      if (isScalar(value)) value.comment = comment(beside);
      else key.commentBefore = comment(beside);
    }
  });
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n');
}

/** The comments that say where each value comes from. */
export function originComments(origins: ReadonlyMap<string, { text: string }>): YamlComments {
  return { beside: (path) => origins.get(formatPath(path))?.text };
}

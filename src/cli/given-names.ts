/** Names that were given on the command line: what no name has is refused before anything is asked by it. */
import { printable } from '../contract/errors.js';
import { UsageError } from './usage-error.js';

/** Control and format characters, and what ends a line: invisible, and read otherwise by what the name is handed to. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/u;

export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

export function hasSpace(text: string): boolean {
  return /\s/.test(text) || hasInvisible(text);
}

/**
 * The name of an object of Kubernetes or Helm, or of a namespace.
 * @throws UsageError
 */
export function parseObjectName(text: string): string {
  if (!hasSpace(text)) return text;
  throw new UsageError(`'${printable(text)}' is not a name: white space and control characters are in none`);
}

/**
 * The name of a context or of a user, which may have spaces in it.
 * @throws UsageError
 */
export function parseFreeName(text: string): string {
  if (!hasInvisible(text)) return text;
  throw new UsageError(`'${printable(text)}' is not a name: control characters are in none`);
}

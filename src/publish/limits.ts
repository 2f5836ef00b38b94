/** What the API takes of texts that are made here. */
import { createHash } from 'node:crypto';

/** Characters of an object's name (DNS-1123 subdomain). */
const LONGEST_NAME = 253;

/** The name where it fits, else its beginning with a digest of the whole. */
export function fittingName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, 240).replace(/[-.]+$/, '')}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** @param longest characters, the ellipsis among them */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

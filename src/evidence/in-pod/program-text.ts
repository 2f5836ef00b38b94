/**
 * The text of the programs that run in pods, each a file of its own in programs/. The bundle has no such files:
 * scripts/build.ts puts a module with their text in the place of this one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ProgramFile = `${string}.${'py' | 'sh'}`;

/** @param file name in programs/ */
export function programText(file: ProgramFile): string {
  return readFileSync(join(import.meta.dirname, 'programs', file), 'utf8');
}

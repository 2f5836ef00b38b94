/** The key by which tokens are made: the user's own, so that the same host has the same token in all of their bundles. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OutputError } from '../report/outputs.js';
import { writeFileAtomically, writeStderr } from '../report/write.js';
import { printedLine } from '../report/printed.js';

const BYTES = 32;

/**
 * Reads the key, or makes it at the first use. It never leaves this machine.
 * @param folder oclif's folder for data of this program
 * @returns a key for this once where it cannot be kept
 */
export function readPseudonymKey(folder: string): Buffer {
  const file = path.join(folder, 'pseudonym.key');
  try {
    const known = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    if (known.length === BYTES) return known;
  } catch {
    // There is none yet.
  }
  const made = randomBytes(BYTES);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileAtomically(file, printedLine(made.toString('hex')));
  } catch (error) {
    const reason = error instanceof OutputError ? error.message : `cannot make ${folder}`;
    writeStderr(printedLine(`todo-k8s: ${reason}: the tokens of this bundle will not be those of others`));
  }
  return made;
}

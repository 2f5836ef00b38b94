import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';

const FOLDER = path.join(import.meta.dirname, 'goldens');

/**
 * Compares a text with test/report/goldens/<name>. UPDATE_GOLDENS=1 writes it instead: read the difference before
 * you commit it. Escape characters are stored as `␛`, so that the files can be read.
 */
export function expectGolden(name: string, text: string): void {
  const file = path.join(FOLDER, name);
  const stored = text.replaceAll('\u001b', '␛');
  if (process.env.UPDATE_GOLDENS === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, stored);
  }
  expect(stored).toBe(readFileSync(file, 'utf8'));
}

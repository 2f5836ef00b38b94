/** docs/fault-matrix.md is what the tests hold the program to: its words are read from there, not repeated. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Report } from '../../../src/engine/report.js';
import type { Outcome } from './verify.js';

export interface Row {
  fault: string;
  /** Each must be said; `…` stands for any characters. */
  messages: string[];
  /** Undefined where the rest of the run decides. */
  exitCode: number | undefined;
}

/** Rows of all tables whose columns are fault, what verify says, exit code. */
export function documentedRows(): Row[] {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/fault-matrix.md'), 'utf8');
  return text.split('\n').flatMap((line): Row[] => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, fault = '', said = '', code = ''] = cells;
    if (cells.length !== 5 || /^(-+|Fault)$/.test(fault)) return [];
    const messages = [...said.matchAll(/`([^`]+)`/g)].map(([, message = '']) =>
      message.replaceAll('\\|', '|'),
    );
    return [{ fault, messages, exitCode: /^\d+$/.test(code) ? Number(code) : undefined }];
  });
}

/** Checks an outcome against the row that the documentation has for the fault. */
export function expectDocumented(fault: string, outcome: Outcome): void {
  const row = documentedRows().find((each) => each.fault === fault);
  if (row === undefined) throw new Error(`docs/fault-matrix.md has no row for "${fault}"`);
  const said = everythingSaid(outcome);
  for (const message of row.messages) expect(said).toMatch(pattern(message));
  if (row.exitCode !== undefined) expect(outcome.exitCode).toBe(row.exitCode);
}

/** Notices, messages and findings of a report as data, or else the text as it was printed, without its line breaks. */
function everythingSaid({ stdout, stderr }: Outcome): string {
  let printed = stdout;
  if (stdout.startsWith('{')) {
    const { notices, checks } = JSON.parse(stdout) as Report;
    const texts = checks.map(({ id, message, findings, remedy }) =>
      [`${id}: ${message}`, ...findings.map((finding) => finding.message), `fix: ${remedy ?? 'none'}`].join(
        '\n',
      ),
    );
    printed = [...notices, ...texts].join('\n');
  }
  return `${printed}\n${stderr}`.replace(/\s+/g, ' ');
}

function pattern(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*?'));
}

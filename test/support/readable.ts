/** What no text for people may look like, whatever it was made from. */
import { expect } from '@jest/globals';
import type { Diagnosis } from '../../src/rule/diagnosis.js';
import type { CheckResult } from '../../src/engine/report.js';

const SPOILT: readonly [what: string, pattern: RegExp][] = [
  ['a placeholder that nothing filled', /(?<![$"':{\w])\{\w+\}(?!["'}])/],
  ['a value that is none', /\b(?:undefined|NaN|null|Infinity)\b|\[object /],
  ['a time since 1970', /\b\d{7,}(?:\.\d+)? (?:s|min|h|days?)\b/],
  ['two full stops', /[.!?…][.](?![./\w])|[.?!] [.]/],
  ['an empty place', /(?<!\w)\( ?\)|“”| {2,}\S.*[.]$|[\w)] [,.;:](?=\s|$)/],
];

/** Texts of a report that people read: summaries, messages, descriptions and commands of fixes. */
export function readTexts(
  checks: readonly CheckResult[],
  diagnoses: readonly Diagnosis[] = [],
): { from: string; text: string; isCommand: boolean }[] {
  const told = (from: string) => (text: string) => ({ from, text, isCommand: false });
  return [
    ...checks.flatMap(({ id, message, findings, fix }) => [
      ...[message, ...findings.map((finding) => finding.message)].map(told(id)),
      ...fix.flatMap((part) =>
        part.kind === 'text'
          ? [told(id)(part.text)]
          : [{ from: id, text: part.command, isCommand: true }, ...(part.note ? [told(id)(part.note)] : [])],
      ),
    ]),
    ...diagnoses.flatMap(({ cause, title, summary, fix, then, wouldConfirm }) => [
      ...[title, summary, ...fix.map(({ description }) => description)].map(told(cause)),
      ...(wouldConfirm === null ? [] : [told(cause)(wouldConfirm)]),
      ...[...fix.map(({ command }) => command), then].flatMap((text) =>
        text === null ? [] : [{ from: cause, text, isCommand: true }],
      ),
    ]),
  ];
}

/** Fails for a text that shows how it was made, and for a command that leaves a place to be filled in. */
export function expectReadable(checks: readonly CheckResult[], diagnoses: readonly Diagnosis[] = []): void {
  const spoilt = readTexts(checks, diagnoses).flatMap(({ from, text, isCommand }) => {
    if (isCommand) {
      const open =
        /<[a-z][\w ]*>|\b(?:POD|NODE|NAME|USER|PASSWORD|HOST|VALUE|KEY)\b(?![="-])|…|\bundefined\b/.exec(
          text,
        );
      return open ? [`${from}: ${open[0]} in ${text}`] : [];
    }
    return SPOILT.flatMap(([what, pattern]) => (pattern.test(text) ? [`${from}: ${what}: ${text}`] : []));
  });
  expect(spoilt).toEqual([]);
}

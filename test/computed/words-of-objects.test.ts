/** Words from outside that every JavaScript object knows as well: `constructor`, `valueOf`, `__proto__`. */
import { describe, expect, test } from '@jest/globals';
import configMap from '../../src/checks/config/configmap.js';
import selectorMatches from '../../src/checks/service/selector-matches.js';
import { parseProblem } from '../../src/cli/wrong-usage.js';
import { databaseError } from '../../src/computed/database-error.js';
import { saidBy } from '../../src/computed/log-line.js';
import { REDACTED, createRedactor } from '../../src/evidence/redaction.js';
import { plannedObjects } from '../../src/planned/objects.js';
import { judge } from '../support/check-context.js';

const WORDS = [
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  '__defineGetter__',
];

describe.each(WORDS)('%s', (word) => {
  test.each([
    ['JSON', JSON.stringify({ level: word, message: 'started' })],
    ['a nested record', JSON.stringify({ record: { level: { name: word }, message: 'started' } })],
    ['a cut record', `{"level":"${word}","message":"started`],
    ['logfmt', `time=2026-02-09T14:00:00Z level=${word} msg=started`],
    ['a plain line', `${word}: started`],
    ['a line in capitals', `${word.toUpperCase()}: started`],
    ['brackets', `[${word}] started`],
  ])('is no level in %s', (_, line) => {
    expect(saidBy(line).level).toBeUndefined();
  });

  test('is no flag of another program', () => {
    const error = Object.assign(new Error('Nonexistent flag'), { flags: [`--${word}`] });
    const usage = { bin: 'todo-k8s', command: 'verify', flags: {}, args: {}, owners: () => [] };
    expect(parseProblem(error, usage)).toBe(`unknown flag --${word}`);
  });

  test('is no SQLSTATE', () => {
    expect(databaseError('it failed', word)).toBeUndefined();
  });

  test('is no entity', () => {
    const line = `before &${word}; &amp; after`;
    const redactor = createRedactor([]);
    redactor.add('Passw0rd&77#long');
    expect(redactor.redact(`${line} Passw0rd&amp;77&num;long`)).toBe(`${line} ${REDACTED}`);
  });

  test('is a kind that is not looked into', () => {
    const metadata = { name: 'x' };
    const content = { apiVersion: 'example.com/v1', kind: word, metadata };
    const written = { ...content, content, file: 'a.yaml', line: 1, lineOf: () => 1 };
    expect(plannedObjects([written], () => undefined)).toMatchObject([{ kind: word, name: 'x' }]);
  });

  test('is a label like any other, which no object has by itself', () => {
    const judged = judge(selectorMatches, ({ service }) => {
      service.spec.selector = Object.fromEntries([
        ...Object.entries(service.spec.selector ?? {}),
        [word, 'yes'],
      ]);
    });
    expect(judged.findings).toMatchObject([{ messageId: 'label-missing', data: { expected: 'absent' } }]);
  });

  test('is a key of the ConfigMap that is missing', () => {
    const judged = judge(configMap, (_, contract) => {
      contract.backend.env = Object.fromEntries([...Object.entries(contract.backend.env), [word, 'yes']]);
    });
    expect(judged.ids).toEqual(['key-missing']);
  });
});

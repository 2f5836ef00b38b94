import { describe, expect, test } from '@jest/globals';
import { brieflySaid, isNews, withShortPods, withShortTimes } from '../../src/report/brevity.js';
import type { Report } from '../../src/engine/report.js';

const A = 'todo-chatbot-backend-6d5f9c7b4d-2k4xp';
const B = 'todo-chatbot-backend-6d5f9c7b4d-b8w7q';
const PODS = new Set([A]);

describe('what is expected', () => {
  test.each([
    ['the sentence has it', 'image tag is 1.3.0, not latest', 'latest', 'Image'],
    ['a condition', 'node a is not Ready', 'True', 'A node is not fit'],
    ['the title names the state', 'container is waiting', 'Running', 'Not all pods are Running'],
    ['the opposite of what happened', 'was OOMKilled 4 min ago', 'not OOMKilled', 'A container was killed'],
    [
      'the first of two names',
      'there is no Deployment a in namespace b',
      'a or b-a',
      'Deployment is missing',
    ],
    [
      'its words but one',
      'allows no TCP 443 out to external APIs',
      'TCP 443 out to external APIs allowed',
      'x',
    ],
  ])('%s: said once', (_, message, expected, title) => {
    expect(isNews('expected', expected, message, title)).toBe(false);
  });

  test.each([
    ['a number within another one', 'port is 80800', 8080, 'Service ports'],
    ['a number of the title', 'spec.replicas is 1', 2, 'Asks for 2 other things'],
    ['a boolean of a field', 'runAsNonRoot is not set', true, 'Container may do more'],
    ['words of the title that are no state', 'type is ClusterIP', 'NodePort', 'NodePorts are not there'],
    ['two values, of which the sentence has neither', 'ENVIRONMENT is prod', 'staging or production', 'x'],
    ['a short phrase, of which the sentence has a part', 'answers 200', 'HTTP 401', 'Tasks'],
    ['nothing at all', 'a value is there', '', 'x'],
  ])('%s: said', (_, message, expected, title) => {
    expect(isNews('expected', expected, message, title)).toBe(true);
  });
});

describe('what was found', () => {
  test.each(['none', 'absent', 'not set', 'no such object', 'not allowed', 'no pod'])('%s: said', (found) => {
    expect(isNews('found', found, 'label a is missing', 'x')).toBe(false);
  });

  test('its first part, which the sentence has', () => {
    expect(isNews('found', 'OOMKilled, exit code 137', 'was OOMKilled 4 min ago', 'x')).toBe(false);
    expect(isNews('found', 'HTTP 500', 'http://a/api/health answers 500', 'x')).toBe(false);
  });

  test.each([
    ['HTTP 50', 'answers 500'],
    ['envFrom Secret a', 'LOG_LEVEL is not taken from ConfigMap b'],
    ['no-such-host', 'cannot be resolved'],
    ['none of ten', 'served'],
    [0, 'replicas are 10'],
  ])('%s: said', (found, message) => {
    expect(isNews('found', found, message, 'x')).toBe(true);
  });
});

describe('pods', () => {
  test('all, or all but the first, go by what tells them apart', () => {
    expect(withShortPods(`${A}, ${B}: refused`, PODS)).toBe('…-2k4xp, …-b8w7q: refused');
    expect(withShortPods(`${A}, ${B}: refused`, PODS, true)).toBe(`${A}, …-b8w7q: refused`);
  });

  test.each([
    ['another ReplicaSet', 'todo-chatbot-backend-7c8f5d9b6c-2k4xp'],
    ['its Deployment', 'todo-chatbot-backend'],
    ['its ReplicaSet', 'todo-chatbot-backend-6d5f9c7b4d'],
    ['a longer name', `${A}-debug`],
    ['a name that ends alike', `my-${A}`],
  ])('%s is none of them', (_, name) => {
    expect(withShortPods(`see ${name}.`, PODS)).toBe(`see ${name}.`);
  });

  test('a pod that no ReplicaSet made keeps its name', () => {
    expect(withShortPods('backend-0 and backend-1', new Set(['backend-0']))).toBe('backend-0 and backend-1');
    expect(withShortPods('web and web-2k4xp', new Set(['web']))).toBe('web and web-2k4xp');
  });
});

describe('times', () => {
  const run = { startedAt: '2026-02-09T14:05:00.000Z' };

  test('of the day of the run, and of another one', () => {
    expect(withShortTimes('at 2026-02-09T13:04:05.123456789Z: x', run)).toBe('at 13:04:05 UTC: x');
    expect(withShortTimes('at 2026-02-08T23:59:59Z', run)).toBe('at 2026-02-08 23:59:59 UTC');
  });

  test('a date, another zone and a tag stay', () => {
    for (const text of ['on 2026-02-09', '2026-02-09T13:04:05+02:00', 'image:2026-02-09T13'])
      expect(withShortTimes(text, run)).toBe(text);
  });
});

test('a report says which pods there are', () => {
  const report = {
    startedAt: '2026-02-09T14:05:00.000Z',
    checks: [{ findings: [{ object: null }, { object: { kind: 'Service', name: B } }] }],
    diagnoses: [{ object: null, pods: [A] }],
  } as unknown as Report;
  expect(brieflySaid(`${A} and ${B} at 2026-02-09T14:00:00Z`, report)).toBe(
    '…-2k4xp and …-b8w7q at 14:00:00 UTC',
  );
});

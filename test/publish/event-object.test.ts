import { describe, expect, test } from '@jest/globals';
import { eventObject, eventPath } from '../../src/publish/event-object.js';
import { failWithBlocked, SAMPLES } from '../report/samples.js';

interface Event {
  metadata: { name: string };
  involvedObject: Record<string, string>;
  type: string;
  reason: string;
  message: string;
  firstTimestamp: string;
  lastTimestamp: string;
}

const SUBJECT = { deployment: 'todo-chatbot-backend', uid: '0f1c' };
const of = (report = failWithBlocked(), subject: Parameters<typeof eventObject>[1] = SUBJECT) =>
  eventObject(report, subject) as Event;

describe.each(Object.entries(SAMPLES))('%s', (_, make) => {
  test('is an Event as the API takes it: one line of at most 1,024 characters, a time in seconds', () => {
    const event = of(make());
    expect(event.message.length).toBeLessThanOrEqual(1024);
    expect(event.message).not.toMatch(/[\n\r]/);
    expect(event.lastTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(event.firstTimestamp).toBe(event.lastTimestamp);
  });
});

test('names the Deployment by its uid, by which kubectl describe looks for it', () => {
  expect(of().involvedObject).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'todo-chatbot-backend',
    namespace: 'default',
    uid: '0f1c',
  });
  expect(of(undefined, { ...SUBJECT, uid: undefined }).involvedObject).not.toHaveProperty('uid');
});

test.each([
  [0, 'Normal', 'Verified'],
  [1, 'Warning', 'VerificationFailed'],
  [3, 'Warning', 'VerificationUnclear'],
  [4, 'Warning', 'VerificationUnclear'],
])('exit code %d is %s, %s', (exitCode, type, reason) => {
  expect(of({ ...failWithBlocked(), exitCode })).toMatchObject({ type, reason });
});

test('says what failed', () => {
  const report = failWithBlocked();
  const failed = report.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  expect(failed).not.toEqual([]);
  for (const id of failed) expect(of(report).message).toContain(id);
  expect(of(report).message).toMatch(/^todo-k8s verify failed: /);
});

test('each command and Deployment has one, whose name fits, however long that of the Deployment is', () => {
  const report = failWithBlocked();
  const doctor = { ...report, command: 'doctor db' };
  const long = 'a'.repeat(250);
  const paths = [
    eventPath(report, 'backend'),
    eventPath(report, 'backend'),
    eventPath(doctor, 'backend'),
    eventPath(report, long),
    eventPath(doctor, long),
    eventPath(report, `${'a'.repeat(249)}b`),
  ];
  expect(new Set(paths).size).toBe(5);
  for (const path of paths) expect(path.split('/').at(-1)?.length).toBeLessThanOrEqual(253);
});

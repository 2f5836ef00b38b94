/** The event stream: what is told while a run goes on, line by line. */
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eventsSchema } from '../../scripts/report-schema.js';
import type { EngineEvent } from '../../src/engine/report.js';
import { EventStream, type StreamEvent } from '../../src/report/events.js';
import { OutputError } from '../../src/report/outputs.js';
import { verify } from '../faults/support/verify.js';
import { diagnosed } from './diagnosed.js';
import { HOSTILE, hostile, sample } from './samples.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../docs/events.schema.json'), 'utf8'),
) as object;
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  formats: { 'date-time': true },
});
const validate = ajv.compile(schema);

function stream(file: string | undefined, redact = (text: string) => text) {
  const stdout = new PassThrough({ highWaterMark: 1 << 24 });
  const target = { context: 'minikube', namespace: 'default', release: 'todo-chatbot' };
  const events = new EventStream(
    [
      { format: 'events', file },
      { format: 'json', file: undefined },
    ],
    {
      stdout,
      redact,
      version: '0.2.0',
      command: 'verify',
      target,
    },
  );
  return { events, stdout };
}

const started: EngineEvent = {
  type: 'run-started',
  checks: [{ id: 'pods/ready', suite: 'pods', title: 'Pods are Ready' }],
};

function finished(message = 'all Ready'): EngineEvent {
  const [result] = sample({ 'cluster/reachable': { message } }).checks;
  if (!result) throw new Error('the sample has checks');
  return { type: 'check-finished', result };
}

/** Every line parsed, each one proven against the published schema. */
function lines(text: string): StreamEvent[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line) as StreamEvent;
      validate(event);
      expect(validate.errors).toBeNull();
      return event;
    });
}

test('the published schema is the one that is generated', () => {
  expect(schema).toEqual(eventsSchema());
});

describe('in a file', () => {
  test('each line is there as soon as it is told, and the report is the last', async () => {
    const file = path.join(folder, 'run.jsonl');
    const { events } = stream(file);
    const types = () => lines(readFileSync(file, 'utf8')).map(({ type }) => type);
    events.onEvent(started);
    expect(types()).toEqual(['run-started']);
    events.onEvent(finished());
    expect(types()).toEqual(['run-started', 'check-finished']);
    events.onEvent({ type: 'run-finished', interrupted: false });
    await events.onReport(diagnosed());
    events.close();
    expect(types()).toEqual(['run-started', 'check-finished', 'report']);
  });

  test('what was there is gone, the file is its owner’s alone, a link stays a link', async () => {
    const file = path.join(folder, 'old.jsonl');
    const link = path.join(folder, 'link.jsonl');
    writeFileSync(file, 'something much longer than what comes\n'.repeat(100), { mode: 0o644 });
    symlinkSync(file, link);
    const { events } = stream(link);
    events.onEvent(started);
    events.close();
    events.close();
    events.onEvent(finished());
    expect(lines(readFileSync(file, 'utf8'))).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await events.onReport(sample());
  });

  test('that cannot be opened is known before the run: exit code 2', () => {
    let thrown: unknown;
    try {
      stream(path.join(folder, 'missing/run.jsonl'));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(OutputError);
    expect(thrown).toMatchObject({ exitCode: 2 });
  });

  (process.platform === 'linux' ? test : test.skip)(
    'a full disk is told at the end, with exit code 4',
    async () => {
      const { events } = stream('/dev/full');
      events.onEvent(started);
      events.onEvent(finished());
      await expect(events.onReport(sample())).rejects.toMatchObject({
        exitCode: 4,
        message: 'cannot write /dev/full: the disk is full',
      });
      events.close();
    },
  );
});

describe('on stdout', () => {
  test('secrets are taken out by value, whatever escaping would have made of them', async () => {
    const secret = 'cAn4ry"pass\\word\u2028x';
    const { events, stdout } = stream(undefined, (text) => text.split(secret).join('(value hidden)'));
    events.onEvent(finished(`login with ${secret} failed`));
    await events.onReport(sample({}, { notices: [`${secret}!`] }));
    const text = String(stdout.read());
    expect(text).not.toContain('cAn4ry');
    expect(lines(text)[0]).toMatchObject({ check: { message: 'login with (value hidden) failed' } });
  });

  test('hostile text makes no line of its own and acts on no terminal', async () => {
    const { events, stdout } = stream(undefined);
    events.onEvent(finished(HOSTILE));
    await events.onReport(hostile());
    const text = String(stdout.read());
    expect(lines(text)).toHaveLength(2);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|##\[/);
  });

  test('a reader that went away is no error', async () => {
    const { events, stdout } = stream(undefined);
    stdout.destroy();
    events.onEvent(started);
    await events.onReport(sample());
  });
});

test('progress: not more often than can be followed, the last one always', async () => {
  const { events, stdout } = stream(undefined);
  const progress = { requests: 1000, errors: 0, elapsedMs: 12.5, pods: [{ pod: 'a', requests: 3 }] };
  for (let completed = 1; completed <= 1000; completed += 1) events.onProgress({ ...progress, completed });
  await events.onReport(sample());
  const told = lines(String(stdout.read())).filter((event) => event.type === 'progress');
  expect(told.length).toBeLessThan(100);
  expect([told[0]?.completed, told.at(-1)?.completed]).toEqual([1, 1000]);
});

test('a whole run: every check is told once, then the report that the other outputs show', async () => {
  const file = path.join(folder, 'whole.jsonl');
  const { stdout, exitCode } = await verify('--lab=sslmode-prefer', '-o', 'json', '-o', `events=${file}`);
  const events = lines(readFileSync(file, 'utf8'));
  expect(exitCode).toBe(1);
  const [first, ...rest] = events;
  const last = rest.pop();
  expect(first).toMatchObject({ type: 'run-started', command: 'verify', release: 'todo-chatbot' });
  const told = rest.map((event) => (event.type === 'check-finished' ? event.check.id : event.type));
  const planned = first?.type === 'run-started' ? first.checks.map(({ id }) => id) : [];
  expect([...told].sort()).toEqual([...planned].sort());
  expect(last?.type === 'report' && last.report).toEqual(JSON.parse(stdout));
});

import { describe, expect, test } from '@jest/globals';
import type { PodLog } from '../../src/evidence/evidence.js';
import { parseLog } from '../../src/evidence/log-lines.js';
import { KubernetesError } from '../../src/evidence/kubernetes/client.js';
import type { Pod } from '../../src/evidence/objects.js';
import { AUTH_SECRET, DATABASE_URL, PATHS } from '../support/fake-client.js';
import { healthyApi, live } from '../support/live.js';

// The healthy pods' containers started at 13:58:03.
const START = Date.parse('2026-02-09T13:58:03Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString().replace('Z', '123456Z');
const line = (seconds: number, text: string) => `${at(seconds)} ${text}\n`;

type LogValue = Extract<PodLog['log'], { ok: true }>['value'];

async function firstLog(text: string): Promise<LogValue> {
  const [first] = await live({ ...healthyApi(), logs: () => text }).read('logs');
  if (!first?.log.ok) throw new Error('no log');
  return first.log.value;
}

describe('logs', () => {
  test('lines with their times, from the container’s start', async () => {
    const value = await firstLog(line(1.2, 'INFO:     Started server process [1]') + line(2, 'ready'));
    expect(value).toEqual({
      lines: [
        { at: at(1.2), text: 'INFO:     Started server process [1]' },
        { at: at(2), text: 'ready' },
      ],
      fromStart: true,
      gap: false,
      startedAt: '2026-02-09T13:58:03Z',
    });
  });

  test('a log that begins long after the container has been rotated', async () => {
    expect((await firstLog(line(3600, 'GET /api/health'))).fromStart).toBe(false);
  });

  test('a log without lines tells nothing about its beginning', async () => {
    expect(await firstLog('')).toMatchObject({ lines: [], fromStart: false });
  });

  test('a long log: beginning and end, and that the middle is missing', async () => {
    let text = line(1, 'Database connection established');
    for (let i = 0; i < 30_000; i++) text += line(10 + i, `INFO: request ${i} ${'x'.repeat(40)}`);
    text += line(99_999, 'the last line');
    const value = await firstLog(text);
    expect(value.gap).toBe(true);
    expect(value.fromStart).toBe(true);
    expect(value.lines[0]?.text).toBe('Database connection established');
    expect(value.lines.at(-1)?.text).toBe('the last line');
    expect(JSON.stringify(value.lines).length).toBeLessThan(1024 * 1024 * 1.3);
  });

  test('beginning and end that overlap are one, without a gap', async () => {
    let text = '';
    for (let i = 0; i < 4200; i++) text += line(i / 100, `line ${i} ${'x'.repeat(60)}`);
    const value = await firstLog(text);
    expect(value.gap).toBe(false);
    expect(value.lines).toHaveLength(4200);
    expect(value.lines.at(-1)?.text).toContain('line 4199');
  });

  test('very long lines: fewer from the end, so that the end is the end', async () => {
    let text = '';
    for (let i = 0; i < 300; i++) text += line(i, 'y'.repeat(10_000));
    text += line(1000, 'the last line');
    const value = await firstLog(text);
    expect(value.lines.at(-1)?.text).toBe('the last line');
    expect(value.gap).toBe(true);
    expect(Math.max(...value.lines.map((each) => each.text.length))).toBeLessThanOrEqual(4097);
  });

  test('one line of ten megabytes does no harm', async () => {
    const value = await firstLog(`${at(1)} ${'z'.repeat(10_000_000)}`);
    expect(value.lines).toHaveLength(1);
    expect(value.lines[0]?.text.length).toBeLessThanOrEqual(4097);
  });

  test('secrets, escape sequences and NUL are taken out', async () => {
    const value = await firstLog(
      line(1, `\u001b[31mconnect\u001b[0m to ${DATABASE_URL}\0`) +
        line(2, `BETTER_AUTH_SECRET=${AUTH_SECRET}`) +
        line(3, 'fallback postgresql://x:Other-Canary@h/db used'),
    );
    expect(value.lines.map(({ text }) => text)).toEqual([
      'connect to (value hidden)',
      'BETTER_AUTH_SECRET=(value hidden)',
      'fallback (value hidden, 32 characters) used',
    ]);
  });

  test('one pod whose log cannot be read is its own reason; the others are read', async () => {
    const logs = await live({
      ...healthyApi(),
      logs: ({ name }) => {
        if (name.endsWith('2k4xp')) throw new KubernetesError('unreachable', 'kubelet is away');
        return line(1, 'ok');
      },
    }).read('logs');
    expect(logs.map(({ log }) => log.ok)).toEqual([false, true]);
    expect(logs[0]?.log).toMatchObject({ why: 'unreachable', detail: 'kubelet is away' });
  });

  test('a container that never ran has no log, and is not asked for one', async () => {
    const api = healthyApi();
    const [pod] = api.objects[PATHS.pods] as Pod[];
    const status = pod?.status?.containerStatuses?.[0];
    if (status) status.state = { waiting: { reason: 'CreateContainerConfigError' } };
    const { read, client } = live({ ...api, logs: () => line(1, 'ok') });
    const logs = await read('logs');
    expect(logs[0]?.log).toMatchObject({
      ok: false,
      detail: 'container backend is not running (CreateContainerConfigError): it has no current log',
    });
    expect(client.calls.filter((call) => call.startsWith('logs'))).toHaveLength(1);
  });

  test('of very many pods the newest are read, and the others said not to be', async () => {
    const api = healthyApi();
    const [pod] = api.objects[PATHS.pods] as [Pod];
    api.objects[PATHS.pods] = Array.from({ length: 25 }, (_, i) => {
      const copy = structuredClone(pod);
      copy.metadata.name = `pod-${i}`;
      copy.metadata.creationTimestamp = new Date(START + i * 1000).toISOString();
      return copy;
    });
    const { read, client } = live({ ...api, logs: () => line(1, 'ok') });
    const logs = await read('logs');
    expect(logs).toHaveLength(25);
    expect(logs[0]?.pod).toBe('pod-24');
    expect(logs.filter(({ log }) => log.ok)).toHaveLength(20);
    expect(logs.at(-1)?.log).toMatchObject({
      why: 'not-sampled',
      detail: '20 of 25 pods are looked into, and this is not one of them',
    });
    expect(client.calls.filter((call) => call.startsWith('logs'))).toHaveLength(20);
  });
});

describe('parseLog', () => {
  test('offsets of other zones and no decimals', () => {
    expect(parseLog('2026-02-09T14:58:03+01:00 a\n2026-02-09T13:58:03Z\n', false)).toEqual([
      { at: '2026-02-09T14:58:03+01:00', text: 'a' },
      { at: '2026-02-09T13:58:03Z', text: '' },
    ]);
  });

  test('what has no time, and a last line that is cut, are left out', () => {
    expect(parseLog('rest of a line\n2026-02-09T13:58:03Z a\n2026-02-09T13:58:04Z half of', true)).toEqual([
      { at: '2026-02-09T13:58:03Z', text: 'a' },
    ]);
  });
});

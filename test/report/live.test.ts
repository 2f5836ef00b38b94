import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { EngineEvent } from '../../src/engine/report.js';
import { Canvas } from '../../src/report/canvas.js';
import { createLive, type LiveInput } from '../../src/report/live.js';
import { decideStyle } from '../../src/report/style.js';
import { allPass, failWithBlocked } from './samples.js';

/** A terminal that understands what is written to it: lines, cursor up, erase below. Throws on anything else. */
class Terminal {
  lines: string[] = [''];
  written = '';
  /** What the screen showed after each write. */
  shown: string[] = [];
  rows = 24;
  columns = 80;

  write(text: string): boolean {
    this.written += text;
    for (const part of text.split(/(\u001b\[\d*[A-Za-z]|\n)/)) {
      const up = /^\u001b\[(\d+)F$/.exec(part);
      if (part === '\n') this.lines.push('');
      else if (up) this.lines.splice(this.lines.length - 1 - Number(up[1]), Infinity, '');
      else if (part === '\u001b[J') continue;
      else if (part.startsWith('\u001b')) throw new Error(`unexpected sequence ${JSON.stringify(part)}`);
      else this.lines.push((this.lines.pop() ?? '') + part);
    }
    if (this.lines.length > this.rows) throw new Error('the screen scrolled');
    this.shown.push(this.lines.join('\n'));
    return true;
  }
}

const style = decideStyle({ isTTY: true, columns: 80, env: {}, color: false });
const started: EngineEvent = { type: 'run-started', checks: allPass().checks };

function live(more: Partial<LiveInput> = {}) {
  const terminal = new Terminal();
  const display = createLive({ screen: terminal, isTTY: true, style, env: {}, ...more });
  return { terminal, display };
}

/** Waits until the screen shows it; fails after five seconds. */
async function until(terminal: Terminal, pattern: RegExp): Promise<void> {
  for (let waited = 0; !pattern.test(terminal.lines.join('\n')); waited += 20) {
    if (waited > 5000) throw new Error(`never shown: ${String(pattern)}, but\n${terminal.lines.join('\n')}`);
    await sleep(20);
  }
}

describe('live display', () => {
  test('shows a line for each suite, and how far each one is', async () => {
    const { terminal, display } = live();
    display?.onEvent(started);
    await until(terminal, /^. cluster +0\/3$/m);
    for (const result of failWithBlocked().checks) {
      if (result.suite !== 'network') display?.onEvent({ type: 'check-finished', result });
    }
    await until(terminal, /^✖ config +4\/4$/m);
    const screen = terminal.lines.join('\n');
    expect(screen).toMatch(/^✔ cluster +3\/3$/m);
    expect(screen).toMatch(/^▲ functional +4\/4$/m);
    expect(screen).toMatch(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] network +0\/3$/m);
    display?.stop();
  });

  test('erases itself at once when it is stopped, and never again draws', async () => {
    const { terminal, display } = live();
    display?.onEvent(started);
    await until(terminal, /cluster/);
    display?.stop();
    expect(terminal.lines).toEqual(['']);
    const { length } = terminal.written;
    display?.onEvent({ type: 'run-finished', interrupted: true });
    display?.stop();
    await sleep(300);
    expect(terminal.written).toHaveLength(length);
  });

  test('is gone when the run is finished', async () => {
    const { terminal, display } = live();
    display?.onEvent(started);
    await until(terminal, /cluster/);
    for (const result of allPass().checks) display?.onEvent({ type: 'check-finished', result });
    display?.onEvent({ type: 'run-finished', interrupted: false });
    await sleep(100);
    expect(terminal.lines).toEqual(['']);
  });

  test('never hides the cursor, and listens to no signal', async () => {
    const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'] as const).map((name) =>
      process.listenerCount(name),
    );
    const { terminal, display } = live();
    display?.onEvent(started);
    await until(terminal, /cluster/);
    expect(
      (['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'] as const).map((name) => process.listenerCount(name)),
    ).toEqual(listeners);
    display?.stop();
    expect(terminal.written).not.toContain('\u001b[?25');
  });

  test('leaves stdout and stderr alone', async () => {
    const writers = () =>
      [process.stdout, process.stderr].map((stream) => Reflect.get(stream, 'write') as unknown);
    const before = writers();
    const { terminal, display } = live();
    display?.onEvent(started);
    await until(terminal, /cluster/);
    const [stdout, stderr] = writers();
    expect(stdout).toBe(before[0]);
    expect(stderr).toBe(before[1]);
    display?.stop();
  });

  test('a run that starts again starts from nothing', async () => {
    const { terminal, display } = live();
    display?.onEvent(started);
    for (const result of allPass().checks.slice(0, 3)) display?.onEvent({ type: 'check-finished', result });
    await until(terminal, /✔ cluster +3\/3/);
    display?.onEvent({ type: 'run-finished', interrupted: false });
    display?.onEvent(started);
    await until(terminal, /cluster +0\/3/);
    display?.stop();
    expect(terminal.lines).toEqual(['']);
  });

  test('a run that is over before the display has loaded draws nothing', async () => {
    const { terminal, display } = live();
    display?.onEvent(started);
    display?.stop();
    await sleep(500);
    expect(terminal.written).toBe('');
  });

  test.each([
    ['without a terminal', { isTTY: false }],
    ['in CI', { env: { CI: 'true' } }],
    ['on a dumb terminal', { env: { TERM: 'dumb' } }],
  ])('there is none %s', (_, more) => {
    expect(live(more).display).toBeUndefined();
  });

  test('CI=false is no CI', () => {
    expect(live({ env: { CI: 'false' } }).display).toBeDefined();
  });

  test('an event before the first run is ignored', () => {
    const { display } = live();
    expect(() => display?.onEvent({ type: 'run-finished', interrupted: true })).not.toThrow();
  });
});

describe('canvas', () => {
  test('a screen with few rows shows the first lines, and does not scroll', () => {
    const terminal = new Terminal();
    terminal.rows = 4;
    const canvas = new Canvas(terminal);
    canvas.draw(['a', 'b', 'c', 'd', 'e']);
    canvas.draw(['f', 'g', 'h', 'i', 'j']);
    expect(terminal.lines).toEqual(['f', 'g', 'h', '']);
    canvas.close();
    expect(terminal.lines).toEqual(['']);
  });

  test('a line fits a narrow screen', async () => {
    const terminal = new Terminal();
    terminal.columns = 12;
    const display = createLive({ screen: terminal, isTTY: true, style, env: {} });
    display?.onEvent(started);
    await until(terminal, /cluster/);
    for (const line of terminal.lines) expect(line.length).toBeLessThan(12);
    display?.stop();
  });
});

/** When a run ends, by a clock that the test holds. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Lane, Reply } from '../../src/evidence/http/lane.js';
import { Ledger } from '../../src/load/ledger.js';
import { Sender, type SenderInput } from '../../src/load/sender.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A lane whose requests take so long and end like this. */
function lane(ms: number, outcome: Reply['outcome']): Lane {
  const times = { connectMs: Number.NaN, firstByteMs: Number.NaN, totalMs: ms };
  const reply = { outcome, status: outcome === 'response' ? 200 : 0, head: '', body: '', ...times };
  return {
    exchange: () => new Promise((resolve) => setTimeout(() => resolve(reply), ms)),
    close: () => undefined,
  };
}

function sender(plan: Partial<SenderInput['plan']>, make: () => Lane): { sender: Sender; ledger: Ledger } {
  const ledger = new Ledger(1000);
  const made = new Sender({
    plan: {
      concurrency: 1,
      ratePerSecond: undefined,
      durationMs: undefined,
      signal: undefined,
      ...plan,
    },
    ledger,
    openLane: make,
    target: String,
    wantsContent: () => false,
    onContent: () => undefined,
  });
  return { sender: made, ledger };
}

describe('a run', () => {
  test('in which nothing but failures came for 30 s is given up', async () => {
    const { sender: run, ledger } = sender({}, () => lane(1000, 'refused'));
    const sending = run.sendUntil(1000);
    await jest.advanceTimersByTimeAsync(60_000);
    await sending;
    expect(run.stopped).toBe('no-answer');
    expect(ledger.completed).toBeGreaterThanOrEqual(31);
    expect(ledger.completed).toBeLessThanOrEqual(33);
    expect(run.sent).toBe(ledger.completed);
  });

  test('that sends seldom is not taken for one that nothing answers', async () => {
    const { sender: run, ledger } = sender({ ratePerSecond: 0.02 }, () => lane(5, 'response'));
    const sending = run.sendUntil(3);
    await jest.advanceTimersByTimeAsync(101_000);
    await sending;
    expect(run.stopped).toBeUndefined();
    expect(ledger.completed).toBe(3);
    expect(run.busyMs).toBeGreaterThanOrEqual(100_000);
  });

  test('that is over while requests wait for their turn has sent only those that were sent', async () => {
    const plan = { concurrency: 8, ratePerSecond: 2, durationMs: 1200 };
    const { sender: run, ledger } = sender(plan, () => lane(5, 'response'));
    const sending = run.sendUntil(1000);
    await jest.advanceTimersByTimeAsync(3000);
    await sending;
    expect(run.stopped).toBe('duration');
    expect({ sent: run.sent, completed: ledger.completed }).toEqual({ sent: 3, completed: 3 });
    expect(run.numbers).toBeGreaterThanOrEqual(run.sent);
  });

  test('that is gone on with keeps the rate, and does not make up for the pause', async () => {
    const { sender: run } = sender({ concurrency: 8, ratePerSecond: 10 }, () => lane(5, 'response'));
    const first = run.sendUntil(5);
    await jest.advanceTimersByTimeAsync(500);
    await first;
    await jest.advanceTimersByTimeAsync(10_000);
    const began = performance.now();
    let ended = Number.NaN;
    const second = run.sendUntil(10).then(() => (ended = performance.now()));
    await jest.advanceTimersByTimeAsync(2000);
    await second;
    expect(ended - began).toBeGreaterThanOrEqual(400);
  });
});

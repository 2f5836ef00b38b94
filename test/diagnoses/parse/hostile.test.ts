/** Logs that somebody wrote to hold up their reader: the time to read them stays linear in their length. */
import { describe, expect, test } from '@jest/globals';
import { readLog } from '../../../src/computed/log-reading.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { readCrashLog, workerDeaths } from '../../../src/computed/crash-sign.js';
import { errorOnWay, loggedErrors } from '../../../src/computed/logged-error.js';
import { imageProblem } from '../../../src/computed/image-problem.js';
import { parseProbeFailure } from '../../../src/computed/probe-failure.js';
import { parseSchedulerMessage } from '../../../src/computed/scheduler-answer.js';
import { listeningOn } from '../../../src/computed/listening.js';
import { parseConfigProblem } from '../../../src/computed/config-problem.js';
import { readRefusal } from '../../../src/computed/refusals.js';
import type { LogLine } from '../../../src/evidence/evidence.js';
import { LINEAR_MS } from '../../support/patience.js';

const { database } = DEFAULT_CONTRACT;
/** Bytes: what goes over a text for each of its bytes once more takes minutes for so many. */
const LONG = 300_000;

/** What each pattern begins with, so that it is tried again and again, or what it may go over and over. */
const PIECES = [
  'database ',
  'database error database ',
  'not \t',
  'failed to ',
  'never a b connect ',
  'relation "',
  'database "x" ',
  'no pg_hba.conf entry ',
  'endpoint x ',
  'this ip address ',
  'prepared statement ',
  'root certificate file ',
  '"GET ',
  'Traceback (most recent call last):',
  'a.b.',
  '1 validation error for ',
  "Permission denied: '",
  'Child process [1',
  'Uvicorn running on http://1:',
  '0/1 nodes are available: 1 ',
  'exceeded quota: a, ',
  "couldn't find key a in Secret a",
  'Readiness probe failed: ',
  ' ',
  '\u202e\u001b[31m',
];

type Reader = [name: string, read: (text: string) => void];

const OF_LOGS: Reader[] = [
  ['readLog', (text) => readLog(lines(text), database)],
  ['loggedErrors', (text) => loggedErrors(lines(text), database)],
  ['readCrashLog', (text) => readCrashLog(lines(text))],
  ['workerDeaths', (text) => workerDeaths(lines(text))],
  ['listeningOn', (text) => listeningOn(lines(text))],
];
const READERS: Reader[] = [
  ...OF_LOGS,
  ['errorOnWay', (text) => errorOnWay(text)],
  ['imageProblem', (text) => imageProblem('ErrImagePull', text)],
  ['parseProbeFailure', (text) => parseProbeFailure(text)],
  ['parseSchedulerMessage', (text) => parseSchedulerMessage(text)],
  ['parseConfigProblem', (text) => parseConfigProblem(text)],
  ['readRefusal', (text) => readRefusal(text)],
];

function lines(text: string): LogLine[] {
  return text.split('\n').map((line) => ({ at: '2026-02-09T14:05:00Z', text: line }));
}

const repeated = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Milliseconds of this process's own time. */
function cpu(run: () => void): number {
  const begin = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

describe('one line of 3 MB', () => {
  test.each(READERS)('%s does not go over it again and again', (_name, read) => {
    for (const piece of PIECES) {
      const long = repeated(piece, 10 * LONG);
      expect({ piece, slow: cpu(() => read(long)) > LINEAR_MS }).toEqual({ piece, slow: false });
    }
  });
});

describe('many lines', () => {
  test.each(OF_LOGS)('%s: their number squared would take minutes', (_name, read) => {
    const some = PIECES.map((piece) => repeated(piece, 100)).join('\n');
    const text = Array.from({ length: 4000 }, () => some).join('\n');
    expect(cpu(() => read(text))).toBeLessThan(LINEAR_MS);
  });
});

test('random pieces, in random order: no reader throws, and none takes long', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 200; round += 1) {
    const text = Array.from({ length: random(400) }, () => PIECES[random(PIECES.length)] ?? '').join(
      ['', ' ', '\n'][random(3)],
    );
    for (const [name, read] of READERS) {
      const slow = cpu(() => read(text)) > LINEAR_MS;
      expect({ name, round, slow }).toEqual({ name, round, slow: false });
    }
  }
});

/** A pod with a startup probe, in the midst of a rollout. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { containerOf, podEvent, statusOf } from '../support/pod-states.js';
import { made, verified } from '../support/rollout-states.js';
import { together, type Change } from '../support/service-states.js';

/** The container may take five minutes for its start, and runs for so many seconds. */
const slowStart =
  (secondsAgo: number, started: boolean): Change =>
  (evidence) => {
    made(evidence, secondsAgo);
    for (const index of [0, 1])
      containerOf(evidence, index).startupProbe = {
        httpGet: { path: '/api/health', port: 8000 },
        periodSeconds: 10,
        failureThreshold: 30,
      };
    statusOf(evidence, 1).started = started;
  };

const startup =
  (words: string, count: number, since: number): Change =>
  (evidence) =>
    void podEvent(evidence, 1, 'Unhealthy', `Startup probe failed: ${words}`, {
      count,
      since,
      secondsAgo: 2,
    });

const DIAL = 'Get "http://10.244.0.5:8000/api/health": dial tcp 10.244.0.5:8000: connect: connection refused';

describe('a startup probe holds the others back', () => {
  test.each([
    ['not started yet', slowStart(200, false)],
    ['refused as long as it starts', together(slowStart(200, false), startup(DIAL, 19, 190))],
    [
      '503 as long as it starts',
      together(slowStart(200, false), startup('HTTP probe failed with statuscode: 503', 19, 190)),
    ],
    ['started a moment ago, and not ready yet', slowStart(305, true)],
  ])('%s: on its way', async (_, change) => {
    expect(await verified(change)).toMatchObject({ exitCode: 3, failed: [] });
    const doctor = await diagnosed(change);
    expect([doctor.exitCode, doctor.causes]).toEqual([3, ['rollout/under-way']]);
  });

  test.each([
    ['beyond its time', slowStart(330, false)],
    [
      'refused by a path that is not there',
      together(slowStart(100, false), startup('HTTP probe failed with statuscode: 404', 9, 90)),
    ],
    [
      'refused for want of a token',
      together(slowStart(60, false), startup('HTTP probe failed with statuscode: 401', 5, 50)),
    ],
    [
      'started, and its readiness probe has failed more often than it may',
      together(slowStart(100, true), (evidence) => {
        podEvent(evidence, 1, 'Unhealthy', `Readiness probe failed: ${DIAL}`, {
          count: 6,
          since: 60,
          secondsAgo: 2,
        });
      }),
    ],
    [
      'killed by it',
      together(slowStart(30, false), (evidence) => {
        podEvent(evidence, 1, 'Killing', 'Container backend failed startup probe, will be restarted', {
          secondsAgo: 31,
        });
      }),
    ],
  ])('%s: an error', async (_, change) => {
    expect(await verified(change)).toMatchObject({ exitCode: 1 });
    expect(await diagnosed(change)).toMatchObject({ exitCode: 1 });
  });
});

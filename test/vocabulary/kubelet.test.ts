/** Each row recognises its own example. */
import { expect, test } from '@jest/globals';
import { parseProbeFailure, parseProbeKill } from '../../src/computed/probe-failure.js';
import * as rows from '../../src/vocabulary/kubelet.js';

test.each(Object.entries(rows))('%s', (_, { says, example }) => {
  expect(says.test(example)).toBe(true);
});

test.each([
  ['Container backend failed liveness probe, will be restarted', { container: 'backend', probe: 'liveness' }],
  ['Container web-1 failed startup probe, will be restarted', { container: 'web-1', probe: 'startup' }],
  // One whose name begins as another's is another container.
  [
    'Container backend2 failed liveness probe, will be restarted',
    { container: 'backend2', probe: 'liveness' },
  ],
  ['Stopping container backend', undefined],
  ['Container backend exceeded its local ephemeral storage limit "64Mi".', undefined],
  ['PreStopHook of Container backend failed liveness probe', undefined],
  ['', undefined],
])('%j ends a container for its probe', (message, expected) => {
  expect(parseProbeKill(message)).toEqual(expected);
});

test.each([
  [rows.PLAIN_TO_TLS.example, 'plain', true],
  [rows.REFUSED.example, 'refused', false],
  [rows.ASKED_OVER_TLS.example, 'refused', true],
  [rows.TOO_LATE.example, 'timeout', false],
  ['Readiness probe failed: cat: /tmp/ready: No such file or directory', 'other', false],
  ['Readiness probe errored and resulted in unknown state: rpc error: code = Unknown', 'other', false],
  // A 404 whose page speaks of a time-out is a 404.
  ['Liveness probe failed: HTTP probe failed with statuscode: 404 timed out', 'status', false],
])('%s', (message, kind, overTls) => {
  expect(parseProbeFailure(message)).toMatchObject({ kind, overTls });
});

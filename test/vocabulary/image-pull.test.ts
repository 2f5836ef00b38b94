/** Each row recognises its own example, and no row before it does. */
import { expect, test } from '@jest/globals';
import { imageProblem } from '../../src/computed/image-problem.js';
import { PULL_ERRORS } from '../../src/vocabulary/image-pull.js';

test.each(PULL_ERRORS.map((row) => [row.by, row.example, row] as const))('%s: %s', (_, example, row) => {
  expect(PULL_ERRORS.find(({ says }) => says.test(example))).toBe(row);
  expect(imageProblem('ErrImagePull', example)).toBe(row.means);
});

test.each([
  // Without a row of its own it is told in its own words, never as a registry that has no such image.
  ['failed to extract layer: content digest sha256:0c1f: not found', 'other'],
  ['failed to pull and unpack image "": write /var/lib/containerd/x: no space left on device', 'other'],
  ['failed to do request: Head "": http: server gave HTTP response to HTTPS client', 'other'],
  ['failed to copy: httpReadSeeker: failed open: unexpected status code: 500 Internal Server Error', 'other'],
  ['unexpected status from HEAD request: 503 Service Unavailable', 'other'],
  ['unexpected status from HEAD request: 404 Not Found', 'not-found'],
  ['unexpected status from HEAD request: 403 Forbidden', 'pull-denied'],
  ['proxyconnect tcp: dial tcp 10.0.0.8:3128: connect: connection refused', 'registry-unreachable'],
  ['failed to copy: unexpected EOF', 'registry-unreachable'],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries: not found', 'wrong-architecture'],
])('%s', (message, means) => {
  expect(imageProblem('ErrImagePull', message)).toBe(means);
});

/** Each row recognises its own example, and no row before it does. */
import { expect, test } from '@jest/globals';
import { readRefusal } from '../../src/computed/refusals.js';
import { REFUSALS } from '../../src/vocabulary/admission.js';

test.each(REFUSALS.map((row) => [row.by, row] as const))('%s', (_, row) => {
  expect(REFUSALS.find(({ says }) => says.test(row.example))).toBe(row);
  if (row.subject) expect(row.subject.exec(row.example)?.[1]).toBeTruthy();
  if (row.detail) expect(row.detail.exec(row.example)?.[1]).toBeTruthy();
});

test.each([
  // Seen with Kyverno, GKE, a webhook that was uninstalled, one whose certificate has expired, and one that is slow.
  [
    'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/default/x was blocked due to the following policies \n\ndisallow-latest-tag: …',
    'policy-denied',
    'validate.kyverno.svc-fail',
  ],
  [
    'admission webhook "warden-validating.common-webhooks.networking.gke.io" denied the request: GKE Warden rejected the request because it violates one or more constraints.',
    'policy-denied',
    'warden-validating.common-webhooks.networking.gke.io',
  ],
  [
    'Internal error occurred: failed calling webhook "sidecar-injector.example.io": failed to call webhook: Post "https://injector.mesh.svc:443/inject?timeout=10s": service "injector" not found',
    'webhook-unreachable',
    'sidecar-injector.example.io',
  ],
  [
    'Internal error occurred: failed calling webhook "x.io": failed to call webhook: Post "https://x.y.svc:443/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    'webhook-unreachable',
    'x.io',
  ],
  [
    'Internal error occurred: failed calling webhook "slow.io": failed to call webhook: Post "https://s.y.svc:443/": context deadline exceeded',
    'webhook-unreachable',
    'slow.io',
  ],
  ['pods "x" is forbidden: failed quota: two: must specify limits.cpu for: backend', 'quota-exceeded', 'two'],
  // A policy's own words may speak of anything: who speaks decides.
  [
    `pods "x" is forbidden: ValidatingAdmissionPolicy 'quota' with binding 'b' denied request: exceeds what the team may use`,
    'policy-denied',
    'quota',
  ],
  ['etcdserver: request timed out', 'other', undefined],
  ['', 'other', undefined],
])('%s', (message, means, subject) => {
  expect(readRefusal(message)).toMatchObject({ means, subject });
});

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
  // MutatingAdmissionPolicy, with a binding and before there is one; whose policies cannot be applied, or lack what they need.
  [
    `policy 'sidecar' with binding 'all' denied request: error applying patch: failed to convert patch object to typed object: .spec.containersx: field not declared in schema`,
    'policy-denied',
    'sidecar',
  ],
  [
    `policy 'labels.example.com' with binding 'all' denied request: JSONPath: add operation does not apply: doc is missing path: "/metadata/labels/x": missing value`,
    'policy-denied',
    'labels.example.com',
  ],
  [
    'policy "sidecar" denied request: failed to configure policy: compilation failed',
    'policy-denied',
    'sidecar',
  ],
  [
    `policy 'p' with binding 'b' denied request: failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
    'policy-denied',
    'p',
  ],
  // Webhooks that answer: with an error of HTTP, with something else than a review, with a patch that is none.
  ...[
    'failed to call webhook: an error on the server ("Internal Server Error") has prevented the request from succeeding',
    'failed to call webhook: the server could not find the requested resource',
    'failed to call webhook: the server rejected our request for an unknown reason',
    'failed to call webhook: the server responded with the status code 418 but did not return more information',
    "failed to call webhook: Object 'Kind' is missing in '{}'",
    `failed to call webhook: couldn't get version/kind; json parse error: invalid character '<' looking for beginning of value`,
    'received invalid webhook response: webhook response was absent',
    'received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=',
    'received invalid webhook response: webhook returned response.patch but not response.patchType',
    'received undecodable patch in webhook response: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    'unsupported patch type "MergePatch"',
  ].map((answer): [string, string, string] => [
    `Internal error occurred: failed calling webhook "pods.example.com": ${answer}`,
    'webhook-invalid-answer',
    'pods.example.com',
  ]),
  [
    'Internal error occurred: replace operation does not apply: doc is missing key: /spec/hostNetwork: missing value',
    'webhook-invalid-answer',
    undefined,
  ],
  // What stands before the webhook says that nobody is there.
  [
    'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: the server is currently unable to handle the request',
    'webhook-unreachable',
    'pods.example.com',
  ],
  // A webhook that quotes a policy is still the one that refuses.
  [
    `admission webhook "pods.example.com" denied the request: policy 'a' with binding 'b' denied request: no`,
    'webhook-denied',
    'pods.example.com',
  ],
  ['etcdserver: request timed out', 'other', undefined],
  ['', 'other', undefined],
])('%s', (message, means, subject) => {
  expect(readRefusal(message)).toMatchObject({ means, subject });
});

/** The messages of the scheduler, the kubelet and admission, as real clusters write them. */
import { describe, expect, test } from '@jest/globals';
import { parseConfigProblem } from '../../../src/computed/config-problem.js';
import { imageProblem } from '../../../src/computed/image-problem.js';
import { looksLocal } from '../../../src/kube/image-reference.js';
import { parseProbeFailure } from '../../../src/computed/probe-failure.js';
import { parseSchedulerMessage } from '../../../src/computed/scheduler-answer.js';
import { isLoopback, listeningOn } from '../../../src/computed/listening.js';

describe('the scheduler', () => {
  test('several reasons: what excludes most nodes first, what is by design last', () => {
    const answer = parseSchedulerMessage(
      '0/5 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: , a=b}, 2 Insufficient memory, 2 Insufficient cpu. preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.',
    );
    expect(answer?.total).toBe(5);
    expect(answer?.reasons.map(({ cause, nodes }) => [cause, nodes])).toEqual([
      ['scheduling/insufficient-cpu', 2],
      ['scheduling/insufficient-memory', 2],
      ['scheduling/untolerated-taint', 1],
    ]);
  });

  test('a reason without a count excludes all nodes', () => {
    expect(
      parseSchedulerMessage('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')
        ?.reasons,
    ).toEqual([
      { nodes: 3, cause: 'scheduling/volume', text: 'pod has unbound immediate PersistentVolumeClaims' },
    ]);
  });

  test.each([
    [
      'a node that control-plane taints keep free',
      '1 node(s) had untolerated taint {a: }, 1 node(s) had a mood',
    ],
    ['fewer nodes', '1 Insufficient cpu, 3 node(s) had a mood'],
    ['taints without a list', '1 node(s) had untolerated taint(s), 1 node(s) had a mood'],
  ])('what is not known says more than %s', (_name, clauses) => {
    const answer = parseSchedulerMessage(`0/4 nodes are available: ${clauses}.`);
    expect(answer?.reasons[0]?.cause).toBe('scheduling/other');
  });

  test.each([
    ["1 node(s) didn't match pod anti-affinity rules", 'scheduling/pod-affinity'],
    ["1 node(s) didn't satisfy existing pods anti-affinity rules", 'scheduling/pod-affinity'],
    [
      "2 node(s) didn't match pod topology spread constraints (missing required label)",
      'scheduling/pod-affinity',
    ],
    ["1 node(s) didn't match Pod's node affinity/selector", 'scheduling/node-selector'],
    ["1 node(s) didn't find available persistent volumes to bind", 'scheduling/volume'],
    ['1 node(s) did not have enough free storage', 'scheduling/volume'],
    [
      '1 node(s) had untolerated taint {a: }, 1 Insufficient nvidia.com/gpu',
      'scheduling/insufficient-resource',
    ],
    ['1 Insufficient cpu, 3 Insufficient ephemeral-storage', 'scheduling/insufficient-resource'],
    ['persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-1"', 'scheduling/volume'],
  ])('%s', (clause, cause) => {
    const answer = parseSchedulerMessage(`0/2 nodes are available: ${clause}.`);
    expect(answer?.reasons[0]?.cause).toBe(cause);
  });

  test('a volume that was not bound in time', () => {
    const said = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded';
    expect(parseSchedulerMessage(said)?.reasons[0]?.cause).toBe('scheduling/volume');
  });

  test('what is not known is kept in the scheduler’s words', () => {
    expect(parseSchedulerMessage('0/1 nodes are available: 1 node(s) were made of cheese.')).toEqual({
      total: 1,
      reasons: [{ nodes: 1, cause: 'scheduling/other', text: 'node(s) were made of cheese' }],
    });
    expect(parseSchedulerMessage('Successfully assigned default/x to minikube')).toBeUndefined();
  });
});

describe('image pulls', () => {
  test.each([
    ['ErrImagePull', 'manifest for registry.example.org/a/b:v9 not found: manifest unknown', 'not-found'],
    ['ImagePullBackOff', 'Back-off pulling image "a/b:not found"', 'expired'],
    [
      'ImagePullBackOff',
      'Back-off pulling image "denied:latest": ErrImagePull: dial tcp: lookup x on 10.96.0.10:53: no such host',
      'registry-unreachable',
    ],
    [
      'ErrImagePull',
      'failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden',
      'pull-denied',
    ],
    [
      'ErrImagePull',
      'Get "https://registry.example.org/v2/": net/http: TLS handshake timeout',
      'registry-unreachable',
    ],
    [
      'ErrImagePull',
      'pinging container registry reg:5000: Get "https://reg:5000/v2/": dial tcp 10.0.0.1:5000: connect: no route to host',
      'registry-unreachable',
    ],
    [
      'RegistryUnavailable',
      'image pull failed for x because the registry is unavailable',
      'registry-unreachable',
    ],
    ['SignatureValidationFailed', 'A signature was required, but no signature exists', 'other'],
    [
      'ErrImagePull',
      'failed to do request: Head "x": http: server gave HTTP response to HTTPS client',
      'other',
    ],
    ['ErrImagePull', 'Get "x": no basic auth credentials', 'pull-denied'],
    ['ErrImageNeverPull', '', 'never-pull-missing'],
    ['InvalidImageName', '', 'invalid-name'],
    ['CrashLoopBackOff', 'pull access denied', undefined],
  ])('%s %s', (reason, message, problem) => {
    expect(imageProblem(reason, message)).toBe(problem);
  });

  test('a name without registry and user is a local one', () => {
    expect(
      [
        'todo:latest',
        'docker.io/library/todo:1',
        'acme/todo',
        'registry.local:5000/todo',
        'Not An Image',
      ].map(looksLocal),
    ).toEqual([true, true, false, false, false]);
  });
});

test('what a container needs is named with its object', () => {
  expect(parseConfigProblem("couldn't find key A in Secret default/b")).toEqual({
    cause: 'config/secret-key-missing',
    object: 'b',
    key: 'A',
  });
  expect(parseConfigProblem('configmap "c" not found')).toEqual({
    cause: 'config/configmap-missing',
    object: 'c',
    key: undefined,
  });
  expect(parseConfigProblem('failed to generate container "x" spec')).toBeUndefined();
});

test.each([
  [
    'container create failed: executable file `uvicorn` not found in $PATH: No such file or directory',
    'crash/command-not-found',
  ],
  ['container create failed: open executable: Permission denied', 'crash/command-not-found'],
  ['container create failed: exec container process `/app/x`: Exec format error', 'image/wrong-architecture'],
])('crun’s words: %s', (message, cause) => {
  expect(parseConfigProblem(message)?.cause).toBe(cause);
});

test('probe failures', () => {
  expect(parseProbeFailure('Readiness probe failed: HTTP probe failed with statuscode: 503')).toEqual({
    probe: 'readiness',
    kind: 'status',
    status: 503,
    overTls: false,
  });
  expect(
    parseProbeFailure(
      'Liveness probe failed: Get "http://10.0.0.1:8000/": dial tcp 10.0.0.1:8000: connect: connection refused',
    )?.kind,
  ).toBe('refused');
  expect(
    parseProbeFailure('Startup probe failed: Get "http://10.0.0.1:8000/": context deadline exceeded')?.kind,
  ).toBe('timeout');
  expect(parseProbeFailure('Readiness probe failed: Get "http://10.0.0.1:8000/": EOF')?.kind).toBe('other');
  expect(parseProbeFailure('Back-off restarting failed container')).toBeUndefined();
});

test('where uvicorn listens: the newest line counts', () => {
  const lines = ['http://127.0.0.1:8000', 'https://[::1]:8443'].map((url, index) => ({
    at: `2026-02-09T14:00:0${index}Z`,
    text: `INFO:     Uvicorn running on ${url} (Press CTRL+C to quit)`,
  }));
  expect(listeningOn(lines)).toMatchObject({ host: '[::1]', port: 8443 });
  expect(listeningOn([])).toBeUndefined();
  expect(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::]'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

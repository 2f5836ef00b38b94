import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { decodeHelmRelease, HelmReleaseError } from '../../src/contract/helm-release.js';

const CANARY = 'cAnArY-0123456789abcdef';

const RELEASE = {
  name: 'todo-chatbot',
  namespace: 'default',
  version: 3,
  info: { status: 'deployed', notes: `password ${CANARY}` },
  chart: {
    metadata: { name: 'todo-chatbot', version: '0.1.0' },
    values: { backend: { replicaCount: 2, nodeSelector: {} }, frontend: { replicaCount: 1 } },
  },
  config: {
    backend: {
      replicaCount: 4,
      secrets: { DATABASE_URL: `postgresql://u:${CANARY}@h/db`, BETTER_AUTH_SECRET: CANARY },
      env: { LOG_LEVEL: 'DEBUG', API_TOKEN: CANARY, MIRROR: `https://u:${CANARY}@h` },
      extra: [{ name: 'BETTER_AUTH_SECRET', value: CANARY }],
    },
    frontend: { secrets: { BETTER_AUTH_SECRET: CANARY } },
  },
  manifest: `stringData: ${CANARY}`,
};

/** As Helm writes it, and the API shows it. */
function encode(release: unknown, pack: (json: Buffer) => Buffer = gzipSync): string {
  const helm = pack(Buffer.from(typeof release === 'string' ? release : JSON.stringify(release))).toString(
    'base64',
  );
  return Buffer.from(helm).toString('base64');
}

function messageOf(data: string): string {
  try {
    decodeHelmRelease(data);
  } catch (error) {
    expect(error).toBeInstanceOf(HelmReleaseError);
    return (error as Error).message;
  }
  throw new Error('was decoded');
}

describe('the reason that Helm gives, and not what stands before it', () => {
  test.each([
    ['Upgrade complete', 'Upgrade complete'],
    ['Upgrade "todo" failed: context deadline exceeded', 'context deadline exceeded'],
    [
      'Upgrade "todo" failed: cannot patch "todo-backend" with kind Deployment: Deployment.apps "todo-backend" is invalid: ' +
        'spec.template.spec.containers[0].resources.requests: Invalid value: "64Mi": must be less than or equal to memory limit of 64',
      'Deployment todo-backend: spec.template.spec.containers[0].resources.requests: Invalid value: "64Mi": must be less than or equal to memory limit of 64',
    ],
    [
      `Upgrade "todo" failed: cannot patch "todo-backend" with kind Deployment:  "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify({ spec: 'x'.repeat(3000) }))}: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`,
      'Deployment todo-backend: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'Upgrade "todo" failed: cannot patch "todo-backend" with kind Deployment: Deployment.apps "todo-backend" is invalid: spec.selector: Invalid value: {"matchLabels":{"app.kubernetes.io/name":"todo"}}: field is immutable',
      'Deployment todo-backend: spec.selector: field is immutable',
    ],
    [
      'Release "todo" failed: 1 error occurred:\n\t* Service "todo" is invalid: spec.ports[0].nodePort: Invalid value: 30081: provided port is already allocated',
      '1 error occurred: * Service "todo" is invalid: spec.ports[0].nodePort: Invalid value: 30081: provided port is already allocated',
    ],
  ])('%s', (description, reason) => {
    const info = { ...RELEASE.info, description };
    expect(decodeHelmRelease(encode({ ...RELEASE, info })).description).toBe(reason);
  });
});

describe('decodeHelmRelease', () => {
  test('reads name, revision, status, chart, and the values that the contract knows', () => {
    const release = decodeHelmRelease(encode(RELEASE));
    expect(release).toMatchObject({
      name: 'todo-chatbot',
      namespace: 'default',
      revision: 3,
      status: 'deployed',
      chart: { name: 'todo-chatbot', version: '0.1.0' },
    });
    expect(release.userValues.assignments).toMatchObject([
      {
        path: ['backend', 'replicaCount'],
        value: 4,
        place: { source: 'Helm release todo-chatbot revision 3' },
      },
      { path: ['backend', 'env', 'LOG_LEVEL'], value: 'DEBUG' },
    ]);
    expect(release.chartValues.assignments).toMatchObject([{ path: ['backend', 'replicaCount'], value: 2 }]);
  });

  test('lets no secret out', () => {
    expect(JSON.stringify(decodeHelmRelease(encode(RELEASE)))).not.toContain(CANARY);
  });

  test('reads what was stored without compression', () => {
    expect(decodeHelmRelease(encode(RELEASE, (json) => json)).revision).toBe(3);
  });

  test('a release without user values has none', () => {
    const release = decodeHelmRelease(encode({ ...RELEASE, config: null }));
    expect(release.userValues).toEqual({ assignments: [], problems: [] });
  });

  test.each([
    ['', 'is not base64'],
    ['!!!', 'is not base64'],
    [Buffer.from('not base64 either!').toString('base64'), 'is not base64'],
    [encode('x', () => Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])), 'its gzip data does not unpack'],
    [encode(RELEASE, (json) => gzipSync(json).subarray(0, 60)), 'its gzip data does not unpack'],
    [encode(`{"a": ${CANARY}`), 'it is not JSON'],
    [encode('[1]'), 'is not a JSON object'],
    [encode('{}'), 'has no name or no revision'],
    [encode({ ...RELEASE, version: '3' }), 'has no name or no revision'],
    ['A'.repeat(5_000_000), 'is larger than any Secret can be'],
  ])('garbage is told apart (%#)', (data, expected) => {
    const message = messageOf(data);
    expect(message).toContain(expected);
    expect(message).not.toContain(CANARY);
  });

  test('a compression bomb is not unpacked', () => {
    expect(messageOf(encode('x', () => gzipSync(Buffer.alloc(30 * 1024 * 1024))))).toContain(
      'unpacks to more than 20 MiB',
    );
  });

  test('objects of the wrong kind, deep nesting and strange keys do no harm', () => {
    const deep = `${'{"backend":'.repeat(3000)}1${'}'.repeat(3000)}`;
    const text = JSON.stringify({ ...RELEASE, info: 7, chart: [], config: 'CONFIG' }).replace(
      '"CONFIG"',
      deep,
    );
    expect(decodeHelmRelease(encode(text))).toMatchObject({ status: '', chart: { name: '', version: '' } });
    const polluted = JSON.stringify({ ...RELEASE, config: 'CONFIG' }).replace(
      '"CONFIG"',
      '{"backend":{"__proto__":{"polluted":1},"env":{"__proto__":"x","constructor":"y"}}}',
    );
    expect(decodeHelmRelease(encode(polluted)).userValues.problems).toHaveLength(3);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { formatPath, leaves } from '../../src/contract/paths.js';
import { resolveContract, type ContractSources, type ResolvedContract } from '../../src/contract/resolve.js';
import { contractErrorOf, temporaryFile } from './files.js';
import { release } from './release.js';

const resolve = (sources: Partial<ContractSources>): Promise<ResolvedContract> =>
  resolveContract({ valuesFiles: [], sets: [], ...sources });

const values = (content: string) => resolve({ valuesFiles: [temporaryFile('values.yaml', content)] });
const contract = (content: string) => resolve({ contractFile: temporaryFile('contract.yaml', content) });

/** Origins other than the default, without the folder of files. */
function changed({ origins }: ResolvedContract): Record<string, string> {
  const entries = [...origins].filter(([, { layer }]) => layer !== 'default');
  return Object.fromEntries(entries.map(([path, { text }]) => [path, text.replace(/^.*\//, '')]));
}

describe('resolveContract', () => {
  test('is the written contract where nothing is laid over it', async () => {
    const resolved = await resolve({});
    expect(resolved.contract).toEqual(DEFAULT_CONTRACT);
    expect(changed(resolved)).toEqual({});
    expect([...resolved.origins.keys()]).toEqual(
      leaves(DEFAULT_CONTRACT).map(({ path }) => formatPath(path)),
    );
    expect(new Set([...resolved.origins.values()].map(({ text }) => text))).toEqual(
      new Set(['contract default']),
    );
  });

  test('is frozen, and leaves the defaults alone', async () => {
    const before = structuredClone(DEFAULT_CONTRACT);
    const resolved = await resolve({ sets: ['backend.image.tag=2,backend.env.X=y'] });
    expect(Object.isFrozen(resolved.contract)).toBe(true);
    expect(Object.isFrozen(resolved.contract.backend.livenessProbe)).toBe(true);
    expect(Object.isFrozen(resolved.contract.backend.env)).toBe(true);
    expect(DEFAULT_CONTRACT).toEqual(before);
  });

  test('lets later layers win: chart, release, values files in order, contract, --set', async () => {
    const first = temporaryFile('first.yaml', 'backend:\n  service:\n    port: 8003\n    nodePort: 30003\n');
    const second = temporaryFile(
      'second.yaml',
      'backend:\n  service:\n    nodePort: 30004\n  image: {tag: v4}\n',
    );
    const file = temporaryFile('contract.yaml', 'backend:\n  image:\n    tag: v5\n    pullPolicy: Never\n');
    const resolved = await resolve({
      helmRelease: release(
        { backend: { replicaCount: 4 } },
        { backend: { replicaCount: 3, service: { port: 8001 }, resources: { limits: { cpu: '2' } } } },
      ),
      valuesFiles: [first, second],
      contractFile: file,
      sets: ['backend.image.pullPolicy=Always', 'backend.image.pullPolicy=IfNotPresent'],
    });
    expect(resolved.contract.backend).toMatchObject({
      replicaCount: 4,
      resources: { limits: { cpu: '2', memory: '1Gi' } },
      service: { port: 8003, nodePort: 30004, type: 'NodePort' },
      image: { tag: 'v5', pullPolicy: 'IfNotPresent' },
    });
    expect(changed(resolved)).toEqual({
      'backend.replicaCount': 'Helm release todo-chatbot revision 3',
      'backend.resources.limits.cpu': 'Helm release todo-chatbot revision 3 (chart’s default)',
      'backend.service.port': 'first.yaml:3',
      'backend.service.nodePort': 'second.yaml:3',
      'backend.image.tag': 'contract.yaml:3',
      'backend.image.pullPolicy': '--set',
    });
  });

  test('replaces lists as a whole, and merges the environment by key', async () => {
    const resolved = await values(
      'backend:\n  env:\n    LOG_LEVEL: DEBUG\n    REGION: eu\n  requiredSecretKeys: [DATABASE_URL]\n',
    );
    expect(resolved.contract.backend.env).toEqual({
      ENVIRONMENT: 'development',
      LOG_LEVEL: 'DEBUG',
      REGION: 'eu',
    });
    expect(resolved.contract.backend.requiredSecretKeys).toEqual(['DATABASE_URL']);
    expect(changed(resolved)).toMatchObject({
      'backend.env.REGION': 'values.yaml:4',
      'backend.requiredSecretKeys': 'values.yaml:5',
    });
  });

  test('reads a scalar as the field’s type, and texts as they are written', async () => {
    const resolved = await values(
      'backend:\n  replicaCount: "3"\n  image: {tag: 1.10}\n  resources: {limits: {cpu: 2}}\n  env: {DEBUG: true, WORKERS: 04}\n  securityContext: {runAsNonRoot: "true"}\n',
    );
    expect(resolved.contract.backend).toMatchObject({
      replicaCount: 3,
      image: { tag: '1.10' },
      resources: { limits: { cpu: '2' } },
      env: { DEBUG: 'true', WORKERS: '04' },
      securityContext: { runAsNonRoot: true },
    });
  });

  test('reports the problems of all files at once', async () => {
    const file = temporaryFile('values.yaml', 'backend:\n  replicaCount: two\n');
    const message = await contractErrorOf(() =>
      resolve({ valuesFiles: [file, `${file}.missing`], sets: ['x=1'] }),
    );
    expect(message.split('\n')).toEqual([
      'values.yaml.missing: does not exist',
      'values.yaml:2:17: backend.replicaCount: expected a whole number from 0 to 10000, found the text "two"',
      '--set: x: unknown key; expected one of backend, allowed, secrets, database, http, loadBalancing, names, labels, any, absent, accepted, knownWeaknesses',
    ]);
  });

  test('reports a fault that a later layer would hide', async () => {
    const file = temporaryFile('values.yaml', 'backend: {service: {port: 99999}}\n');
    const message = await contractErrorOf(() =>
      resolve({ valuesFiles: [file], sets: ['backend.service.port=8000'] }),
    );
    expect(message).toContain('backend.service.port: expected a whole number from 1 to 65535, found 99999');
  });
});

describe('a values file', () => {
  test('may be a whole chart’s: what is not the contract’s is ignored', async () => {
    const resolved = await values(
      [
        'global: {imageRegistry: x}',
        'frontend: {replicaCount: 9, image: {tag: f}}',
        'database: {host: x}',
        'secrets: {x: y}',
        'backend:',
        '  nodeSelector: {disk: ssd}',
        '  autoscaling: {enabled: false}',
        '  image: {tag: v1, registry: r}',
        '  service: {annotations: {}}',
        '  livenessProbe: {httpGet: {scheme: HTTP}}',
      ].join('\n'),
    );
    expect(changed(resolved)).toEqual({ 'backend.image.tag': 'values.yaml:8' });
  });

  test.each([
    [
      'backend:\n  replicacount: 4\n',
      'values.yaml:2:3: backend.replicacount: unknown key; did you mean backend.replicaCount?',
    ],
    [
      'backend:\n  replicasCount: 4\n',
      'values.yaml:2:3: backend.replicasCount: unknown key; did you mean backend.replicaCount?',
    ],
    ['Backend: {}\n', 'values.yaml:1:1: Backend: unknown key; did you mean backend?'],
    [
      'backend:\n  service:\n    nodeport: 1\n',
      'values.yaml:3:5: backend.service.nodeport: unknown key; did you mean backend.service.nodePort?',
    ],
    ['backend: {livenessProbe: {httpget: {}}}\n', 'unknown key; did you mean backend.livenessProbe.httpGet?'],
  ])('%j: asks what was meant', async (content, expected) => {
    expect(await contractErrorOf(() => values(content))).toContain(expected);
  });

  test('may set probes, strategy and security context as the API writes them', async () => {
    const resolved = await values(
      [
        'backend:',
        '  livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 20}',
        '  readinessProbe: {httpGet: {path: /ready, port: http}}',
        '  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 50%, maxUnavailable: 1}}',
        '  securityContext: {runAsUser: 2000, capabilities: {drop: [ALL, NET_RAW]}}',
        '  podSecurityContext: {runAsUser: 3000, runAsNonRoot: false}',
        '  service: {targetPort: http}',
      ].join('\n'),
    );
    const { backend } = resolved.contract;
    expect(backend.livenessProbe).toMatchObject({
      path: '/live',
      port: 8080,
      periodSeconds: 20,
      timeoutSeconds: 5,
    });
    // A port’s name says nothing about its number.
    expect(backend.readinessProbe).toMatchObject({ path: '/ready', port: 8000 });
    expect(backend.service.targetPort).toBe(8000);
    expect(backend.strategy).toEqual({ type: 'RollingUpdate', maxSurge: '50%', maxUnavailable: 1 });
    // The container’s context wins over the pod’s, wherever it stands.
    expect(backend.securityContext).toMatchObject({
      runAsUser: 2000,
      runAsNonRoot: false,
      dropCapabilities: ['ALL', 'NET_RAW'],
    });
    expect(changed(resolved)['backend.livenessProbe.path']).toBe('values.yaml:2');
  });

  test('takes a value back with null, as Helm does', async () => {
    const first = temporaryFile(
      'first.yaml',
      'backend:\n  env: {REGION: eu, LOG_LEVEL: DEBUG}\n  service: {port: 9000, nodePort: 31000}\n',
    );
    const second = temporaryFile(
      'second.yaml',
      'backend:\n  env: {REGION: null, LOG_LEVEL: null}\n  service:\n',
    );
    const resolved = await resolve({ valuesFiles: [first, second] });
    expect(resolved.contract).toEqual(DEFAULT_CONTRACT);
    expect(changed(resolved)).toEqual({});
  });

  test('follows anchors and merge keys', async () => {
    const resolved = await values(
      'base: &base {tag: v1, pullPolicy: Never}\nbackend:\n  image:\n    <<: *base\n    tag: v2\n',
    );
    expect(resolved.contract.backend.image).toMatchObject({ tag: 'v2', pullPolicy: 'Never' });
    expect(changed(resolved)).toEqual({
      'backend.image.tag': 'values.yaml:5',
      'backend.image.pullPolicy': 'values.yaml:1',
    });
  });

  test('leaves no trace of its secrets', async () => {
    const canary = 'cAnArY-0123456789abcdef';
    const resolved = await values(
      [
        'backend:',
        '  secrets:',
        `    DATABASE_URL: postgresql://u:${canary}@h/db`,
        `    BETTER_AUTH_SECRET: ${canary}`,
        '  env:',
        `    DATABASE_URL: postgresql://u:${canary}@h/db`,
        `    OPENROUTER_API_KEY: ${canary}`,
        `    MIRROR: https://u:${canary}@mirror`,
        '    REGION: eu',
      ].join('\n'),
    );
    expect(JSON.stringify([resolved.contract, ...resolved.origins, resolved.notices])).not.toContain(canary);
    expect(changed(resolved)).toEqual({ 'backend.env.REGION': 'values.yaml:9' });
  });

  test('names no secret in its errors', async () => {
    const canary = 'cAnArY-0123456789abcdef';
    const contents = [
      `backend:\n  secrets:\n    DATABASE_URL: "postgresql://u:${canary}@h/db\n  env: {}\n`,
      `backend:\n  secrets:\n   - DATABASE_URL: ${canary}\n  ${canary}: [\n`,
      `backend:\n  env: ${canary}\n`,
      `backend:\n  replicaCount: ${canary}\n`,
      `backend:\n  image:\n    tag: "${canary} x"\n`,
      `backend:\n  secrets: *${canary}\n`,
      `backend:\n  secrets: {postgresql://u:${canary}@h/db: 1, postgresql://u:${canary}@h/db: 2}\n`,
      `backend:\n\tsecrets: ${canary}\n`,
      `postgresql://u:${canary}@h`,
    ];
    for (const content of contents)
      expect(await contractErrorOf(() => values(content))).not.toContain(canary);
  });
});

describe('a contract file', () => {
  test('may be partial', async () => {
    const resolved = await contract('database:\n  poolSize: 5\n  connectedLogPatterns:\n    - "^ready$"\n');
    expect(resolved.contract.database).toMatchObject({
      poolSize: 5,
      connectedLogPatterns: ['^ready$'],
      maxConnections: 100,
    });
    expect(changed(resolved)).toEqual({
      'database.poolSize': 'contract.yaml:2',
      'database.connectedLogPatterns': 'contract.yaml:4',
    });
  });

  test.each([
    [
      'x: 1\n',
      'contract.yaml:1:1: x: unknown key; expected one of backend, allowed, secrets, database, http, loadBalancing, names, labels, any, absent, accepted, knownWeaknesses',
    ],
    ['frontend: {}\n', 'contract.yaml:1:1: frontend: unknown key'],
    [
      'backend: {nodeSelector: {}}\n',
      'contract.yaml:1:11: backend.nodeSelector: unknown key; expected one of replicaCount, image',
    ],
    [
      'backend:\n  replicaCount: [2]\n',
      'contract.yaml:2:17: backend.replicaCount: expected a number, found a list',
    ],
    ['backend:\n  replicaCount:\n', 'backend.replicaCount: expected a number, found nothing (null)'],
    ['backend: 3\n', 'contract.yaml:1:10: backend: expected a mapping with the keys replicaCount'],
    ['backend: {env: [a]}\n', 'backend.env: expected a mapping of names to texts, found a list'],
    ['backend: {env: {A: {b: c}}}\n', 'backend.env.A: expected a text, found a mapping'],
    ['backend: {env: {"a b": c}}\n', 'backend.env.a b: expected the name of an environment variable'],
    [
      'backend: {requiredSecretKeys: A}\n',
      'backend.requiredSecretKeys: expected a list of texts, found the text "A"',
    ],
    [
      'backend: {requiredSecretKeys: [A, [B]]}\n',
      'contract.yaml:1:35: backend.requiredSecretKeys: expected a list of texts, found a list',
    ],
    ['backend: {requiredSecretKeys: [A, "b c"]}\n', 'found a text of 3 characters as item 2'],
    [
      'backend: {resources: {limits: {cpu: lots}}}\n',
      'backend.resources.limits.cpu: expected a Kubernetes quantity such as 500m',
    ],
    [
      'database: {errorLogPatterns: ["(", "ok"]}\n',
      'database.errorLogPatterns: expected a valid regular expression',
    ],
    [
      'backend: {secrets: {DATABASE_URL: x}}\n',
      'backend.secrets: secret values are never part of the contract',
    ],
    [
      'backend: {env: {DATABASE_URL: x}}\n',
      'backend.env.DATABASE_URL: secret values are never part of the contract',
    ],
    ['- backend\n', 'contract.yaml:1:1: expected a mapping with the keys backend, allowed, secrets'],
  ])('%j is refused', async (content, expected) => {
    expect(await contractErrorOf(() => contract(content))).toContain(expected);
  });
});

describe('--set', () => {
  test('knows the contract’s paths and Helm’s', async () => {
    const resolved = await resolve({
      sets: [
        'loadBalancing.confidence=0.95,allowed.logLevels={INFO,WARN}',
        'backend.strategy.rollingUpdate.maxSurge=2',
      ],
    });
    expect(resolved.contract.loadBalancing.confidence).toBe(0.95);
    expect(resolved.contract.allowed.logLevels).toEqual(['INFO', 'WARN']);
    expect(resolved.contract.backend.strategy.maxSurge).toBe(2);
  });

  test.each([
    ['backend.replicas=4', '--set: backend.replicas: unknown key; did you mean backend.replicaCount?'],
    ['backend.nodeSelector.x=1', '--set: backend.nodeSelector: unknown key'],
    [
      'backend.secrets.DATABASE_URL=hunter2hunter2',
      '--set: backend.secrets: secret values are never part of the contract',
    ],
    ['backend.replicaCount={1,2}', 'expected a number, found a list'],
    ['backend.service=x', 'expected a mapping with the keys type, port, targetPort, nodePort'],
  ])('%s is refused', async (text, expected) => {
    const message = await contractErrorOf(() => resolve({ sets: [text] }));
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });
});

describe('the installed release', () => {
  test('sets the contract’s parameters', async () => {
    const resolved = await resolve({
      helmRelease: release({
        backend: { replicaCount: 3, env: { LOG_LEVEL: 'DEBUG' }, service: { nodePort: 31000 } },
      }),
    });
    expect(resolved.contract.backend).toMatchObject({
      replicaCount: 3,
      env: { LOG_LEVEL: 'DEBUG' },
      // The node port is demanded outright: a release with another one departs from the contract.
      service: { nodePort: 30081 },
    });
    expect(resolved.notices).toEqual([]);
  });

  test('cannot relax what the contract demands outright: probes, strategy, security', async () => {
    const resolved = await resolve({
      helmRelease: release({
        backend: {
          livenessProbe: { failureThreshold: 99 },
          strategy: { type: 'Recreate' },
          securityContext: { runAsUser: 0, runAsNonRoot: false },
          requiredSecretKeys: [],
          service: { targetPort: 9 },
        },
        secrets: { authSecretMinLength: 1 },
      }),
    });
    expect(resolved.contract).toEqual(DEFAULT_CONTRACT);
  });

  test('what it holds wrongly is a notice, and the contract’s value is used', async () => {
    const resolved = await resolve({
      helmRelease: release({
        backend: {
          replicaCount: 3,
          service: { port: 'x', nodePort: 31000 },
          env: [{ name: 'A' }],
          replicasCount: 1,
        },
      }),
    });
    expect(resolved.contract.backend).toMatchObject({
      replicaCount: 3,
      service: { port: 8000, nodePort: 30081 },
    });
    expect(resolved.notices).toHaveLength(3);
    expect(resolved.notices.join('\n')).toContain(
      'Helm release todo-chatbot revision 3: backend.service.port: expected a whole number from 1 to 65535, found the text "x"; the contract’s value is used instead',
    );
    expect(resolved.notices.join('\n')).toContain(
      'backend.env: expected a mapping of names to texts, found a list',
    );
  });
});

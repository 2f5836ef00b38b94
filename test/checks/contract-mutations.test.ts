/**
 * Each value of the contract, and each field of the objects that it is about, changed and taken away: some check sees it.
 * What no check sees is listed here with the reason.
 */
import { describe, expect, test } from '@jest/globals';
import { CHECKS } from '../../src/checks/index.js';
import { DEFAULT_CONTRACT, type Contract } from '../../src/contract/contract.js';
import { judge, type HealthyEvidence } from '../support/check-context.js';
import { healthyEvidence } from '../support/healthy.js';

type Path = readonly (string | number)[];
type Change = (evidence: HealthyEvidence, contract: Contract) => void;

/** Checks that do not say the same of the changed state as of the healthy one. */
function seenBy(change: Change): string[] {
  return CHECKS.filter((check) => {
    const verdict = judge(check, change);
    return verdict.status === 'fail' || verdict.status === 'warn';
  }).map(({ meta }) => meta.id);
}

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function at(root: object, path: Path): Record<string | number, unknown> {
  return path
    .slice(0, -1)
    .reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], root) as Record<
    string | number,
    unknown
  >;
}

function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  const quantity = /^(\d+)(m|[KMG]i)$/.exec(String(value));
  return quantity ? `${Number(quantity[1]) + 1}${quantity[2] ?? ''}` : `${String(value)}-x`;
}

const change = (root: object, path: Path) => {
  const key = path.at(-1) ?? '';
  at(root, path)[key] = other(at(root, path)[key]);
};
const remove = (root: object, path: Path) => {
  const key = path.at(-1) ?? '';
  const parent = at(root, path);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
};

/** Fields whose default in the API is what the contract demands. */
const DEFAULTS =
  /^ports\.\d\.protocol$|Probe\.(?:httpGet\.scheme|periodSeconds|successThreshold|failureThreshold)$/;
/** A port may have any name; what refers to it is resolved. */
const NAMES = /^ports\.\d\.name$/;

/** Objects, with what no check is to see of them when it is changed, and when it is taken away. */
const OBJECTS: [
  name: string,
  of: (evidence: HealthyEvidence) => object,
  changed: RegExp[],
  removed: RegExp[],
][] = [
  [
    'the template’s container',
    ({ deployment }) => deployment.spec.template.spec.containers[0] ?? {},
    [NAMES],
    [NAMES, DEFAULTS],
  ],
  ['a running pod’s container', ({ pods }) => pods[1]?.spec.containers[0] ?? {}, [NAMES], [NAMES, DEFAULTS]],
  [
    'the Service',
    ({ service }) => service.spec,
    // Both known policies are judged with the nodes; an unknown one no API server takes.
    [NAMES, /^externalTrafficPolicy$/],
    // A selector of fewer labels is right as long as it selects the same pods. The rest are the API's defaults.
    [
      NAMES,
      DEFAULTS,
      /^selector\./,
      /^(?:clusterIP|sessionAffinity|externalTrafficPolicy|ports\.0\.targetPort)$/,
    ],
  ],
  // Which node it is on matters under a Local policy alone, and a pod is known by its address, too, which the reader always gives.
  [
    'an endpoint',
    ({ endpoints }) => endpoints.addresses[0] ?? {},
    [/^nodeName$/],
    [/^(?:nodeName|podName|terminating|address)$/],
  ],
  ['the ConfigMap', ({ configMap }) => configMap.data, [], []],
];

describe.each(OBJECTS)('%s', (_name, of, changed, removed) => {
  const paths = leaves(of(healthyEvidence()));
  const notSeen = (mutate: (root: object, path: Path) => void, exempt: readonly RegExp[]) =>
    paths
      .filter((path) => !exempt.some((pattern) => pattern.test(path.join('.'))))
      .filter((path) => seenBy((evidence) => mutate(of(evidence), path)).length === 0)
      .map((path) => path.join('.'));

  test('each field changed is seen', () => expect(notSeen(change, changed)).toEqual([]));
  test('each field taken away is seen', () => expect(notSeen(remove, removed)).toEqual([]));
});

describe('the Secret', () => {
  test.each(['DATABASE_URL', 'BETTER_AUTH_SECRET'])('%s renamed or taken away is seen', (key) => {
    const index = healthyEvidence().secret.keys.findIndex((each) => each.key === key);
    expect(seenBy(({ secret }) => change(secret, ['keys', index, 'key']))).toContain('config/secret');
    expect(seenBy(({ secret }) => remove(secret, ['keys', index]))).toContain('config/secret');
  });

  test('another type is seen', () => {
    expect(seenBy(({ secret }) => change(secret, ['type']))).toContain('config/secret');
  });
});

describe('the contract', () => {
  const UNSEEN = [
    // What the contract demands less is kept by what does more; ALL is every capability.
    /^backend\.optionalSecretKeys\./,
    /^backend\.securityContext\.(?:runAsNonRoot|allowPrivilegeEscalation|dropCapabilities\.0)$/,
    // Left open (`any`), until somebody gives it a value.
    /^backend\.startupProbe\./,
    // The two ends of a range that is none with one of them.
    /^backend\.autoscaling\./,
  ];

  test('each value under backend, changed, is seen', () => {
    const notSeen = leaves(DEFAULT_CONTRACT.backend)
      .map((path) => ['backend', ...path])
      .filter((path) => seenBy((_evidence, contract) => change(contract, path)).length === 0)
      .map((path) => path.join('.'))
      .filter((path) => !UNSEEN.some((pattern) => pattern.test(path)));
    expect(notSeen).toEqual([]);
  });
});

/**
 * Which keys each kind of overlay knows, and which value of the contract each one sets. The contract's own
 * shape is read off its defaults, so that there is one list of fields.
 */
import { DEFAULT_CONTRACT } from './contract.js';
import { isMapping, type Leaf, type Path } from './paths.js';

export interface MapShape {
  kind: 'map';
  /** The value of the contract that a null takes back; undefined where it is spread over several. */
  path: Path | undefined;
  keys: ReadonlyMap<string, Shape>;
}

export interface LeafShape {
  kind: 'leaf';
  path: Path;
  /** The contract's default: its type is the type that is wanted. */
  like: Leaf;
  /** Text that is no number is another legal way to write it (a port's name), of which the contract knows nothing. */
  ignoreText?: boolean;
  /** A more special key of the same document sets the same value, and wins. */
  weak?: boolean;
}

export type Shape =
  | MapShape
  | LeafShape
  /** Any key, text as value: the environment. */
  | { kind: 'record'; path: Path }
  /** A list of accepted deviations. */
  | { kind: 'accepted'; path: Path }
  /** Where Helm's values hold the secrets. */
  | { kind: 'secrets' };

/** Mappings whose keys are the user's own. */
const RECORDS = new Set(['backend.env', 'backend.secretKeys']);

const map = (path: Path | undefined, keys: Iterable<readonly [string, Shape]>): MapShape => ({
  kind: 'map',
  path,
  keys: new Map(keys),
});

function shapeOf(value: unknown, path: Path): Shape {
  if (RECORDS.has(path.join('.'))) return { kind: 'record', path };
  if (path.join('.') === 'accepted') return { kind: 'accepted', path };
  if (!isMapping(value)) return { kind: 'leaf', path, like: value as Leaf };
  return map(
    path,
    Object.entries(value).map(([key, child]) => [key, shapeOf(child, [...path, key])] as const),
  );
}

const contract = Object.entries(DEFAULT_CONTRACT);

/** A contract file: the contract's own keys. `backend.secrets` is known in order to be refused in good words. */
export const CONTRACT_SHAPE: MapShape = map(
  [],
  contract.map(([key, value]) => [
    key,
    key === 'backend'
      ? extend(shapeOf(value, [key]), [['secrets', { kind: 'secrets' }]])
      : shapeOf(value, [key]),
  ]),
);

const backend = CONTRACT_SHAPE.keys.get('backend');

/** `backend` as charts write it: the contract's keys and, for what they have no parameter for, the API's own. */
const helmBackend: Shape = extend(backend, [
  ['livenessProbe', probe('livenessProbe')],
  ['readinessProbe', probe('readinessProbe')],
  [
    'service',
    extend(under(backend, 'service'), [['targetPort', portLeaf(['backend', 'service', 'targetPort'])]]),
  ],
  [
    'strategy',
    extend(under(backend, 'strategy'), [
      [
        'rollingUpdate',
        map(undefined, [
          ['maxSurge', leaf('strategy', 'maxSurge')],
          ['maxUnavailable', leaf('strategy', 'maxUnavailable')],
        ]),
      ],
    ]),
  ],
  [
    'securityContext',
    extend(under(backend, 'securityContext'), [
      ['capabilities', map(undefined, [['drop', leaf('securityContext', 'dropCapabilities')]])],
    ]),
  ],
  // The container's context wins, field by field, as in the kubelet.
  [
    'podSecurityContext',
    map(undefined, [
      ['runAsUser', { ...leaf('securityContext', 'runAsUser'), weak: true }],
      ['runAsNonRoot', { ...leaf('securityContext', 'runAsNonRoot'), weak: true }],
    ]),
  ],
]);

/** `--set`: every path of the contract, and Helm's. */
export const SET_SHAPE: MapShape = extend(CONTRACT_SHAPE, [['backend', helmBackend]]);

/** A Helm values file: `backend`. Its other top-level keys are the chart's business. */
export const VALUES_SHAPE: MapShape = map(undefined, [['backend', helmBackend]]);

/**
 * The installed release: the contract's Configuration Parameters only. What the contract demands outright (probes,
 * strategy, security) is not the installed chart's to relax: the thing under test would set its own standard.
 */
export const RELEASE_SHAPE: MapShape = map(undefined, [
  [
    'backend',
    map(
      undefined,
      ['replicaCount', 'image', 'resources', 'service', 'env', 'secrets'].map((key) => [
        key,
        // Type and node port are demanded outright: a release that has others departs from the contract.
        key === 'service' ? only(under(backend, key), ['port']) : under(backend, key),
      ]),
    ),
  ],
]);

function probe(name: 'livenessProbe' | 'readinessProbe'): MapShape {
  return extend(under(backend, name), [
    ['port', portLeaf(['backend', name, 'port'])],
    [
      'httpGet',
      map(undefined, [
        ['path', leaf(name, 'path')],
        ['port', portLeaf(['backend', name, 'port'])],
      ]),
    ],
  ]);
}

/** A port that may be a name, which only the cluster's objects can resolve. */
function portLeaf(path: Path): LeafShape {
  return { kind: 'leaf', path, like: 8000, ignoreText: true };
}

function leaf(parent: string, name: string): LeafShape {
  const found = under(under(backend, parent), name);
  if (found.kind !== 'leaf') throw new Error(`backend.${parent}.${name} is not a value`);
  return found;
}

function under(shape: Shape | undefined, key: string): Shape {
  const found = shape?.kind === 'map' ? shape.keys.get(key) : undefined;
  if (found === undefined) throw new Error(`the contract has no key ${key}`);
  return found;
}

function extend(shape: Shape | undefined, keys: [string, Shape][]): MapShape {
  if (shape?.kind !== 'map') throw new Error('only a mapping takes more keys');
  return map(shape.path, [...shape.keys, ...keys]);
}

function only(shape: Shape, keys: readonly string[]): MapShape {
  if (shape.kind !== 'map') throw new Error('only a mapping has keys');
  return map(
    shape.path,
    [...shape.keys].filter(([key]) => keys.includes(key)),
  );
}

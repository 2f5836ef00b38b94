/** What the contract demands of a field of an object, so that a change can be read as one towards it or away from it. */
import type { Contract } from '../contract/contract.js';
import type { Area } from './model.js';

type Rule = [
  area: Area,
  field: RegExp,
  value: (contract: Contract['backend'], match: RegExpExecArray) => string | number | null | undefined,
];

const RULES: readonly Rule[] = [
  ['deployment', /^spec\.replicas$/, ({ replicaCount }) => replicaCount],
  ['deployment', /^(ready|available) replicas$/, ({ replicaCount }) => replicaCount],
  ['deployment', /^spec\.strategy\.type$/, ({ strategy }) => strategy.type],
  ['deployment', /^spec\.strategy\.rollingUpdate\.maxSurge$/, ({ strategy }) => strategy.maxSurge],
  [
    'deployment',
    /^spec\.strategy\.rollingUpdate\.maxUnavailable$/,
    ({ strategy }) => strategy.maxUnavailable,
  ],
  ['deployment', /\]\.image$/, ({ image }) => `${image.repository}:${image.tag}`],
  ['deployment', /\]\.imagePullPolicy$/, ({ image }) => image.pullPolicy],
  [
    'deployment',
    /\]\.resources\.(limits|requests)\.(cpu|memory)$/,
    ({ resources }, [, list, unit]) => resources[list as 'limits' | 'requests'][unit as 'cpu' | 'memory'],
  ],
  [
    'deployment',
    /\]\.(livenessProbe|readinessProbe)\.httpGet\.path$/,
    (backend, match) => probe(backend, match).path,
  ],
  [
    'deployment',
    /\]\.(livenessProbe|readinessProbe)\.httpGet\.port$/,
    (backend, match) => probe(backend, match).port,
  ],
  [
    'deployment',
    /\]\.(livenessProbe|readinessProbe)\.(initialDelaySeconds|periodSeconds|timeoutSeconds|successThreshold|failureThreshold)$/,
    (backend, match) => probe(backend, match)[match[2] as 'periodSeconds'],
  ],
  ['service', /^spec\.type$/, ({ service }) => service.type],
  [
    'service',
    /^spec\.ports\[[^\]]*\]\.(port|targetPort|nodePort)$/,
    ({ service }, match) => service[match[1] as 'port'],
  ],
  [
    'config',
    /^data\.([\w.-]+)$/,
    ({ env }, match) => (Object.hasOwn(env, match[1] ?? '') ? env[match[1] ?? ''] : null),
  ],
];

/** @returns null where the contract says nothing of it */
export function contractValue(area: Area, field: string, { backend }: Contract): string | null {
  for (const [ruled, pattern, value] of RULES) {
    const match = ruled === area ? pattern.exec(field) : null;
    if (!match) continue;
    const expected = value(backend, match);
    return expected === null || expected === undefined ? null : String(expected);
  }
  return null;
}

function probe(backend: Contract['backend'], match: RegExpExecArray): Contract['backend']['livenessProbe'] {
  return backend[match[1] as 'livenessProbe' | 'readinessProbe'];
}

/** Where a container's environment variables come from, as the kubelet puts them together. */
import type { Container, EnvVar } from '../evidence/objects.js';

type Kind = 'ConfigMap' | 'Secret';

/** `expansion`: put together from other variables with `$(NAME)`. */
type Literal = 'plain' | 'empty' | 'expansion';

/** The origin of one variable. */
export type Origin =
  | { from: 'literal'; literal: Literal; field: string }
  | { from: 'reference'; kind: Kind; name: string; key: string; optional: boolean; field: string }
  | { from: 'other'; what: string; field: string };

/** A ConfigMap or Secret whose keys all become variables. */
export interface Import {
  kind: Kind;
  name: string;
  prefix: string;
  optional: boolean;
  /** JSON path below the container. */
  field: string;
}

/** A variable's own entry under `env`; the last one of its name wins, and it wins over `envFrom`. */
export function entryOf({ env = [] }: Container, name: string): Origin | undefined {
  const index = env.findLastIndex((entry) => entry.name === name);
  const entry = env[index];
  return entry && originOf(entry, `env[${index}]`);
}

/** What stands in an entry without `valueFrom`. */
export function literalOf({ value = '' }: EnvVar): Literal {
  if (value === '') return 'empty';
  return /\$\(\w+\)/.test(value) ? 'expansion' : 'plain';
}

/** The container's `envFrom`, in order: later sources win over earlier ones. */
export function importsOf({ envFrom = [] }: Container): Import[] {
  return envFrom.flatMap(({ prefix = '', configMapRef, secretRef }, index) => {
    const field = `envFrom[${index}]`;
    const make = (kind: Kind, source: { name?: string; optional?: boolean } | undefined): Import[] =>
      source ? [{ kind, name: source.name ?? '', prefix, optional: source.optional ?? false, field }] : [];
    return [...make('ConfigMap', configMapRef), ...make('Secret', secretRef)];
  });
}

function originOf(entry: EnvVar, field: string): Origin {
  const { valueFrom } = entry;
  if (!valueFrom) return { from: 'literal', literal: literalOf(entry), field };
  const refer = (kind: Kind, source: { name?: string; key: string; optional?: boolean }): Origin => {
    const { name = '', key, optional = false } = source;
    return { from: 'reference', kind, name, key, optional, field };
  };
  if (valueFrom.secretKeyRef) return refer('Secret', valueFrom.secretKeyRef);
  if (valueFrom.configMapKeyRef) return refer('ConfigMap', valueFrom.configMapKeyRef);
  return { from: 'other', what: Object.keys(valueFrom)[0] ?? 'nothing', field };
}

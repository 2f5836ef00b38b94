/**
 * The environment that a container is started with, as the kubelet puts it together (kubelet_pods.go,
 * makeEnvironmentVariables): `envFrom` in its order, then `env` in its order; what comes later wins. Pure.
 */

/** The parts of a container that its environment comes from (core/v1 Container). */
export interface EnvironmentSpec {
  env?: readonly EnvironmentEntry[];
  envFrom?: readonly {
    prefix?: string;
    configMapRef?: { name?: string; optional?: boolean };
    secretRef?: { name?: string; optional?: boolean };
  }[];
}

interface EnvironmentEntry {
  name: string;
  value?: string;
  valueFrom?: {
    configMapKeyRef?: KeyReference;
    secretKeyRef?: KeyReference;
    fieldRef?: object;
    resourceFieldRef?: object;
  };
}

interface KeyReference {
  name?: string;
  key: string;
  optional?: boolean;
}

export type SourceKind = 'ConfigMap' | 'Secret';

/** Values by key; `absent`: there is no such object; `unread`: nobody could look. */
export type SourceData = ReadonlyMap<string, string> | 'absent' | 'unread';

/** Gives the data of a ConfigMap or Secret of the pod's namespace. */
export type Lookup = (kind: SourceKind, name: string) => SourceData;

/** Where a variable's value stands. */
export type VariableSource =
  | { from: SourceKind; name: string; key: string }
  /** In the pod template itself; `uses`: the variables that are put into it with `$(NAME)`. */
  | { from: 'template'; uses: string[] }
  /** A field of the pod or a resource of the container. */
  | { from: 'pod' };

export interface Variable {
  name: string;
  /** undefined: it cannot be told from outside of the pod, or a source of it could not be read. */
  value: string | undefined;
  source: VariableSource;
  /** Below the container, such as `env[2]` or `envFrom[1]`. */
  field: string;
  /** Its source is marked optional: without it the container starts without the variable. */
  optional: boolean;
  /** What it replaces, in the order in which the kubelet met it. */
  hides: { source: VariableSource; field: string }[];
}

/** A reference that leads nowhere. One that is not optional keeps the container from starting. */
export interface Missing {
  kind: SourceKind;
  name: string;
  /** undefined: the whole object is missing. */
  key: string | undefined;
  field: string;
  optional: boolean;
  /** The variable that stays unset; undefined for a whole object under `envFrom`. */
  variable: string | undefined;
}

export interface EffectiveEnvironment {
  variables: ReadonlyMap<string, Variable>;
  missing: Missing[];
  /** Objects that could not be looked at; what they would add or replace is not known. */
  unread: { kind: SourceKind; name: string; field: string }[];
  /** Keys under `envFrom` that are no names of variables: the kubelet leaves them out. */
  skippedKeys: { kind: SourceKind; name: string; key: string; field: string }[];
}

/**
 * Any printable ASCII character but `=` (apimachinery, IsRelaxedEnvVarName, the rule from Kubernetes 1.34 on). Older
 * clusters want C-like names with dots and hyphens; keys that only they refuse are rarer than wrong alarms would be.
 */
const VARIABLE_NAME = /^[\u0020-\u003c\u003e-\u007e]+$/;

/** Variables that the kubelet makes of the namespace's Services: usable in `$(NAME)`, known only inside the pod. */
const SERVICE_VARIABLE =
  /^[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** @param lookup asked once for each reference */
export function effectiveEnvironment(container: EnvironmentSpec, lookup: Lookup): EffectiveEnvironment {
  const variables = new Map<string, Variable>();
  const missing: Missing[] = [];
  const unread: EffectiveEnvironment['unread'] = [];
  const skippedKeys: EffectiveEnvironment['skippedKeys'] = [];
  const set = (variable: Omit<Variable, 'hides'>) => {
    const before = variables.get(variable.name);
    const hides = before ? [...before.hides, { source: before.source, field: before.field }] : [];
    variables.set(variable.name, { ...variable, hides });
  };

  for (const [index, { prefix = '', configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
    const field = `envFrom[${index}]`;
    const reference = configMapRef ?? secretRef;
    if (reference === undefined) continue;
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const { name = '', optional = false } = reference;
    const data = lookup(kind, name);
    if (data === 'unread') unread.push({ kind, name, field });
    else if (data === 'absent')
      missing.push({ kind, name, key: undefined, field, optional, variable: undefined });
    else
      for (const [key, value] of data) {
        const variable = `${prefix}${key}`;
        if (VARIABLE_NAME.test(variable))
          set({ name: variable, value, source: { from: kind, name, key }, field, optional });
        else skippedKeys.push({ kind, name, key, field });
      }
  }

  for (const [index, entry] of (container.env ?? []).entries()) {
    const field = `env[${index}]`;
    const { name, value = '', valueFrom } = entry;
    const kind = valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret';
    const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
    if (value !== '' || valueFrom === undefined) {
      const { text, uses } = expand(value, variables);
      set({ name, value: text, source: { from: 'template', uses }, field, optional: false });
    } else if (reference === undefined) {
      set({ name, value: undefined, source: { from: 'pod' }, field, optional: false });
    } else {
      const { name: object = '', key, optional = false } = reference;
      const data = lookup(kind, object);
      const found = typeof data === 'string' ? undefined : data.get(key);
      if (data === 'unread') unread.push({ kind, name: object, field });
      if (data === 'unread' || found !== undefined)
        set({ name, value: found, source: { from: kind, name: object, key }, field, optional });
      else {
        const missingKey = data === 'absent' ? undefined : key;
        missing.push({ kind, name: object, key: missingKey, field, optional, variable: name });
      }
    }
  }
  return { variables, missing, unread, skippedKeys };
}

/**
 * Puts variables that were set before into a value (k8s.io/kubernetes/third_party/forked/golang/expansion): `$(NAME)`
 * is replaced, `$$` is a dollar sign, and a name that is not set stays as it is written.
 */
function expand(
  value: string,
  variables: ReadonlyMap<string, Variable>,
): { text: string | undefined; uses: string[] } {
  const uses: string[] = [];
  const unknown: string[] = [];
  const text = value.replace(/\$(?:(\$)|\(([^)]*)\))/g, (whole, dollar: string | undefined, name: string) => {
    if (dollar !== undefined) return '$';
    uses.push(name);
    const used = variables.get(name);
    if (used === undefined && !SERVICE_VARIABLE.test(name)) return whole;
    if (used?.value === undefined) unknown.push(name);
    return used?.value ?? whole;
  });
  return { text: unknown.length > 0 ? undefined : text, uses };
}

/** The ConfigMaps and Secrets that a container's environment refers to, each once, in the order of reference. */
export function referredObjects({ env = [], envFrom = [] }: EnvironmentSpec): {
  kind: SourceKind;
  name: string;
}[] {
  const found = new Map<string, { kind: SourceKind; name: string }>();
  const add = (kind: SourceKind, name: string | undefined) => {
    if (name !== undefined && name !== '') found.set(`${kind}/${name}`, { kind, name });
  };
  for (const { configMapRef, secretRef } of envFrom) {
    add('ConfigMap', configMapRef?.name);
    add('Secret', secretRef?.name);
  }
  for (const { valueFrom } of env) {
    add('ConfigMap', valueFrom?.configMapKeyRef?.name);
    add('Secret', valueFrom?.secretKeyRef?.name);
  }
  return [...found.values()];
}

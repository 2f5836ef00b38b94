/** Where a pod takes its variables from, against what its template says. */
import type { Container, EnvVar } from '../../evidence/objects.js';

export interface EnvironmentFault {
  what: string;
  expected: string;
  found: string;
  /** Below the container. */
  field: string;
}

/**
 * What the template's container has and the pod's has not, and what the pod's has beside it that can replace it. A
 * variable of another name, as injectors add them, changes nothing that the template says.
 * @param demanded names of variables that the contract is about
 */
export function environmentFaults(
  template: Container,
  container: Container,
  demanded: ReadonlySet<string>,
): EnvironmentFault[] {
  const faults: EnvironmentFault[] = [];
  const wanted = sourcesOf(template);
  const found = sourcesOf(container);
  if (JSON.stringify(wanted) !== JSON.stringify(found)) {
    const data = {
      expected: wanted.join(', ') || 'none',
      found: found.join(', ') || 'none',
      field: 'envFrom',
    };
    faults.push({
      what: `its variables come from ${data.found}, by the template from ${data.expected}`,
      ...data,
    });
  }
  const env = lastOf(container);
  const templateEnv = lastOf(template);
  for (const name of new Set([
    ...templateEnv.keys(),
    ...[...env.keys()].filter((key) => demanded.has(key)),
  ])) {
    const [mine, theirs] = [env.get(name), templateEnv.get(name)];
    if (JSON.stringify(mine) === JSON.stringify(theirs)) continue;
    const data = { expected: originOf(theirs), found: originOf(mine), field: `env[name='${name}']` };
    const apart = data.expected === data.found ? 'another value' : data.found;
    faults.push({ what: `variable ${name} is ${apart}, by the template ${data.expected}`, ...data });
  }
  return faults;
}

/** The last entry of a name wins. */
function lastOf({ env = [] }: Container): Map<string, EnvVar> {
  return new Map(env.map((entry) => [entry.name, entry]));
}

function sourcesOf({ envFrom = [] }: Container): string[] {
  return envFrom.map(({ prefix = '', configMapRef, secretRef }) => {
    const ref = configMapRef ?? secretRef;
    const words = [configMapRef ? 'ConfigMap' : 'Secret', ref?.name ?? ''];
    if (ref?.optional === true) words.push('(optional)');
    if (prefix !== '') words.push(`with prefix ${prefix}`);
    return words.join(' ');
  });
}

/** Never a literal value: it may be a credential. */
function originOf(entry: EnvVar | undefined): string {
  if (entry === undefined) return 'not set there';
  const { configMapKeyRef, secretKeyRef } = entry.valueFrom ?? {};
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref) return `key ${ref.key} of ${configMapKeyRef ? 'ConfigMap' : 'Secret'} ${ref.name ?? ''}`;
  return entry.valueFrom ? 'a field of the pod' : 'a literal value';
}

/** Where the effective value of a variable stands. */
import type { Target } from '../contract/target.js';
import type { EnvironmentFacts, VariableFacts } from '../evidence/evidence.js';
import type { ObjectRef } from '../rule/finding.js';
import { deploymentRef, secretRef } from '../rule/object-ref.js';

export function variableOf(
  { variables }: Readonly<EnvironmentFacts>,
  name: string,
): VariableFacts | undefined {
  return variables.find((variable) => variable.name === name);
}

/** The object and field that hold the value that the container gets; without one, those of the backend's Secret. */
export function placeOf(
  variable: VariableFacts | undefined,
  name: string,
  target: Target,
): { object: ObjectRef; field: string } {
  if (variable === undefined) return { object: secretRef(target), field: `data.${name}` };
  const { source, field } = variable;
  if (source.from === 'template' || source.from === 'pod')
    return { object: deploymentRef(target), field: `spec.template.spec.containers[].${field}` };
  const { from: kind, name: object, key } = source;
  return { object: { kind, namespace: target.namespace, name: object }, field: `data.${key}` };
}

/** Whether the container gets the variable from some Secret, under whatever key, or puts it together from one that it does. */
export function comesFromSecret(
  environment: Readonly<EnvironmentFacts>,
  name: string,
  seen: readonly string[] = [],
): boolean {
  const source = variableOf(environment, name)?.source;
  if (source?.from !== 'template' || seen.includes(name)) return source?.from === 'Secret';
  return source.uses.some((used) => comesFromSecret(environment, used, [...seen, name]));
}

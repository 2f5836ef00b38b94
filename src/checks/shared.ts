/** What several checks say in the same words. */
import type { Target } from '../contract/target.js';
import { failUnlessEmpty, unknown, warnUnlessEmpty } from './check.js';
import type { CheckContext, Finding, FindingData, ObjectRef, Verdict } from './check.js';

/** The label that every backend object carries (contract: Kubernetes Resources, Metadata). */
export const COMPONENT_LABEL = 'app.kubernetes.io/component';
/** Selects the backend's pods in a kubectl command, as the contract's own commands do. */
export const POD_SELECTOR = `${COMPONENT_LABEL}=backend`;

/** The Deployment as the object of a finding. */
export function deploymentRef(target: Target): ObjectRef {
  return { kind: 'Deployment', namespace: target.namespace, name: target.names.deployment };
}

/**
 * A `helm upgrade` command that sets these values, ready to paste.
 * @param assignments one or more `key=value` of Helm's --set
 */
export function helmUpgrade({ target }: CheckContext, ...assignments: string[]): string {
  const release = target.release ?? '<release>';
  const sets = assignments.map((assignment) => ` --set ${shellWord(assignment)}`).join('');
  return `helm upgrade ${release} ./helm/todo-chatbot -n ${target.namespace} --reuse-values${sets}`;
}

/**
 * The Helm command that sets these values where Helm manages the release, since Helm's next upgrade would undo an
 * edit by hand; else the kubectl command.
 * @param kubectl what follows `kubectl -n <namespace>`
 * @param assignments `key=value` of Helm's --set
 */
export function helmOrKubectl(context: CheckContext, kubectl: string, ...assignments: string[]): string {
  if (context.target.helm) return helmUpgrade(context, ...assignments);
  return `kubectl -n ${context.target.namespace} ${kubectl}`;
}

/** A pod as the object of a finding. */
export function podRef(target: Target, name: string): ObjectRef {
  return { kind: 'Pod', namespace: target.namespace, name };
}

/** Fails when there are failures (and tells the warnings too), warns when there are only warnings, else passes. */
export function failOrWarn<M extends string>(
  failures: Finding<M>[],
  warnings: Finding<M>[],
  fact: string,
): Verdict<M> {
  if (failures.length > 0) return failUnlessEmpty([...failures, ...warnings], fact);
  return warnUnlessEmpty(warnings, fact);
}

/** `1 pod`, `2 pods`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Messages for `labelFindings`. */
export const LABEL_MESSAGES = {
  'label-missing': 'label {label} is missing',
  'label-value': 'label {label} is {found}',
};

/**
 * Compares an object's labels with the standard Helm labels (helm.sh: Labels and Annotations, those marked REC) and
 * the component label. Where the contract leaves the value open, the label must only be there.
 */
export function labelFindings(
  labels: Record<string, string> | undefined,
  target: Target,
  object: ObjectRef,
): Finding<keyof typeof LABEL_MESSAGES>[] {
  const wanted: [label: string, value: string | undefined][] = [
    ['app.kubernetes.io/name', undefined],
    ['app.kubernetes.io/instance', target.release],
    ['app.kubernetes.io/managed-by', 'Helm'],
    ['helm.sh/chart', undefined],
    [COMPONENT_LABEL, 'backend'],
  ];
  return wanted.flatMap(([label, value]): Finding<keyof typeof LABEL_MESSAGES>[] => {
    const found = labels?.[label];
    if (found && (value === undefined || found === value)) return [];
    const field = `metadata.labels['${label}']`;
    const data = { label, expected: value ?? 'any value', found: found ?? 'absent', field };
    return [{ messageId: found ? 'label-value' : 'label-missing', data, object }];
  });
}

/** One word of a POSIX shell: as it is where that is safe, else in single quotes. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The Service as the object of a finding. */
export function serviceRef(target: Target): ObjectRef {
  return { kind: 'Service', namespace: target.namespace, name: target.names.service };
}

/** The ConfigMap as the object of a finding. */
export function configMapRef(target: Target): ObjectRef {
  return { kind: 'ConfigMap', namespace: target.namespace, name: target.names.configMap };
}

/** The Secret as the object of a finding. */
export function secretRef(target: Target): ObjectRef {
  return { kind: 'Secret', namespace: target.namespace, name: target.names.secret };
}

/** What a check says about an object that is not there, when the check that looks for it did not run. */
export function absent({ kind, name, namespace = '' }: ObjectRef): Verdict<never> {
  return unknown(`there is no ${kind} ${name} in namespace ${namespace}`);
}

/** The first few of a list, and how many more there are. */
export function few(items: readonly string[], most = 3): string {
  const rest = items.length - most;
  return items.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Fails with this one finding. */
export function failWith<M extends string>(messageId: M, data: FindingData, object: ObjectRef): Verdict<M> {
  return { status: 'fail', findings: [{ messageId, data, object }] };
}

/**
 * A verdict over evidence that is there in part: what failed is certain whatever else could not be seen; only then
 * does what could not be seen make the verdict unknown.
 * @param unclear what could not be seen, in words
 */
export function conclude<M extends string>(
  seen: { failures: Finding<M>[]; warnings: Finding<M>[]; unclear: string[] },
  fact: string,
): Verdict<M> {
  if (seen.failures.length === 0 && seen.unclear.length > 0) return unknown(few(seen.unclear, 2));
  return failOrWarn(seen.failures, seen.warnings, fact);
}

/** The log of the container that ended, of the first pod that a finding is about. */
export function previousLog({ contract, target }: CheckContext, findings: readonly Finding[]): string {
  const container = contract.backend.container.name;
  return `kubectl -n ${target.namespace} logs ${podName(findings)} -c ${container} --previous   # its last lines say why`;
}

/** `kubectl describe` of the first pod that a finding is about, else of all the backend's pods. */
export function describePod({ target }: CheckContext, findings: readonly Finding[], hint: string): string {
  const name = podName(findings);
  const what = name === 'POD' ? `pods -l ${POD_SELECTOR}` : `pod ${name}`;
  return `kubectl -n ${target.namespace} describe ${what}   # ${hint}`;
}

function podName(findings: readonly Finding[]): string {
  return findings.find(({ object }) => object?.kind === 'Pod')?.object?.name ?? 'POD';
}

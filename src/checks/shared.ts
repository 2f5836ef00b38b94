/** What several checks say in the same words. */
import { few } from '../count.js';
import type { Access, Observed } from '../evidence/evidence.js';
import { COMPONENT, COMPONENT_LABEL } from '../contract/name-forms.js';
import type { Target } from '../contract/target.js';
import { failUnlessEmpty, unknown, warnUnlessEmpty } from './check.js';
import type { Finding, FindingData, ObjectRef, Verdict } from './check.js';

/** Fails when there are failures (and tells the warnings too), warns when there are only warnings, else passes. */
export function failOrWarn<M extends string>(
  failures: Finding<M>[],
  warnings: Finding<M>[],
  fact: string,
): Verdict<M> {
  if (failures.length > 0) return failUnlessEmpty([...failures, ...warnings], fact);
  return warnUnlessEmpty(warnings, fact);
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
    [COMPONENT_LABEL, COMPONENT],
  ];
  return wanted.flatMap(([label, value]): Finding<keyof typeof LABEL_MESSAGES>[] => {
    const found = labels?.[label];
    if (found && (value === undefined || found === value)) return [];
    const field = `metadata.labels['${label}']`;
    const data = { label, expected: value ?? 'any value', found: found ?? 'absent', field };
    return [{ messageId: found ? 'label-value' : 'label-missing', data, object }];
  });
}

/** What a check says about an object that is not there, when the check that looks for it did not run. */
export function absent({ kind, name, namespace = '' }: ObjectRef): Verdict<never> {
  return unknown(`there is no ${kind} ${name} in namespace ${namespace}`);
}

/** Fails with this one finding. */
export function failWith<M extends string>(messageId: M, data: FindingData, object: ObjectRef): Verdict<M> {
  return { status: 'fail', findings: [{ messageId, data, object }] };
}

/**
 * A verdict over evidence that is there in part: what failed is certain whatever else could not be seen; only then
 * does what could not be seen make the verdict unknown.
 * @param seen.unclear what could not be seen, in words
 * @param seen.access the permission that it takes to see it
 */
export function conclude<M extends string>(
  seen: { failures: Finding<M>[]; warnings: Finding<M>[]; unclear: string[]; access?: Access | undefined },
  fact: string,
): Verdict<M> {
  if (seen.failures.length === 0 && seen.unclear.length > 0)
    return unknown(few(seen.unclear, 2), seen.access);
  return failOrWarn(seen.failures, seen.warnings, fact);
}

/** The first permission for want of which something could not be read. */
export function missingAccess(observed: readonly Observed<unknown>[]): Access | undefined {
  return observed.flatMap((each) => (each.ok ? [] : (each.access ?? [])))[0];
}

/** What is added where a sample of the pods was looked into: of the others nothing is claimed. Else nothing. */
export function ofSample(unsampled: number, all: number): string {
  return unsampled === 0 ? '' : ` (a sample: ${all - unsampled} of ${all} pods)`;
}

/** Said where no container can be taken for the backend's; `deployment/container` fails then. */
export const NO_CONTAINER = unknown(
  'several containers, and none has the contract’s name: which one is the backend cannot be determined',
);

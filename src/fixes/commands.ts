/** Commands and words that put things right, of which several fixes are made. */
import { CHART, COMPONENT, COMPONENT_LABEL } from '../contract/name-forms.js';
import { containerName, type Target } from '../contract/target.js';
import { ownKey } from '../contract/values-keys.js';
import { helm, helmUpgrade, kubectl, word } from '../rule/command.js';
import type { CheckContext } from '../rule/context.js';
import type { Finding } from '../rule/finding.js';
import { fix, look, text, type Part } from '../rule/fix.js';

/** Selects the backend's pods in a kubectl command: as the contract's own commands do, or as their Deployment does. */
export function podSelector({ target }: { target: Pick<Target, 'podLabels'> }): string {
  return word(target.podLabels ?? `${COMPONENT_LABEL}=${COMPONENT}`);
}

/** Said where an object is changed that Helm manages, and no value of the chart does it. */
export const IN_CHART = 'Change the chart’s template, too: its next upgrade may undo this.';

/**
 * Whether Helm manages the release and has these values: a value that the chart does not know is stored and changes
 * nothing. Where the release could not be read, it is taken to have those that the contract names.
 * @param assignments `key=value` of Helm's --set
 */
export function canSet(context: CheckContext, assignments: readonly string[]): boolean {
  return assignments.every(
    (assignment) => chartKey(context, assignment.split('=', 1)[0] ?? '') !== undefined,
  );
}

/**
 * What the owner's chart calls a value, where Helm manages the release; undefined where it does not, or has no such value.
 * @param key as the written contract names it
 */
export function chartKey({ contract, target }: CheckContext, key: string): string | undefined {
  if (!target.helm) return undefined;
  const { values } = target.helm;
  // Of these the application may have any name, and the chart passes on whatever is there.
  const group = /^(backend\.(?:env|secrets))\./.exec(key)?.[1];
  if (values) return group !== undefined && values.includes(group) ? key : ownKey(key, values);
  // The contract has these, too, but as what may be: its chart need not know them.
  const isKnown =
    group !== undefined ||
    (key in flat(contract.backend) && !/^backend\.(?:startupProbe|autoscaling)\./.test(key));
  return isKnown ? key : undefined;
}

/** The same assignments by the chart's own keys. */
export function inChartsTerms(context: CheckContext, assignments: readonly string[]): string[] {
  return assignments.map((assignment) => {
    const [key = ''] = assignment.split('=', 1);
    return (chartKey(context, key) ?? key) + assignment.slice(key.length);
  });
}

/** The contract's values by the names that the chart gives them. */
function flat(tree: object, path = 'backend'): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value, `${path}.${key}`))
        : [[`${path}.${key}`, value]],
    ),
  );
}

/**
 * Sets values of the chart where Helm manages the release and the chart has them, since Helm's next upgrade would undo
 * an edit by hand; else changes the object itself.
 * @param rest what follows `kubectl -n <namespace>`
 * @param assignments `key=value` of Helm's --set
 */
export function setValues(context: CheckContext, rest: string, ...assignments: string[]): Part[] {
  if (canSet(context, assignments))
    return [fix(helmUpgrade(context, ...inChartsTerms(context, assignments)))];
  return changeObject(context, rest);
}

/** Changes an object that the chart makes, where no value of the chart does it. @param rest what follows `kubectl -n …` */
export function changeObject(context: CheckContext, rest: string): Part[] {
  return [fix(kubectl(context, rest)), ...(context.target.helm ? [text(IN_CHART)] : [])];
}

/**
 * Installs the chart where it is not, or lets it make again what is missing; `helmUpgrade` keeps what the release was
 * given, which an upgrade without its option would replace by the chart's defaults.
 */
export function installFixes(context: CheckContext): Part[] {
  if (context.target.helm) return [fix(helmUpgrade(context))];
  const keys = context.contract.backend.requiredSecretKeys;
  return [fix(installCommand(context), `set ${keys.join(' and ')} in your shell first`, keys)];
}

/** Installs the chart with the secrets that the contract demands, from the shell's variables of the same names. */
export function installCommand(context: CheckContext): string {
  const { given, files } = fromVariables(
    context.contract.backend.requiredSecretKeys,
    '--set-file backend.secrets.',
  );
  return `: ${given} && ${helm(context, 'upgrade --install', files)}`;
}

/**
 * Values from the shell's variables, as files that a command reads. `printf` is the shell's own, so that no value stands
 * on a command line that other users can list; a value may hold anything.
 * @param option what stands before each `KEY=`
 */
export function fromVariables(
  keys: readonly string[],
  option: string,
): { /** Ends the line where a variable is not set. */ given: string; files: string } {
  return {
    given: keys.map((key) => `"\${${key}:?}"`).join(' '),
    files: keys.map((key) => `${option}${key}=<(printf %s "$${key}")`).join(' '),
  };
}

/** What gives an object of the chart the name that the contract has. */
export function nameFixes(context: CheckContext, kind: keyof Target['names']): Part[] {
  const { accepted, helm: managed } = context.target;
  if (!managed) return [text(`Call it ${accepted[kind][0] ?? ''} in its manifest, and apply that.`)];
  return [
    fix(
      helmUpgrade(context, 'nameOverride=null', 'fullnameOverride=null'),
      'without an override the chart gives the contract’s name',
    ),
  ];
}

/** A step of a JSON patch (RFC 6902). */
export interface PatchStep {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

/** Arguments of kubectl that change the named fields of an object. @param kind such as `service` */
export function patchSteps(kind: string, name: string, steps: readonly PatchStep[]): string {
  return `patch ${kind} ${word(name)} --type=json -p ${word(JSON.stringify(steps))}`;
}

/**
 * Arguments of kubectl that lay fields over an object, and leave the others as they are (a strategic merge: items of
 * lists are told apart by name or port).
 */
export function patchFields(kind: string, name: string, fields: object): string {
  return `patch ${kind} ${word(name)} -p ${word(JSON.stringify(fields))}`;
}

/** Arguments of kubectl that lay fields over the backend's container of the pod template. */
export function patchContainer(context: CheckContext, fields: object): string {
  const containers = [{ name: containerName(context), ...fields }];
  return patchFields('deployment', context.target.names.deployment, {
    spec: { template: { spec: { containers } } },
  });
}

/** A JSON pointer to a field as findings write it: `spec.ports[0].nodePort`, `spec.selector['a.b/c']`. */
export function pointer(field: string): string {
  const parts = [...field.matchAll(/\['([^']*)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? '',
  );
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Restarts the backend's pods, which keep the environment that they were started with. */
export function restartCommand(context: CheckContext): string {
  return kubectl(context, `rollout restart deployment/${context.target.names.deployment}`);
}

/** What puts the labels right that `labelFindings` found wrong. @param kind such as `service` */
export function labelFixes(
  context: CheckContext,
  kind: string,
  name: string,
  findings: readonly Finding[],
): Part[] {
  const { target } = context;
  const known: Record<string, string | undefined> = {
    'app.kubernetes.io/name': CHART,
    'app.kubernetes.io/instance': target.release,
    'app.kubernetes.io/managed-by': target.helm ? 'Helm' : undefined,
    'helm.sh/chart': target.helm?.chart,
    [COMPONENT_LABEL]: COMPONENT,
  };
  const labels = findings.length > 0 ? findings.map(({ data }) => String(data?.label)) : Object.keys(known);
  const given = labels.flatMap((label) =>
    known[label] === undefined ? [] : [word(`${label}=${known[label]}`)],
  );
  const open = labels.filter((label) => known[label] === undefined);
  return [
    ...(given.length > 0
      ? changeObject(context, `label ${kind} ${word(name)} --overwrite ${given.join(' ')}`)
      : []),
    ...(open.length > 0 ? [text(`The chart gives ${open.join(' and ')}.`)] : []),
  ];
}

/** The log of the container that ended, of the first pod that a finding is about, else of all the backend's pods. */
export function previousLog(context: CheckContext, findings: readonly Finding[]): Part[] {
  const container = containerName(context);
  const which = podName(findings) ?? `-l ${podSelector(context)} --prefix`;
  return [look(kubectl(context, `logs ${which} -c ${container} --previous`), 'its last lines say why')];
}

/** `kubectl describe` of the first pod that a finding is about, else of all the backend's pods. */
export function describePod(context: CheckContext, findings: readonly Finding[], hint: string): Part[] {
  const name = podName(findings);
  const what = name === undefined ? `pods -l ${podSelector(context)}` : `pod ${name}`;
  return [look(kubectl(context, `describe ${what}`), hint)];
}

function podName(findings: readonly Finding[]): string | undefined {
  return findings.find(({ object }) => object?.kind === 'Pod')?.object?.name;
}

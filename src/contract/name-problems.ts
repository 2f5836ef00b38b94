/** Why it cannot be told which backend is meant, in words that lead on. */
import { type Choice, describeChoice, choicesOf } from './choice.js';
import { printable } from './errors.js';
import {
  type NameInput,
  type Found,
  type Candidate,
  type InstalledRelease,
  pick,
  isInstalled,
  uninstalledOf,
} from './found-objects.js';
import { CHART } from './name-forms.js';

export interface NameProblem {
  kind: 'no-release' | 'release-not-found' | 'deployment-not-found' | 'several-releases';
  /** 2 where another flag helps; 1 where nothing is installed. */
  exitCode: 1 | 2;
  message: string;
  /** The releases to choose from. */
  candidates: string[];
  /** Each backend with the flag that chooses it, where there are several. */
  choices?: Choice[];
}

export function noRelease(input: NameInput): NameProblem {
  const message = `No ${CHART} release found in namespace "${input.namespace}". ${whatIsThere(input)}`;
  return {
    kind: 'no-release',
    exitCode: 1,
    message,
    candidates: (input.releases ?? []).map(({ name }) => name),
  };
}

export function severalReleases(
  input: NameInput,
  found: Found[],
  releases: readonly Candidate[],
): NameProblem {
  const names = [...new Set(releases.flatMap(({ release }) => release ?? []))];
  const candidates = releases.map((each) => ({
    ...each,
    deployment: each.deployment ?? pick(input, found, 'deployment', each),
  }));
  return {
    kind: 'several-releases',
    exitCode: 2,
    message: describeChoice(input.namespace, candidates),
    candidates: names,
    choices: choicesOf(input.namespace, candidates),
  };
}

export function whatIsThere(input: NameInput): string {
  const { releases, deployments } = input;
  const sentences = [
    ...uninstalledThere(input),
    describeList('Helm releases', releases?.filter(isInstalled)),
    describeList('Deployments', deployments),
    'Choose another namespace with -n, or name the release with --release.',
  ];
  return sentences.join(' ');
}

/** A sentence for each release of which Helm keeps nothing but its history. */
export function uninstalledThere(input: NameInput): string[] {
  const gone = uninstalledOf(input).slice(0, MOST_UNINSTALLED);
  return gone.map((each) => uninstalled(each, input.namespace));
}

const MOST_UNINSTALLED = 3;

function uninstalled({ name, revision }: InstalledRelease, namespace: string): string {
  const back =
    revision === undefined
      ? ''
      : `: helm -n ${printable(namespace)} rollback ${printable(name)} ${revision} brings it back`;
  return `Release ${printable(name)} was uninstalled, and its history kept${back}.`;
}

function describeList(what: string, list: readonly { name: string }[] | undefined): string {
  if (list === undefined) return `${what} could not be listed.`;
  return list.length === 0
    ? `It has no ${what}.`
    : `${what} there: ${enumerate(list.map(({ name }) => name))}.`;
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => printable(name));
  return names.length > shown.length
    ? `${shown.join(', ')} and ${names.length - shown.length} more`
    : shown.join(', ');
}

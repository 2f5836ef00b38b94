/** The names that the contract gives its objects (contract: Kubernetes Resources, Metadata), for a release. */
import type { ObjectNames } from './target.js';

/** The chart's name, which is also the value of the label `app.kubernetes.io/name`. */
export const CHART = 'todo-chatbot';

/** The label that every object of the written contract carries, and its value for the backend's. */
export const COMPONENT_LABEL = 'app.kubernetes.io/component';
export const COMPONENT = 'backend';

export type Kind = keyof ObjectNames;

export const KINDS: readonly Kind[] = ['deployment', 'service', 'configMap', 'secret'];

const SUFFIXES: Record<Kind, string> = {
  deployment: '-backend',
  service: '-backend',
  configMap: '-backend-config',
  secret: '-backend-secret',
};

/** Helm's `trunc 63 | trimSuffix "-"`: a DNS label has at most 63 characters. */
function truncate(name: string): string {
  return name.slice(0, 63).replace(/-$/, '');
}

/**
 * What a release's names may begin with, preferred first: Helm's `fullname` (a release whose name contains the
 * chart's is not given it again), then the contract's `{release-name}-todo-chatbot` to the letter.
 */
function fullnames(release: string): string[] {
  const literal = truncate(`${release}-${CHART}`);
  return release.includes(CHART) ? [truncate(release), literal] : [literal];
}

/** The names that an object of a release may have, preferred first; charts may cut the whole name once more. */
export function acceptedNames(kind: Kind, release: string): string[] {
  const names = fullnames(release).map((fullname) => `${fullname}${SUFFIXES[kind]}`);
  return [...new Set([...names, ...names.map(truncate)])];
}

export function allAcceptedNames(release: string): Record<Kind, string[]> {
  return {
    deployment: acceptedNames('deployment', release),
    service: acceptedNames('service', release),
    configMap: acceptedNames('configMap', release),
    secret: acceptedNames('secret', release),
  };
}

/** The releases that could have given an object this name, the contract's own form first; none for other names. */
export function releasesFromName(kind: Kind, name: string): string[] {
  const suffix = SUFFIXES[kind];
  if (!name.endsWith(suffix)) return [];
  const fullname = name.slice(0, -suffix.length);
  const releases: string[] = [];
  if (fullname.endsWith(`-${CHART}`)) releases.push(fullname.slice(0, -CHART.length - 1));
  if (fullname.includes(CHART)) releases.push(fullname);
  return releases;
}

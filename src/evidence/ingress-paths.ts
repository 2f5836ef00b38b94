/** What an Ingress makes of the paths and the host that are asked for (networking.k8s.io/v1; ingress-nginx's annotations). */
import type { Contract } from '../contract/contract.js';
import type { IngressFault } from './evidence.js';
import type { Ingress } from './objects.js';

/** Annotations by which a controller asks the backend for another path than it was asked for. */
const REWRITES =
  /rewrite-target|strip-?prefix|use-regex|replace-?path|path-rewrite|router\.middlewares|url-rewrite/i;
/** Without a group of the path's expression in it, it stands for every path. */
const TARGET = 'nginx.ingress.kubernetes.io/rewrite-target';

interface IngressPath {
  host: string;
  path: string;
  pathType: string;
}

export function isRewritten({ metadata: { annotations = {} } }: Pick<Ingress, 'metadata'>): boolean {
  return Object.keys(annotations).some((key) => REWRITES.test(key));
}

/** Element by element, as `Prefix` is defined; controllers take `ImplementationSpecific` for a prefix as a rule. */
export function isCovered(asked: string, path: string, pathType: string): boolean {
  if (pathType === 'Exact') return asked === path;
  const prefix = path.replace(/\/+$/, '');
  return prefix === '' || asked === prefix || asked.startsWith(`${prefix}/`);
}

/** A host of a certificate or of a rule, a wildcard for one label included. */
export function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1));
}

/**
 * None of the contract's paths comes to the backend as it is: all are rewritten to one, or no rule takes them.
 * @param paths of this Ingress, those that lead to the backend
 * @param isAsked a URL was given: without one, other paths than the contract's may be meant for another root path
 */
export function pathFault(
  ingress: Pick<Ingress, 'metadata'>,
  paths: readonly IngressPath[],
  { healthPath, docsPath, tasksPath }: Contract['http'],
  isAsked: boolean,
): IngressFault | undefined {
  const asked = [healthPath, docsPath, tasksPath];
  const target = ingress.metadata.annotations?.[TARGET];
  if (target !== undefined && !target.includes('$') && !asked.includes(target))
    return {
      is: 'path',
      says: `it rewrites every path to ${target}, so that ${healthPath} is never asked for`,
    };
  const isTaken = paths.some(({ path, pathType }) => asked.some((each) => isCovered(each, path, pathType)));
  if (!isAsked || isTaken || isRewritten(ingress)) return undefined;
  const own = [...new Set(paths.map(({ path }) => path))].join(', ');
  return {
    is: 'path',
    says: `it takes ${own} alone, and rewrites nothing: ${healthPath} does not come through it`,
  };
}

/** It was asked by a name that none of its rules takes. @param asked the URL that was given */
export function hostFault(paths: readonly IngressPath[], asked: string): IngressFault | undefined {
  const { hostname } = new URL(asked);
  const isName = /[a-z]/i.test(hostname) && hostname !== 'localhost' && !hostname.startsWith('[');
  if (!isName || paths.some(({ host }) => host === '' || covers(host, hostname))) return undefined;
  const own = [...new Set(paths.map(({ host }) => host))].join(', ');
  return { is: 'host', says: `it takes requests for ${own}, and not for ${hostname}, which was asked for` };
}

/** Where the backend is when it is not in the namespace that was looked at. */
import { resolveNames } from '../contract/names.js';
import type { DeploymentIdentity } from '../contract/found-objects.js';
import { printable } from '../contract/errors.js';
import { likelyBackends } from '../contract/references.js';
import { discoverEverywhere, listWorkloads } from '../evidence/discovery.js';
import { word } from '../rule/command.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { followingArguments } from './following.js';
import type { SessionFlags } from './release.js';
import { UsageError } from './usage-error.js';

/** Namespaces that are named; with more the first ones do. */
const MOST = 5;

/**
 * One list over all namespaces, where that is allowed.
 * @param gone what is said of releases that were here
 * @returns what was found and the command that looks there; undefined where there is nothing, or nobody may look
 */
export async function lookElsewhere(
  client: KubernetesClient,
  flags: SessionFlags,
  signal: AbortSignal,
  gone: readonly string[] = [],
): Promise<string | undefined> {
  const everywhere = await discoverEverywhere(client, signal);
  if (!everywhere.ok) return undefined;
  const namespaces = [...new Set(everywhere.value.map(({ namespace }) => namespace))];
  const places = namespaces
    .filter((namespace) => namespace !== client.namespace)
    .flatMap((namespace) => {
      const there = everywhere.value.filter((each) => each.namespace === namespace);
      return backendsOf(namespace, there, flags).map((name) => ({ namespace, name }));
    });
  const [first] = places;
  if (first === undefined) return undefined;
  const here = `There is no such backend in namespace "${client.namespace}"`;
  const found = places
    .slice(0, MOST)
    .map(({ namespace, name }) => `found: ${printable(name)} in namespace ${printable(namespace)}`);
  const more = places.length > MOST ? [`and ${places.length - MOST} more`] : [];
  const { verify } = followingArguments({ ...flags, namespace: undefined });
  const next = `todo-k8s verify -n ${word(first.namespace)}${verify}`;
  return `${[here, ...gone, ...found, ...more].join('\n')}\nNext: ${next}`;
}

/**
 * A backend of the namespace that is no Deployment: asked for only where no Deployment is there.
 * @returns what it is, and what to do; undefined where there is none, or nobody may look
 */
export async function lookForOtherKinds(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const kinds = [
    ['StatefulSet', 'statefulsets'],
    ['DaemonSet', 'daemonsets'],
  ] as const;
  for (const [kind, resource] of kinds) {
    const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`;
    const found = await listWorkloads(client, path, signal);
    const [backend] = found.ok ? likelyBackends(found.value) : [];
    if (backend === undefined) continue;
    const name = printable(backend.name);
    return (
      `The backend in namespace "${printable(namespace)}" runs as ${kind} ${name}, and todo-k8s verifies backends that run as a ` +
      `Deployment, as the written contract demands.\nIts data is in the database, so that a Deployment with the same ` +
      `pod template does the same: kubectl -n ${word(namespace)} get ${kind.toLowerCase()} ${word(backend.name)} -o yaml shows it.`
    );
  }
  return undefined;
}

/**
 * Namespaces in which something looks like the backend, by one list over all of them.
 * @throws UsageError (3) where that list cannot be had, (2) where there is none
 */
export async function backendNamespaces(client: KubernetesClient, signal: AbortSignal): Promise<string[]> {
  const everywhere = await discoverEverywhere(client, signal);
  if (!everywhere.ok)
    throw new UsageError(
      `--all-namespaces: the Deployments of all namespaces could not be listed: ${everywhere.detail}. Choose one with -n`,
      3,
    );
  const namespaces = [...new Set(everywhere.value.map(({ namespace }) => namespace))].sort();
  const found = namespaces.filter((namespace) => {
    const there = everywhere.value.filter((each) => each.namespace === namespace);
    return backendsOf(namespace, there, {}).length > 0;
  });
  if (found.length === 0)
    throw new UsageError(
      `There is no such backend in any namespace of context "${printable(client.context)}"`,
    );
  return found;
}

/** What a look at that namespace would find: releases by name, else the Deployments. */
export function backendsOf(
  namespace: string,
  deployments: readonly DeploymentIdentity[],
  { release, deployment }: Pick<SessionFlags, 'release' | 'deployment'>,
): string[] {
  const none = { services: undefined, configMaps: undefined, secrets: undefined, releases: undefined };
  const resolution = resolveNames({
    ...{ namespace, release, deployment, deployments, ...none },
    allReleases: release === undefined && deployment === undefined,
  });
  if (!resolution.ok) return [];
  return resolution.targets.flatMap((target) =>
    deployments.some(({ name }) => name === target.names.deployment)
      ? [target.release ?? target.names.deployment]
      : [],
  );
}

/** The installed Helm release of a target: where Helm keeps it, and what is known of it. */
import type { HelmRelease } from '../contract/helm-release.js';
import type { ResolvedNames } from '../contract/names.js';
import type { HelmFacts } from '../contract/target.js';
import { discoverRelease, readHelmRelease, revisionsOf, type Discovery } from '../evidence/discovery.js';
import type { HelmReleaseFacts, Observed } from '../evidence/evidence.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';

interface Installed {
  /** With what is stored in the release's own namespace. */
  known: Discovery;
  /** undefined: nothing could be asked. */
  stored: Observed<HelmRelease | undefined> | undefined;
  /** Of a release that is kept in another namespace than its objects, which naming them could not know. */
  installed?: Pick<HelmFacts, 'revision' | 'status' | 'previous'> | undefined;
}

/** @param isGap the cluster could not be asked at all */
export async function installedRelease(
  client: KubernetesClient,
  namespace: string,
  { release, releaseNamespace = namespace }: Pick<ResolvedNames, 'release' | 'releaseNamespace'>,
  { discovery, isGap, signal }: { discovery: Discovery; isGap: boolean; signal: AbortSignal },
): Promise<Installed> {
  if (isGap) return { known: discovery, stored: undefined };
  const isHere = releaseNamespace === namespace || revisionsOf(discovery, release).length > 0;
  if (release === undefined || isHere)
    return { known: discovery, stored: await readHelmRelease(client, release, discovery, signal) };
  const known = await discoverRelease(client, releaseNamespace, release, discovery, signal);
  const found = known.releases.ok ? known.releases.value.find(({ name }) => name === release) : undefined;
  return {
    known,
    stored: await readHelmRelease(client, release, known, signal),
    installed: found && { revision: found.revision, status: found.status, previous: found.previous },
  };
}

/** What was rendered, or is stored, in place of what is installed. */
export function plannedRelease(release: HelmRelease, discovery: Discovery): Installed {
  return { known: discovery, stored: { ok: true, at: '', value: release } };
}

/** What is known of the Helm release, for the checks to judge; not ok where Secrets could not be listed. */
export function releaseFacts(
  { release, helm }: ResolvedNames,
  stored: Observed<HelmRelease | undefined> | undefined,
  discovery: Discovery,
  isDeclared: boolean,
): Observed<HelmReleaseFacts> {
  if (!discovery.secrets.ok) return discovery.secrets;
  const value: HelmReleaseFacts = {
    name: helm ? release : undefined,
    revisions: revisionsOf(discovery, release).map(({ revision, status }) => ({ revision, status })),
    unread: stored?.ok === false ? stored.detail : undefined,
    description: (stored?.ok ? stored.value?.description : undefined) ?? '',
    hooks: stored?.ok ? (stored.value?.hooks ?? []) : [],
    deployedAt: stored?.ok ? stored.value?.deployedAt : undefined,
    isDeclared,
  };
  return { ok: true, at: discovery.secrets.at, value };
}

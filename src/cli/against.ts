/** --against: what the plan would meet in a cluster, or in one that was recorded. */
import { openBundle } from '../evidence/bundle/bundle-reader.js';
import type { Deployment } from '../evidence/objects.js';
import { deploymentShape } from '../evidence/border/object-shapes.js';
import { understand } from '../evidence/border/read.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import type { KubernetesClient } from '../evidence/kubernetes/client.js';
import { createLiveReader, type ReaderOptions } from '../evidence/live-reader.js';
import type { Redactor } from '../evidence/redaction.js';
import type { CheckContext } from '../rule/context.js';
import type { CheckResult } from '../engine/report.js';
import { judgeInstallation } from '../planned/against/index.js';
import type { Planned as PlannedInstallation, There } from '../planned/against/rule.js';
import { readThere, thereInBundle } from '../planned/against/there.js';
import type { Plan } from '../planned/plan.js';
import { clientOptions } from './client-options.js';
import type { Release, SessionFlags } from './release.js';

/** Where the plan would be applied. */
export interface Site {
  /** undefined: a bundle, whose reader gives what there was. */
  client: KubernetesClient | undefined;
  /** `live`, or the bundle's file. */
  source: string;
  close(): Promise<void>;
}

/** @throws KubeconfigError */
export async function openSite(flags: SessionFlags): Promise<Site | undefined> {
  const { against } = flags;
  if (against === undefined) return undefined;
  if (against !== 'live') return { client: undefined, source: against, close: () => Promise.resolve() };
  const client = await createKubernetesClient(clientOptions(flags), process.env);
  return { client, source: 'live', close: () => client.close() };
}

/** @throws BundleError; the reason of `signal` */
export async function judgeAgainst(
  site: Site,
  release: Release,
  plan: Plan,
  { options, redactor, context }: { options: ReaderOptions; redactor: Redactor; context: CheckContext },
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const planned = installationOf(release, plan);
  if (planned === undefined) return [];
  return judgeInstallation(planned, await there(planned), context);

  async function there(installation: PlannedInstallation): Promise<There> {
    const { client } = site;
    if (client === undefined) return thereInBundle((await openBundle(site.source)).reader, signal);
    const { contract, target } = release;
    const reader = createLiveReader({ client, target, contract, options, redactor });
    try {
      return await readThere(client, reader, installation, signal);
    } finally {
      await reader.close();
    }
  }
}

/** What would be installed, with the Deployment as this program reads one. */
function installationOf(release: Release, plan: Plan): PlannedInstallation | undefined {
  const { names, namespace } = release.target;
  const found = plan.objects.find(
    ({ kind, name, namespace: own }) =>
      kind === 'Deployment' && name === names.deployment && (own ?? namespace) === namespace,
  );
  const deployment: Deployment | undefined = found && understand(found.object, deploymentShape).value;
  if (deployment === undefined) return undefined;
  return {
    namespace,
    release: plan.isChart ? plan.releaseName : undefined,
    objects: plan.objects,
    deployment,
  };
}

/** What the current context's namespace holds, in a few words, for the program without a command: asked for a moment only. */
import { resolveNames } from '../contract/names.js';
import { discover } from '../evidence/discovery.js';
import { deploymentShape } from '../evidence/border/object-shapes.js';
import { understand } from '../evidence/border/read.js';
import { createKubernetesClient } from '../evidence/kubernetes/create-client.js';
import type { Environment } from '../evidence/kubernetes/kubeconfig-file.js';
import { sanitizeLine } from '../evidence/sanitize.js';

/** Milliseconds: somebody waits who asked for nothing yet. */
const PATIENCE_MS = 1500;

/** @returns undefined where there is nothing to say; never rejects */
export async function clusterState(env: Environment): Promise<string | undefined> {
  try {
    const client = await createKubernetesClient({ requestTimeoutMs: PATIENCE_MS }, env);
    try {
      return await stateOf(client, AbortSignal.timeout(PATIENCE_MS));
    } finally {
      await client.close();
    }
  } catch {
    return 'the cluster does not answer';
  }
}

async function stateOf(
  client: Awaited<ReturnType<typeof createKubernetesClient>>,
  signal: AbortSignal,
): Promise<string> {
  const { deployments, services, configMaps, secrets, releases } = await discover(
    client,
    client.namespace,
    signal,
  );
  if (!deployments.ok)
    return deployments.why === 'forbidden'
      ? 'you may not list Deployments there'
      : 'the cluster does not answer';
  const seen = <T>(observed: { ok: true; value: T } | { ok: false }) =>
    observed.ok ? observed.value : undefined;
  const resolution = resolveNames({
    namespace: client.namespace,
    allReleases: true,
    deployments: deployments.value,
    services: seen(services),
    configMaps: seen(configMaps),
    secrets: seen(secrets),
    releases: seen(releases),
  });
  if (!resolution.ok) return 'no backend there: todo-k8s verify -A looks everywhere';
  const [only, ...more] = resolution.targets;
  if (only === undefined || more.length > 0)
    return `${resolution.targets.length} releases: todo-k8s verify --all-releases`;
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(client.namespace)}/deployments/${encodeURIComponent(only.names.deployment)}`;
  const found = await client.get(path, signal);
  const name = sanitizeLine(only.release ?? only.names.deployment);
  if (found === undefined) return `${name}: its Deployment is not there`;
  const { spec, status } = understand(found, deploymentShape).value ?? {};
  return `${name}: ${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1} pods ready`;
}

/** What a run will ask of the API server whatever it finds, asked as soon as names are known. */
import type { WorkloadShape } from '../contract/references.js';
import type { Target } from '../contract/target.js';
import { AheadClient } from './ahead-client.js';
import { replicaSetShape, nodeShape } from './border/object-shapes.js';
import { podShape } from './border/pod-shape.js';
import type { EvidenceKey } from './evidence.js';
import { namespaced } from './fact-context.js';
import type { KubernetesClient } from './kubernetes/client.js';
import { toLabelSelector } from './selector.js';

/**
 * Asks for the objects that these facts are read from, without waiting for each other: pods by the selector that the list of
 * Deployments has shown. Nothing is asked for that the facts would not ask for themselves.
 * @param facts those that will be read for certain
 * @param shape what is known of the Deployment, which exists
 */
export function readAhead(
  client: KubernetesClient,
  target: Pick<Target, 'namespace' | 'names' | 'otherSecrets'>,
  shape: WorkloadShape | undefined,
  facts: ReadonlySet<EvidenceKey>,
): AheadClient {
  const ahead = new AheadClient(client);
  const { names, otherSecrets = [] } = target;
  const object = (resource: string, group?: string) =>
    ahead.askObject(namespaced({ target }, resource, group));
  if (facts.has('deployment')) {
    object(`deployments/${names.deployment}`, 'apps/v1');
    for (const name of new Set([names.secret, ...otherSecrets])) object(`secrets/${name}`);
    if (facts.has('pods') && shape?.selector !== undefined && shape.hasExpressions !== true) {
      const selector = toLabelSelector({ matchLabels: shape.selector });
      ahead.askList(namespaced({ target }, 'pods'), podShape, selector);
      ahead.askList(namespaced({ target }, 'replicasets', 'apps/v1'), replicaSetShape, selector);
    }
  }
  if (facts.has('configMap')) object(`configmaps/${names.configMap}`);
  if (facts.has('service')) object(`services/${names.service}`);
  if (facts.has('nodes')) ahead.askList('/api/v1/nodes', nodeShape);
  return ahead;
}

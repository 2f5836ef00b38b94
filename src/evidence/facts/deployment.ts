import { namespaced, type FactContext } from '../fact-context.js';
import type { Deployment } from '../objects.js';
import { hideInWorkload, pickDeployment } from '../pick.js';

export async function readDeployment(context: FactContext): Promise<Deployment | undefined> {
  const path = namespaced(context, `deployments/${context.target.names.deployment}`, 'apps/v1');
  const [deployment] = await Promise.all([
    context.client.get<Deployment>(path, context.signal),
    context.secretsKnown(),
  ]);
  return deployment && hideInWorkload(pickDeployment(deployment), context.hider);
}

import type { FactContext } from '../fact-context.js';
import type { Deployment } from '../objects.js';
import { hideInWorkload, pickDeployment } from '../pick.js';

export async function readDeployment(context: FactContext): Promise<Deployment | undefined> {
  const [deployment] = await Promise.all([context.rawDeployment(), context.secretsKnown()]);
  return deployment && hideInWorkload(pickDeployment(deployment), context.hider);
}

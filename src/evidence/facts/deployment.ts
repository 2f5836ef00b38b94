import { itself } from '../border/read.js';
import type { FactContext } from '../fact-context.js';
import type { Deployment } from '../objects.js';
import { hideInWorkload } from '../pick.js';

export async function readDeployment(context: FactContext): Promise<Deployment | undefined> {
  const [deployment] = await Promise.all([context.rawDeployment(), context.secretsKnown()]);
  if (deployment === undefined) return undefined;
  itself(context, deployment);
  return hideInWorkload(deployment, context.hider);
}

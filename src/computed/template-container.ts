/** Finds the backend's container in a Deployment. */
import { containerName } from '../contract/target.js';
import type { Container, Deployment } from '../evidence/objects.js';
import type { CheckContext } from '../rule/context.js';

/** A container and where it stands in its Deployment. */
export interface Located {
  container: Container;
  /** JSON path of the container in the Deployment. */
  path: string;
}

/**
 * The container with the contract's name, else the one that was found to be the backend's, else the only one: a wrong name
 * is one fault and not ten.
 */
export function backendContainer(
  deployment: Deployment,
  context: Pick<CheckContext, 'contract' | 'target'>,
): Located | undefined {
  const { containers } = deployment.spec.template.spec;
  const named = containers.findIndex(({ name }) => name === containerName(context));
  const index = named >= 0 || containers.length > 1 ? named : 0;
  const container = containers[index];
  return container && { container, path: `spec.template.spec.containers[${index}]` };
}

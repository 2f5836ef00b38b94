/** The frontend's Deployment, and what its containers are started with: values that must not leave the reader. */
import { COMPONENT_LABEL } from '../contract/name-forms.js';
import type { EffectiveEnvironment } from '../kube/effective-environment.js';
import { deploymentShape } from './border/object-shapes.js';
import { listObjects, objectAt } from './border/read.js';
import { environmentOfContainer } from './environment.js';
import { namespaced, type FactContext } from './fact-context.js';
import type { Deployment } from './objects.js';

/** @returns undefined where there is none. @throws KubernetesError */
export async function frontendDeployment(context: FactContext): Promise<Deployment | undefined> {
  const { frontend } = context.options;
  if (frontend === undefined) return listed(context);
  const { deployment: name } = frontend;
  if (name === undefined) return undefined;
  return objectAt(context, namespaced(context, `deployments/${name}`, 'apps/v1'), deploymentShape);
}

/** By the label of the written contract, where discovery could not list Deployments. */
async function listed(context: FactContext): Promise<Deployment | undefined> {
  const deployments = await listObjects(
    context,
    namespaced(context, 'deployments', 'apps/v1'),
    deploymentShape,
    { labelSelector: `${COMPONENT_LABEL}=frontend` },
  );
  return deployments.find((candidate) => isOfRelease(candidate, context));
}

function isOfRelease({ metadata }: Deployment, { target }: FactContext): boolean {
  const instance = metadata.labels?.['app.kubernetes.io/instance'];
  if (instance !== undefined && target.release !== undefined) return instance === target.release;
  return metadata.name === target.names.deployment.replace(/(-backend)?$/, '-frontend');
}

/** That of each container, in their order. @throws KubernetesError where an object that it is made of cannot be read */
export function frontendEnvironments(
  context: FactContext,
  { spec }: Deployment,
): Promise<EffectiveEnvironment[]> {
  return Promise.all(
    spec.template.spec.containers.map((container) =>
      environmentOfContainer(context, container, (error) => {
        throw error;
      }),
    ),
  );
}

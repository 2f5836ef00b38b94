/** Which Deployment of the namespace is the frontend of a backend: by labels, release and name. Pure. */
import { COMPONENT_LABEL } from './name-forms.js';
import type { NameInput, DeploymentIdentity } from './found-objects.js';
import type { ResolvedNames } from './names.js';
import { selects } from '../kube/labels.js';

/** What was found of the frontend; each part absent where there is none. */
export interface FrontendIdentity {
  /** Name of its Deployment. */
  deployment?: string;
  /** Names of the Services that select its pods. */
  services: string[];
  /** The Secret that has the conventional name for the backend's, or may be there, whether a Deployment uses it or not. */
  secret?: string;
}

/** Names of what serves pages; as whole words, so that `webhook` and `guide` are not meant. */
const FRONTEND = /(^|[^a-z])(front-?end|webapp|web|ui|client|next(js)?|react|vite|spa)([^a-z]|$)/i;
const BACKEND = /(^|[^a-z])(back-?end|api|server)([^a-z]|$)/i;
/** What tells a Deployment's part in an application, and nothing of which application it is. */
const PARTS = /(front-?end|webapp|web|ui|client|back-?end|api|server|deployment|deploy)/gi;
const INSTANCE = 'app.kubernetes.io/instance';
const RELEASE = 'meta.helm.sh/release-name';

/**
 * @returns undefined where the Deployments could not be listed; of several that may be meant, none is taken: which of them
 *   talks to this backend is not known
 */
export function findFrontend(
  { deployments, services, secrets }: Pick<NameInput, 'deployments' | 'services' | 'secrets'>,
  { names, release }: Pick<ResolvedNames, 'names' | 'release'>,
): FrontendIdentity | undefined {
  if (deployments === undefined) return undefined;
  const backend = deployments.find(({ name }) => name === names.deployment);
  const candidates = deployments.filter((each) => each !== backend && isFrontend(each));
  const own = releaseOf(backend) ?? release;
  const ofRelease = candidates.filter((each) => own !== undefined && releaseOf(each) === own);
  const ofStem = candidates.filter(({ name }) => stem(name) === stem(names.deployment));
  const ofNobody = candidates.filter((each) => releaseOf(each) === undefined);
  const found = [ofRelease, ofStem, ofNobody].find((group) => group.length === 1)?.[0];
  const podLabels = found?.shape?.podLabels;
  const conventional = conventionalSecret(names.deployment);
  return {
    ...(found && { deployment: found.name }),
    services: (services ?? [])
      .filter(({ shape }) => selects(shape?.selector, podLabels))
      .map(({ name }) => name),
    ...(secrets?.some(({ name }) => name === conventional) !== false && { secret: conventional }),
  };
}

/** The name that the chart of the written contract gives the frontend's Secret. */
export function conventionalSecret(deployment: string): string {
  return deployment.replace(/(-backend)?$/, '-frontend-secret');
}

function isFrontend({ name, labels, shape }: DeploymentIdentity): boolean {
  if (BACKEND.test(name) && !/front-?end/i.test(name)) return false;
  const component = labels[COMPONENT_LABEL] ?? labels.component ?? labels.tier;
  if (component !== undefined && component !== '') return FRONTEND.test(component);
  const containers = (shape?.containers ?? []).map((container) => container.name);
  return [name, labels.app ?? '', ...containers].some((word) => FRONTEND.test(word));
}

function releaseOf(object: DeploymentIdentity | undefined): string | undefined {
  return object?.annotations[RELEASE] ?? object?.labels[INSTANCE];
}

function stem(name: string): string {
  return name
    .replace(PARTS, '')
    .replace(/^-+|-+$/g, '')
    .replace(/-{2,}/g, '-');
}

/** The objects of the target, as those of a finding. */
import type { Target } from '../contract/target.js';
import type { ObjectRef } from './finding.js';

/** A pod as the object of a finding. */
export function podRef(target: Target, name: string): ObjectRef {
  return { kind: 'Pod', namespace: target.namespace, name };
}

/** The Deployment as the object of a finding. */
export function deploymentRef(target: Target): ObjectRef {
  return { kind: 'Deployment', namespace: target.namespace, name: target.names.deployment };
}

/** The Service as the object of a finding. */
export function serviceRef(target: Target): ObjectRef {
  return { kind: 'Service', namespace: target.namespace, name: target.names.service };
}

/** The ConfigMap as the object of a finding. */
export function configMapRef(target: Target): ObjectRef {
  return { kind: 'ConfigMap', namespace: target.namespace, name: target.names.configMap };
}

/** The Secret as the object of a finding. */
export function secretRef(target: Target): ObjectRef {
  return { kind: 'Secret', namespace: target.namespace, name: target.names.secret };
}

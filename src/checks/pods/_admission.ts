/** Fields that the API server leaves as they are and that nobody can change in a pod: a webhook or a policy set them. */
import type { Deployment, Pod, PodSpec } from '../../evidence/objects.js';

export interface SetByAdmission {
  field: 'hostNetwork' | 'hostPID' | 'serviceAccountName';
  expected: string;
  found: string;
}

/**
 * Where the pod differs from its template in whose network, processes and account it has. What admission does on every cluster is
 * none of these: sidecars, volumes of tokens, tolerations, defaults.
 */
export function setByAdmission({ spec: { template } }: Deployment, { spec }: Pod): SetByAdmission[] {
  const [wanted, own] = [valuesOf(template.spec), valuesOf(spec)];
  const fields = ['hostNetwork', 'hostPID', 'serviceAccountName'] as const;
  return fields
    .map((field) => ({ field, expected: wanted[field], found: own[field] }))
    .filter(({ expected, found }) => found !== expected);
}

/** With the defaults that a pod gets: an account is filled in where the template names none. */
function valuesOf({ hostNetwork = false, hostPID = false, serviceAccountName = '' }: PodSpec) {
  return {
    hostNetwork: String(hostNetwork),
    hostPID: String(hostPID),
    serviceAccountName: serviceAccountName === '' ? 'default' : serviceAccountName,
  };
}

/** Step: does the machine run that the cluster is in? */
import { rulesOf } from '../../causes/index.js';
import { defineStep } from '../step.js';
import { good, skipped } from '../tree.js';

export const minikubeHop = defineStep({
  id: 'machine',
  asks: 'Does the machine run that the cluster is in, as far as Minikube knows?',
  reads: [],
  consults: ['minikube', 'server'],
  rulesOut: [],
  rules: rulesOf('minikube/stopped'),
  answer(_, { maybe }, findings) {
    const minikube = maybe('minikube');
    // Minikube's word matters where the cluster itself says nothing.
    if (maybe('server').ok) return skipped('the API server answers');
    if (!minikube.ok) return skipped(minikube.detail);
    const { program, status } = minikube.value;
    if (program !== 'found')
      return skipped(program === 'absent' ? 'minikube is not installed here' : 'not Minikube’s');
    if (!status?.ok) return skipped(status?.detail ?? 'minikube told no status');
    const { host } = status.value;
    return findings.length > 0 ? { state: 'broken', detail: host, findings } : good(host);
  },
});

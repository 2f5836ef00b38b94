/** Hop: does the machine run that the cluster is in? */
import { change } from '../fixes.js';
import { observed } from '../seen.js';
import { broken, defineHop, good, skipped } from '../tree.js';
import { word } from '../../rule/command.js';

export const minikubeHop = defineHop({
  id: 'machine',
  asks: 'Does the machine run that the cluster is in, as far as Minikube knows?',
  reads: [],
  consults: ['minikube', 'server'],
  rulesOut: [],
  ask(_, { maybe, context }) {
    const minikube = maybe('minikube');
    // Minikube's word matters where the cluster itself says nothing.
    if (maybe('server').ok) return skipped('the API server answers');
    if (!minikube.ok) return skipped(minikube.detail);
    const { program, status, profile } = minikube.value;
    if (program !== 'found')
      return skipped(program === 'absent' ? 'minikube is not installed here' : 'not Minikube’s');
    if (!status?.ok) return skipped(status?.detail ?? 'minikube told no status');
    const { host, apiServer, kubeconfig } = status.value;
    if (host === 'Running' && apiServer === 'Running') return good(host);
    const start = profile === 'minikube' ? 'minikube start' : `minikube start --profile ${word(profile)}`;
    return broken(host, [
      {
        cause: 'minikube/stopped',
        verdict: 'confirmed',
        object: { kind: 'Cluster', name: context.target.context },
        summary: `The Minikube cluster ${profile} does not run: its machine is ${host === '' ? 'unknown' : host}, its API server ${apiServer === '' ? 'unknown' : apiServer}.`,
        evidence: [
          observed(
            `minikube status --profile ${profile}`,
            null,
            `host ${host}, API server ${apiServer}, kubeconfig ${kubeconfig}`,
            status.at,
          ),
        ],
        fix: [change('Start it.', start)],
      },
    ]);
  },
});

import { change } from '../../fixes/described.js';
import { observed } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { word } from '../../rule/command.js';

export default cause({
  id: 'minikube/stopped',
  topic: 'service',
  title: 'The Minikube cluster is stopped',
  severity: 'error',
  why: 'its machine does not run, so that neither the API server nor the application answers',
  seen: 'minikube status says that host or API server is stopped',
  remedy: 'start it: minikube start',
  explains: ['*'],
  reads: [],
  consults: ['minikube', 'server'],
  judge(_, { maybe, context }) {
    const minikube = maybe('minikube');
    // Minikube's word matters where the cluster itself says nothing.
    if (maybe('server').ok || !minikube.ok) return [];
    const { program, status, profile } = minikube.value;
    if (program !== 'found' || !status?.ok) return [];
    const { host, apiServer, kubeconfig } = status.value;
    if (host === 'Running' && apiServer === 'Running') return [];
    const start = profile === 'minikube' ? 'minikube start' : `minikube start --profile ${word(profile)}`;
    return [
      {
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
    ];
  },
});

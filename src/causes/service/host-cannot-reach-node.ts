import { advise, see, show } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';
import { minikube as minikubeCommand } from '../../rule/command.js';
import { NODE_PORT_CONSULTS, silentBy } from './_silent.js';
import { UNANSWERED } from './_unreached.js';

export default cause({
  id: 'service/host-cannot-reach-node',
  topic: 'service',
  title: 'This machine cannot reach the node',
  severity: 'error',
  why: 'with Minikube’s docker driver on macOS and Windows the node is inside a virtual machine: a tunnel is needed',
  seen: 'the node’s address does not answer from here, and the Service answers through the API server',
  remedy: 'open a tunnel: minikube service NAME --url, or kubectl port-forward',
  explains: UNANSWERED,
  reads: ['vantage'],
  consults: [...NODE_PORT_CONSULTS, 'minikube'],
  judge({ vantage }, look) {
    const silent = silentBy('host-cannot-reach-node', vantage, look);
    if (!silent) return [];
    const { context } = look;
    const { namespace } = context.target;
    const { port, nodePort } = context.contract.backend.service;
    const { name } = silent.object;
    const minikube = look.maybe('minikube');
    const driver = minikube.ok ? minikube.value.driver : undefined;
    const isInVm = minikube.ok && minikube.value.program !== 'not-minikube';
    const isKnown = vantage.nodes.length > 0;
    return [
      {
        ...silent,
        verdict: isKnown ? 'confirmed' : 'likely',
        summary: `The Service answers inside the cluster, and this machine does not reach ${isKnown ? 'the node’s address' : 'its node port'}${driver === undefined ? '' : ` (Minikube’s driver is ${driver})`}.`,
        fix: [
          isInVm
            ? see(
                'Open a tunnel, and use the URL that it prints.',
                minikubeCommand(context, `service ${name} -n ${namespace} --url`),
              )
            : advise('Let the firewall pass the node port, or forward a port.'),
          show(
            context,
            'Or forward a port; this goes to one pod only.',
            `port-forward service/${name} ${nodePort}:${port}`,
          ),
        ],
        ...(!isKnown && { wouldConfirm: 'the address of a node, which could not be read' }),
      },
    ];
  },
});

import { change, inTemplate } from '../../fixes/described.js';
import { few } from '../../count.js';
import { patchFields } from '../../fixes/commands.js';
import { podRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { kubectl } from '../../rule/command.js';
import { isReady } from '../../kube/pod-state.js';
import { podsToJudge } from '../../computed/judged-pods.js';
import { cause, type Told } from '../../rule/cause.js';
import clusterNodeNotReady from './node-not-ready.js';

export default cause({
  id: 'cluster/node-missing',
  topic: 'pods',
  title: 'A pod is assigned to a node that does not exist',
  severity: 'error',
  why: 'no kubelet starts its containers, and the scheduler does not look at a pod that has a node',
  seen: 'spec.nodeName of the pod is not among the cluster’s nodes',
  remedy: 'take nodeName out of the pod template; where the node was removed, delete the pod',
  explains: clusterNodeNotReady.explains,
  reads: ['pods'],
  consults: ['nodes', 'deployment'],
  judge({ pods }, look) {
    const { context } = look;
    const nodes = look.maybe('nodes');
    if (!nodes.ok) return [];
    const known = new Set(nodes.value.map(({ metadata }) => metadata.name));
    const deployment = look.maybe('deployment');
    const named = deployment.ok ? deployment.value?.spec.template.spec.nodeName : undefined;
    return podsToJudge(pods, look).flatMap((pod): Told[] => {
      const { nodeName } = pod.spec;
      // A pod that is ready runs on a node that joined after the nodes were read.
      if (nodeName === undefined || known.has(nodeName) || isReady(pod)) return [];
      const { name } = pod.metadata;
      const object = podRef(context.target, name);
      const isNamed = named === nodeName;
      const why = isNamed ? ', because the pod template names it' : '';
      return [
        {
          verdict: 'confirmed',
          object,
          pods: [name],
          summary: `{pods}: node ${nodeName}, on which it is to run, does not exist${why}.`,
          evidence: [field(object, 'spec.nodeName', `${nodeName}, not among the nodes ${few([...known])}`)],
          fix: [
            isNamed
              ? inTemplate(
                  context,
                  'Let the scheduler choose the node.',
                  patchFields('deployment', context.target.names.deployment, {
                    spec: { template: { spec: { nodeName: null } } },
                  }),
                )
              : change(
                  'Delete the pod: its ReplicaSet makes another one, for which the scheduler chooses a node.',
                  kubectl(context, `delete pod ${name} --grace-period=0 --force`),
                ),
          ],
        },
      ];
    });
  },
});

/** Steps: is there a Deployment that wants pods, does the API server let them be created, and does the node keep them? */
import { rulesOf } from '../../causes/index.js';
import { refusedInNamespace } from '../../causes/namespace/terminating.js';
import { count } from '../../count.js';
import { defineStep } from '../step.js';
import { broken, good, notReached, skipped, unclear } from '../tree.js';

export const deploymentHop = defineStep({
  id: 'deployment',
  asks: 'Is there a Deployment, and does it want pods?',
  proves: ['deployment/exists'],
  reads: ['deployment'],
  needs: ['cluster'],
  rulesOut: [],
  rules: rulesOf('deployment/'),
  answer({ deployment }, { context }, findings) {
    if (!deployment) return broken('missing', findings);
    const replicas = deployment.spec.replicas ?? 1;
    if (replicas === 0 && context.contract.backend.replicaCount > 0)
      return broken('scaled to zero', findings);
    return good(`wants ${count(replicas, 'pod')}`, { findings });
  },
});

export const createdHop = defineStep({
  id: 'created',
  asks: 'Does the API server let the ReplicaSets create their pods?',
  rules: [...rulesOf('admission/'), refusedInNamespace],
  broken: 'refused',
  reads: ['pods'],
  needs: ['deployment'],
  rulesOut: ['quota and admission'],
  otherwise: ({ pods }) => (pods.length === 0 ? notReached('no pod yet') : good(`${pods.length} created`)),
});

export const keptHop = defineStep({
  id: 'kept',
  asks: 'Does the node take the pods, and keep them?',
  rules: rulesOf('pods/', 'storage/'),
  reads: ['pods'],
  needs: ['deployment'],
  rulesOut: ['eviction'],
  otherwise: ({ pods }) => {
    const onNode = pods.filter(({ spec }) => spec.nodeName !== undefined).length;
    return onNode === 0 ? notReached('no pod is on a node') : good(`${onNode} on a node`);
  },
});

export const releasedHop = defineStep({
  id: 'released',
  asks: 'Did Helm’s last operation succeed?',
  rules: rulesOf('helm/'),
  broken: 'not deployed',
  reads: [],
  consults: ['release'],
  needs: ['cluster'],
  rulesOut: [],
  otherwise(_, { check }) {
    const result = check('deployment/release');
    if (result?.status === 'unknown')
      return { ...unclear(result.message, [], result.access), toldBy: result.id };
    return result?.status === 'pass' ? good(result.message) : skipped(result?.message ?? 'not asked');
  },
});

/** Hops: is there a Deployment that wants pods, and does the API server let them be created? */
import { deploymentRef, installFixes } from '../../checks/shared.js';
import { COMPONENT, COMPONENT_LABEL } from '../../contract/name-forms.js';
import { rulesOf } from '../../causes/index.js';
import type { Deployment } from '../../evidence/objects.js';
import { kubectl } from '../../rule/command.js';
import { fixesFrom, run, see, setValues } from '../fixes.js';
import { field } from '../seen.js';
import { defineStep, findingsOf } from '../step.js';
import {
  broken,
  defineHop,
  good,
  notReached,
  skipped,
  unclear,
  type CauseFinding,
  type Look,
} from '../tree.js';

export const deploymentHop = defineHop({
  id: 'deployment',
  asks: 'Is there a Deployment, and does it want pods?',
  proves: ['deployment/exists'],
  reads: ['deployment'],
  consults: ['autoscaler'],
  needs: ['cluster'],
  rulesOut: [],
  ask({ deployment }, look) {
    const { context, maybe } = look;
    const object = deploymentRef(context.target);
    if (!deployment) return broken('missing', [missing(context)]);
    const replicas = deployment.spec.replicas ?? 1;
    if (replicas === 0 && context.contract.backend.replicaCount > 0) {
      const wanted = context.contract.backend.replicaCount;
      return broken('scaled to zero', [
        {
          cause: 'deployment/scaled-to-zero',
          verdict: 'confirmed',
          object,
          summary: `Deployment ${object.name} is scaled to 0; the contract wants ${wanted}.`,
          evidence: [field(object, 'spec.replicas', '0')],
          fix: [
            setValues(
              context,
              'Scale it up.',
              [`backend.replicaCount=${wanted}`],
              `scale deployment ${object.name} --replicas=${wanted}`,
            ),
          ],
        },
      ]);
    }
    const autoscaler = maybe('autoscaler');
    const scaled = autoscaler.ok
      ? findingsOf(rulesOf('deployment/'), { deployment, autoscaler: autoscaler.value }, look)
      : [];
    const findings = [...(deployment.spec.paused ? [paused(deployment, context)] : []), ...scaled];
    return good(`wants ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`, { findings });
  },
});

function missing(context: Look['context']): CauseFinding {
  const { target } = context;
  const object = deploymentRef(target);
  return {
    cause: 'deployment/missing',
    verdict: 'confirmed',
    object,
    summary: `There is no Deployment ${target.names.deployment} in namespace ${target.namespace}.`,
    evidence: [field(object, 'metadata.name', 'no such object')],
    fix: [
      see(
        'See whether it is elsewhere.',
        kubectl(context, `get deployments -A -l ${COMPONENT_LABEL}=${COMPONENT}`, null),
      ),
      ...fixesFrom(
        target.helm
          ? 'Helm installed it, and it was deleted by hand. An upgrade creates it again.'
          : 'Install the chart.',
        installFixes(context),
      ),
    ],
  };
}

function paused({ metadata }: Deployment, context: Look['context']): CauseFinding {
  const object = deploymentRef(context.target);
  return {
    cause: 'deployment/paused',
    verdict: 'confirmed',
    object,
    summary: `Deployment ${metadata.name} is paused: changes to it are not rolled out.`,
    evidence: [field(object, 'spec.paused', 'true')],
    fix: [run(context, 'Resume it.', `rollout resume deployment ${metadata.name}`)],
  };
}

export const createdHop = defineStep({
  id: 'created',
  asks: 'Does the API server let the ReplicaSets create their pods?',
  rules: rulesOf('admission/', 'namespace/'),
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
  broken: 'ended by the node',
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

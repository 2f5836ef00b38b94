/** Hops: is there a Deployment that wants pods, and does the API server let them be created? */
import { deploymentRef, helmUpgrade } from '../../checks/shared.js';
import type { Deployment, ReplicaSet } from '../../evidence/objects.js';
import type { EvidenceItem, Fix } from '../diagnosis.js';
import { advise, run, setValues } from '../fixes.js';
import { parseRefusal, type Refusal } from '../parse/admission.js';
import { eventItem, eventsAbout, field } from '../seen.js';
import { broken, defineHop, good, notReached, unclear, type CauseFinding, type Look } from '../tree.js';

export const deploymentHop = defineHop({
  id: 'deployment',
  asks: 'Is there a Deployment, and does it want pods?',
  reads: ['deployment'],
  needs: ['cluster'],
  rulesOut: [],
  ask({ deployment }, { context }) {
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
          summary: `Deployment ${object.name} is told to run no pod; the contract wants ${wanted}.`,
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
    const findings = deployment.spec.paused ? [paused(deployment, context)] : [];
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
    summary: `There is no Deployment ${target.accepted.deployment.join(' or ')} in namespace ${target.namespace}.`,
    evidence: [field(object, 'metadata.name', 'no such object')],
    fix: [
      advise(
        'Install the chart.',
        helmUpgrade(context).replace('helm upgrade', 'helm upgrade --install').replace(' --reuse-values', ''),
      ),
      advise('Or look where it is.', 'kubectl get deployments -A -l app.kubernetes.io/component=backend'),
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

export const createdHop = defineHop({
  id: 'created',
  asks: 'Does the API server let the ReplicaSets create their pods?',
  reads: ['deployment', 'replicaSets', 'pods'],
  consults: ['events'],
  needs: ['deployment'],
  rulesOut: ['quota and admission'],
  ask({ deployment, replicaSets, pods }, look) {
    const findings: CauseFinding[] = [];
    const unclearWhy: string[] = [];
    for (const replicaSet of replicaSets) {
      const wanted = replicaSet.spec.replicas ?? 0;
      const { name } = replicaSet.metadata;
      const has = replicaSet.status?.replicas ?? 0;
      if (has >= wanted) continue;
      const { refusal, evidence, message } = whyNotCreated(replicaSet, deployment, look);
      if (refusal) findings.push(refused(replicaSet, refusal, evidence, look));
      else if (message !== undefined) unclearWhy.push(`ReplicaSet ${name}: ${message}`);
    }
    if (findings.length > 0) return broken('refused', findings);
    if (unclearWhy.length > 0) return unclear(unclearWhy.join('; '));
    return pods.length === 0 ? notReached('no pod yet') : good(`${pods.length} created`);
  },
});

/** The newest refusal, from the event or, where events have expired, from the conditions. */
function whyNotCreated(
  replicaSet: ReplicaSet,
  deployment: Deployment | undefined,
  look: Look<'events'>,
): { refusal: Refusal | undefined; evidence: EvidenceItem[]; message: string | undefined } {
  const { context, options } = look;
  const events = look.maybe('events');
  const [event] = events.ok ? eventsAbout(events.value, replicaSet.metadata, ['FailedCreate'], options) : [];
  const object = { kind: 'ReplicaSet', namespace: context.target.namespace, name: replicaSet.metadata.name };
  const evidence = event ? [eventItem(event, context.target)] : [];
  const conditions: [ref: typeof object, conditions: NonNullable<ReplicaSet['status']>['conditions']][] = [
    [object, replicaSet.status?.conditions],
    [
      { ...deploymentRef(context.target), namespace: context.target.namespace },
      deployment?.status?.conditions,
    ],
  ];
  let message = event?.message;
  for (const [ref, list] of conditions) {
    const failure = list?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
    if (!failure?.message) continue;
    message ??= failure.message;
    if (evidence.length < 2) {
      evidence.push(
        field(
          ref,
          "status.conditions[type='ReplicaFailure'].message",
          failure.message,
          failure.lastTransitionTime,
        ),
      );
    }
  }
  return { refusal: message === undefined ? undefined : parseRefusal(message), evidence, message };
}

function refused(
  { metadata, spec }: ReplicaSet,
  { cause, subject, detail }: Refusal,
  evidence: EvidenceItem[],
  { context }: Look,
): CauseFinding {
  const { target } = context;
  const fix: Fix[] = [];
  let what = detail;
  switch (cause) {
    case 'admission/quota-exceeded':
      what = `ResourceQuota ${subject ?? ''} leaves no room for it (${detail})`;
      fix.push(
        run(
          context,
          'See what uses the quota, then raise it or ask for less.',
          `describe quota ${subject ?? ''}`.trim(),
        ),
      );
      break;
    case 'admission/pod-security': {
      const user = context.contract.backend.securityContext.runAsUser;
      what = `Pod Security level ${subject ?? ''} of namespace ${target.namespace} forbids it (${detail})`;
      fix.push(
        advise(
          `Give the pod what the message lists (the contract has runAsNonRoot, runAsUser ${user}, no privilege escalation, all capabilities dropped; level restricted also wants seccompProfile RuntimeDefault), or change the namespace’s level.`,
          `kubectl label namespace ${target.namespace} --overwrite pod-security.kubernetes.io/enforce=baseline`,
        ),
      );
      break;
    }
    case 'admission/service-account-missing': {
      const account = subject ?? spec.template?.spec.serviceAccountName ?? 'NAME';
      what = `its ServiceAccount ${account} does not exist`;
      fix.push(
        run(
          context,
          'Create it, or let the pod template name one that exists.',
          `create serviceaccount ${account}`,
        ),
      );
      break;
    }
    default:
      what = `a LimitRange of namespace ${target.namespace} forbids it (${detail})`;
      fix.push(
        run(
          context,
          'See what it allows, then change backend.resources or the LimitRange.',
          'describe limitrange',
        ),
      );
  }
  return {
    cause,
    verdict: 'confirmed',
    object: { kind: 'ReplicaSet', namespace: target.namespace, name: metadata.name },
    summary: `The API server refuses to create a pod of ReplicaSet ${metadata.name}: ${what}.`,
    evidence,
    fix,
  };
}

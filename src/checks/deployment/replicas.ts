import { deploymentRef } from '../../rule/object-ref.js';
import {
  defineCheck,
  failUnlessEmpty,
  type Finding,
  pass,
  type CheckContext,
  type Verdict,
} from '../check.js';
import { count } from '../../count.js';
import { absent } from '../shared.js';
import { setValues } from '../../fixes/commands.js';
import { isOpen } from '../../contract/open.js';
import type { AutoscalerFacts } from '../../evidence/evidence.js';

type Message = 'scaled-to-zero' | 'replicas' | 'outside-range' | 'range' | 'no-autoscaler';

export default defineCheck({
  meta: {
    id: 'deployment/replicas',
    title: 'Deployment asks for the contract’s number of replicas',
    failureTitle: 'Deployment asks for another number of replicas',
    why: 'with fewer replicas one lost pod takes the backend down; with more the database runs out of connections',
    remedy: (context) => {
      const { replicaCount } = context.contract.backend;
      const scale = `scale deployment ${context.target.names.deployment} --replicas=${replicaCount}`;
      return setValues(context, scale, `backend.replicaCount=${replicaCount}`);
    },
    severity: 'error',
    reads: ['deployment', 'autoscaler'],
    needs: ['deployment/exists'],
    messages: {
      'scaled-to-zero': 'the Deployment is scaled to zero: no pod runs by intent',
      replicas: 'spec.replicas is {found}',
      'outside-range': 'spec.replicas is {found}, outside of the range of HorizontalPodAutoscaler {name}',
      range: 'HorizontalPodAutoscaler {name} keeps {found}',
      'no-autoscaler': 'no HorizontalPodAutoscaler scales the Deployment',
    },
    contractSection: 'Kubernetes Resources: Deployment; Replica Configuration; Horizontal Scaling',
  },
  evaluate({ deployment, autoscaler }, { contract, target, now }) {
    if (!deployment) return absent(deploymentRef(target));
    const expected = contract.backend.replicaCount;
    // API default: 1 (apps/v1 DeploymentSpec).
    const found = deployment.spec.replicas ?? 1;
    const findings: Finding<Message>[] = [];
    if (isOpen(contract, 'backend.replicaCount')) return pass(count(found, 'replica'));
    if (autoscaler && found > 0) return judgeRange(found, autoscaler, { contract, target, now });
    if (found !== expected) {
      const messageId = found === 0 ? 'scaled-to-zero' : 'replicas';
      findings.push({
        messageId,
        data: { expected, found, field: 'spec.replicas' },
        object: deploymentRef(target),
      });
    }
    const { minReplicas, maxReplicas } = contract.backend.autoscaling;
    if (maxReplicas > 0 && !autoscaler) {
      const range = `one that keeps ${minReplicas} to ${maxReplicas} replicas`;
      findings.push({
        messageId: 'no-autoscaler',
        data: { expected: range, found: 'none', field: 'spec.replicas' },
        object: deploymentRef(target),
      });
    }
    return failUnlessEmpty(findings, count(found, 'replica'));
  },
});

/** Milliseconds between two looks of an autoscaler (kube-controller-manager, --horizontal-pod-autoscaler-sync-period). */
const TURN_MS = 15_000;

const isOfRange = ({ messageId }: Finding<Message>) => messageId === 'outside-range';

/** An autoscaler owns the number: what counts is its range, and that the range is the contract's where that gives one. */
function judgeRange(
  found: number,
  { name, minReplicas, maxReplicas, desiredReplicas, lastScaleTime }: Readonly<AutoscalerFacts>,
  { contract, target, now }: Pick<CheckContext, 'contract' | 'target' | 'now'>,
): Verdict<Message> {
  const range = (min: number, max: number) => `${min} to ${max} replicas`;
  const isOutside = (replicas: number) => replicas < minReplicas || replicas > maxReplicas;
  const wanted = contract.backend.autoscaling;
  const object = { kind: 'HorizontalPodAutoscaler', namespace: target.namespace, name };
  const is = range(minReplicas, maxReplicas);
  const findings: Finding<Message>[] = [];
  if (isOutside(found)) {
    const data = { name, expected: is, found, field: 'spec.replicas' };
    findings.push({ messageId: 'outside-range', data, object: deploymentRef(target) });
  }
  const isAsked = wanted.maxReplicas > 0;
  if (isAsked && (wanted.minReplicas !== minReplicas || wanted.maxReplicas !== maxReplicas)) {
    const expected = range(wanted.minReplicas, wanted.maxReplicas);
    findings.push({ messageId: 'range', data: { name, expected, found: is, field: 'spec' }, object });
  }
  if (desiredReplicas !== undefined && findings.length > 0 && findings.every(isOfRange)) {
    const autoscaler = `HorizontalPodAutoscaler ${name}`;
    // Its own last decision is outside of its range, too: the range was changed since, and it works in turns.
    if (isOutside(desiredReplicas))
      return { status: 'unknown', reason: `${autoscaler} has not acted on its range of ${is} yet`, findings };
    // The Deployment was read before the autoscaler, which has acted between the two.
    if (now - Date.parse(lastScaleTime ?? '') < TURN_MS) {
      const reason = `${autoscaler} has asked for ${count(desiredReplicas, 'replica')} a moment ago`;
      return { status: 'unknown', reason, findings };
    }
  }
  return failUnlessEmpty(findings, `${count(found, 'replica')}, kept from ${is} by ${name}`);
}

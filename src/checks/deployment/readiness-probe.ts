import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck } from '../check.js';
import { absent } from '../shared.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';
import { judgeProbe, PROBE_MESSAGES, probeFixes } from './_probe.js';

export default defineCheck({
  meta: {
    id: 'deployment/readiness-probe',
    title: 'Container gets traffic by the contract’s readiness probe',
    failureTitle: 'Container’s readiness probe is not the contract’s',
    why: 'a wrong readiness probe sends users to pods that cannot answer, or keeps traffic from pods that can',
    remedy: (context, findings) => probeFixes(context, 'readinessProbe', findings),
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: PROBE_MESSAGES,
    contractSection: 'Health Checks: Readiness Probe',
  },
  evaluate({ deployment }, context) {
    if (!deployment) return absent(deploymentRef(context.target));
    const located = backendContainer(deployment, context);
    return located ? judgeProbe(located, 'readinessProbe', context) : NO_CONTAINER;
  },
});

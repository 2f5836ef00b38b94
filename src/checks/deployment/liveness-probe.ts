import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck } from '../check.js';
import { absent } from '../shared.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';
import { judgeProbe, PROBE_MESSAGES, probeFixes } from './_probe.js';

export default defineCheck({
  meta: {
    id: 'deployment/liveness-probe',
    title: 'Container is restarted by the contract’s liveness probe',
    failureTitle: 'Container’s liveness probe is not the contract’s',
    why: 'a wrong liveness probe restarts healthy pods, or never restarts dead ones',
    remedy: (context, findings) => probeFixes(context, 'livenessProbe', findings),
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: PROBE_MESSAGES,
    contractSection: 'Health Checks: Liveness Probe',
  },
  evaluate({ deployment }, context) {
    if (!deployment) return absent(deploymentRef(context.target));
    const located = backendContainer(deployment, context);
    if (!located) return NO_CONTAINER;
    const liveness = judgeProbe(located, 'livenessProbe', context);
    // Until the startup probe has passed no other is asked: it is part of when a container is restarted.
    const startup = judgeProbe(located, 'startupProbe', context);
    if (liveness.status !== 'fail') return startup.status === 'fail' ? startup : liveness;
    return startup.status === 'fail'
      ? { status: 'fail', findings: [...liveness.findings, ...startup.findings] }
      : liveness;
  },
});

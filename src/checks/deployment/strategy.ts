import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { absent, changeObject, deploymentRef, patchFields } from '../shared.js';

type Message = 'type' | 'max-surge' | 'max-unavailable';

export default defineCheck({
  meta: {
    id: 'deployment/strategy',
    title: 'Deployment rolls out without losing a replica',
    failureTitle: 'Deployment strategy is not the one that the contract demands',
    why: 'with another strategy an upgrade takes ready pods away before new ones serve',
    remedy: (context) => {
      const { type, maxSurge, maxUnavailable } = context.contract.backend.strategy;
      const rollingUpdate = type === 'RollingUpdate' ? { maxSurge, maxUnavailable } : null;
      const fields = { spec: { strategy: { type, rollingUpdate } } };
      return changeObject(context, patchFields('deployment', context.target.names.deployment, fields));
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      type: 'strategy type is {found}',
      'max-surge': 'maxSurge is {found}',
      'max-unavailable': 'maxUnavailable is {found}',
    },
    contractSection: 'Kubernetes Resources: Deployment',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const expected = contract.backend.strategy;
    // API defaults: RollingUpdate with 25 % each (apps/v1 DeploymentStrategy).
    const type = deployment.spec.strategy?.type ?? 'RollingUpdate';
    const rolling = deployment.spec.strategy?.rollingUpdate;
    const findings: Finding<Message>[] = [];
    const compare = (messageId: Message, field: string, want: number | string, got: number | string) => {
      if (String(want) === String(got)) return;
      findings.push({
        messageId,
        data: { expected: want, found: got, field },
        object: deploymentRef(target),
      });
    };
    compare('type', 'spec.strategy.type', expected.type, type);
    if (type === 'RollingUpdate' && expected.type === 'RollingUpdate') {
      const base = 'spec.strategy.rollingUpdate';
      compare('max-surge', `${base}.maxSurge`, expected.maxSurge, rolling?.maxSurge ?? '25%');
      compare(
        'max-unavailable',
        `${base}.maxUnavailable`,
        expected.maxUnavailable,
        rolling?.maxUnavailable ?? '25%',
      );
    }
    return failUnlessEmpty(
      findings,
      `${expected.type}, maxSurge ${expected.maxSurge}, maxUnavailable ${expected.maxUnavailable}`,
    );
  },
});

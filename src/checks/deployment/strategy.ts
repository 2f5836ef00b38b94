import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { count } from '../../count.js';
import { absent } from '../shared.js';
import { changeObject, patchFields } from '../../fixes/commands.js';
import { isOpen } from '../../contract/open.js';
import { rollingUpdate, ROLLING_UPDATE_DEFAULT } from '../../kube/int-or-percent.js';

type Message = 'type' | 'max-surge' | 'max-unavailable';

/** A value with what it comes to, where that does not show. */
function said(value: number | string, pods: number | undefined): number | string {
  return typeof value === 'number' || pods === undefined ? value : `${value} (${count(pods, 'pod')})`;
}

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
    const isOpenPath = (name: string) => isOpen(contract, `backend.strategy.${name}`);
    const compare = (messageId: Message, field: string, want: number | string, got: number | string) => {
      findings.push({
        messageId,
        data: { expected: want, found: got, field },
        object: deploymentRef(target),
      });
    };
    if (type !== expected.type && !isOpenPath('type'))
      compare('type', 'spec.strategy.type', expected.type, type);
    if (type === 'RollingUpdate' && expected.type === 'RollingUpdate') {
      const base = 'spec.strategy.rollingUpdate';
      // What counts is how many pods it comes to: 25 % of two is one more, and none less (API default where not set).
      const replicas = Math.max(deployment.spec.replicas ?? 1, 1);
      const want = rollingUpdate(expected, replicas);
      const got = rollingUpdate(rolling, replicas);
      const { maxSurge = ROLLING_UPDATE_DEFAULT, maxUnavailable = ROLLING_UPDATE_DEFAULT } = rolling ?? {};
      if (want.surge !== got.surge && !isOpenPath('maxSurge'))
        compare('max-surge', `${base}.maxSurge`, expected.maxSurge, said(maxSurge, got.surge));
      if (want.unavailable !== got.unavailable && !isOpenPath('maxUnavailable'))
        compare(
          'max-unavailable',
          `${base}.maxUnavailable`,
          expected.maxUnavailable,
          said(maxUnavailable, got.unavailable),
        );
    }
    return failUnlessEmpty(
      findings,
      `${expected.type}, maxSurge ${expected.maxSurge}, maxUnavailable ${expected.maxUnavailable}`,
    );
  },
});

import { fix } from '../../rule/fix.js';
import { applyRole } from '../../rule/command.js';
import { defineCheck, warnUnlessEmpty, type Finding } from '../check.js';
import { count } from '../../count.js';

export default defineCheck({
  meta: {
    id: 'cluster/permissions',
    title: 'You may read everything that the checks look at',
    failureTitle: 'You may not read everything that the checks look at',
    why: 'what may not be read stays unknown, and an unknown is never counted as passed',
    remedy: (context) => [
      fix(applyRole(context), 'by an administrator; checks role --bind USER gives it to you, too'),
    ],
    // Missing permissions say nothing about the deployment: the checks that need them are unknown by themselves.
    severity: 'warning',
    reads: ['permissions'],
    needs: ['cluster/reachable'],
    messages: { missing: 'no permission to {verb} {resource} {scope}' },
    contractSection: 'Verification Steps',
  },
  evaluate({ permissions }, { target }) {
    const findings = permissions.missing.map(
      ({ verb, group, resource, clusterScoped }): Finding<'missing'> => {
        const qualified = group ? `${resource}.${group}` : resource;
        const scope = clusterScoped ? 'in the cluster' : `in namespace ${target.namespace}`;
        const kind = clusterScoped ? 'ClusterRole' : 'Role';
        const expected = `a ${kind} that allows ${verb} on ${qualified}`;
        const data = { verb, resource: qualified, scope, expected, found: 'not allowed', field: 'rules' };
        return { messageId: 'missing', data };
      },
    );
    const { length } = permissions.required;
    return warnUnlessEmpty(findings, length === 0 ? 'all permissions' : `all ${count(length, 'permission')}`);
  },
});

import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/cluster/permissions.js';
import { judge } from '../../support/check-context.js';

describe('cluster/permissions', () => {
  test('passes when nothing is missing', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'all permissions' });
    const one = judge(check, ({ permissions }) => {
      Object.assign(permissions, { required: [{ verb: 'list', group: '', resource: 'pods' }] });
    });
    expect(one.text).toBe('all 1 permission');
  });

  test('names verb, resource, API group and scope of what is missing, and never fails the run', () => {
    const judged = judge(check, ({ permissions }) => {
      const missing = [
        { verb: 'get', group: '', resource: 'secrets' },
        { verb: 'list', group: 'apps', resource: 'replicasets' },
        { verb: 'list', group: '', resource: 'nodes', clusterScoped: true },
      ];
      Object.assign(permissions, { required: missing, missing });
    });
    expect(judged).toMatchObject({ status: 'warn', ids: ['missing', 'missing', 'missing'] });
    expect(judged.messages).toEqual([
      'no permission to get secrets in namespace default',
      'no permission to list replicasets.apps in namespace default',
      'no permission to list nodes in the cluster',
    ]);
    expect(judged.findings[2]?.data).toMatchObject({ expected: 'a ClusterRole that allows list on nodes' });
    expect(check.meta.severity).toBe('warning');
  });
});

import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/cluster/reachable.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';

describe('cluster/reachable', () => {
  test('passes with version and latency', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'Kubernetes v1.34.1 answered in 12 ms' });
  });

  test('warns when the server’s certificate is not verified', () => {
    const judged = judge(check, ({ server }) => (server.insecureSkipTlsVerify = true));
    expect(judged).toMatchObject({ status: 'warn', ids: ['tls-verification-off'] });
  });

  test('warns when the server is slow', () => {
    const judged = judge(check, ({ server }) => (server.latencyMs = 3456.7));
    expect(judged).toMatchObject({
      status: 'warn',
      messages: ['the API server took 3457 ms to answer'],
      ids: ['slow'],
    });
  });

  test('its remedy names the context, which in a pod there is none of', () => {
    const remedy = (context: string) =>
      remedyOf(check, { contract: DEFAULT_CONTRACT, target: { ...TARGET, context }, now: 0 }, []);
    expect(remedy('minikube')).toMatch(/^kubectl --context minikube cluster-info/);
    expect(remedy('in-cluster')).toBe('kubectl cluster-info');
  });
});

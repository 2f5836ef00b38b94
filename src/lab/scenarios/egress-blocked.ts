import type { NetworkPolicy } from '../../evidence/objects.js';
import { uid } from '../clock.js';
import { NAMESPACE, selectorLabels } from '../manifests.js';
import { api } from '../world.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'A NetworkPolicy blocks the way to the database',
  story:
    'A policy that was applied a minute ago allows the pods DNS and nothing else; new connections to port 5432 time out.',
  expect: { fail: ['network/database-egress', 'network/policies'] },
  manifests(manifests) {
    manifests.networkPolicies.push(
      api<NetworkPolicy>({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: {
          name: 'backend-egress',
          namespace: NAMESPACE,
          uid: uid('NetworkPolicy/backend-egress'),
          generation: 1,
          creationTimestamp: manifests.deployment.metadata.creationTimestamp,
        },
        spec: {
          podSelector: { matchLabels: selectorLabels('backend') },
          policyTypes: ['Egress'],
          egress: [
            {
              ports: [
                { protocol: 'UDP', port: 53 },
                { protocol: 'TCP', port: 53 },
              ],
            },
          ],
        },
      }),
    );
  },
  world({ network }) {
    for (const host of Object.values(network.hosts)) host.answers = 'timeout';
  },
});

/** The frontend of the same release, for scenarios in which it matters. It serves nothing: its objects are what counts. */
import type { Deployment } from '../evidence/objects.js';
import { ContainerLog } from './container-log.js';
import { addPod, addReplicaSet } from './install.js';
import { BACKEND, helmLabels, helmMetadata, NAMESPACE, RELEASE, selectorLabels } from './manifests.js';
import { api, type Secret, type World } from './world.js';

/**
 * @param authSecret its BETTER_AUTH_SECRET
 * @param at milliseconds since the epoch
 * @param variables beside that, in the pod template; BACKEND_URL leads to the backend unless it stands here
 */
export function installFrontend(
  world: World,
  authSecret: string,
  at: number,
  variables: Record<string, string> = {},
): void {
  const name = `${RELEASE}-frontend`;
  const deployment = api<Deployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...helmMetadata('Deployment', name, 'frontend', at, 'spec'), generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels('frontend') },
      template: {
        metadata: { creationTimestamp: null, labels: helmLabels('frontend') },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'frontend',
              image: 'todo-chatbot-frontend:latest',
              imagePullPolicy: 'IfNotPresent',
              ports: [{ name: 'http', containerPort: 3000, protocol: 'TCP' }],
              env: Object.entries({ BACKEND_URL: `http://${BACKEND}:8000`, ...variables }).map(
                ([key, value]) => ({ name: key, value }),
              ),
              envFrom: [{ secretRef: { name: `${name}-secret` } }],
              resources: {
                limits: { cpu: '500m', memory: '512Mi' },
                requests: { cpu: '100m', memory: '128Mi' },
              },
            },
          ],
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
    },
  });
  const secret = api<Secret>({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...helmMetadata('Secret', `${name}-secret`, 'frontend', at, 'data'), namespace: NAMESPACE },
    type: 'Opaque',
    data: { BETTER_AUTH_SECRET: Buffer.from(authSecret).toString('base64') },
  });
  const backendSets = world.replicaSets.splice(0);
  const pod = addPod(world, addReplicaSet(world, deployment, at), at);
  world.replicaSets.unshift(...backendSets);
  pod.app.port = undefined;
  pod.log = new ContainerLog();
  pod.log.append(' ✓ Ready in 431ms', at + 4000);
  world.others['deployments.apps'] = [deployment];
  world.others.secrets = [secret];
}

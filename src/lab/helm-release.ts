/** The Secret in which Helm 3 keeps a release: base64 of base64 of gzip of JSON. */
import { gzipSync } from 'node:zlib';
import { seconds, uid } from './clock.js';
import { CHART, healthyManifests, NAMESPACE, RELEASE } from './manifests.js';
import { api, type Api, type Secret } from './world.js';

/**
 * @param deployedAt milliseconds since the epoch
 * @param secretValues what the user passed as `backend.secrets.…`
 * @param installed the release's name, and the node port that the user asked for; the lab's own unless given
 */
export function helmRelease(
  deployedAt: number,
  secretValues: Record<string, string>,
  installed: { name: string; nodePort?: number } = { name: RELEASE },
): Api<Secret> {
  const { nodePort } = installed;
  const name = `sh.helm.release.v1.${installed.name}.v1`;
  const release = {
    name: installed.name,
    info: {
      first_deployed: new Date(deployedAt).toISOString(),
      last_deployed: new Date(deployedAt).toISOString(),
      deleted: '',
      description: 'Install complete',
      status: 'deployed',
      notes: `The backend answers on http://localhost:30081 once its pods are ready.\n`,
    },
    chart: {
      metadata: {
        ...CHART,
        apiVersion: 'v2',
        type: 'application',
        description: 'The todo chatbot on Kubernetes',
      },
      lock: null,
      templates: [],
      values: chartValues(),
      schema: null,
      files: null,
    },
    config: { backend: { secrets: secretValues, ...(nodePort && { service: { nodePort } }) } },
    manifest: installed.name === RELEASE ? manifest(deployedAt, secretValues) : '',
    version: 1,
    namespace: NAMESPACE,
  };
  const packed = gzipSync(JSON.stringify(release)).toString('base64');
  return api<Secret>({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: uid(`Secret/${name}`),
      creationTimestamp: seconds(deployedAt),
      labels: {
        modifiedAt: String(Math.floor(deployedAt / 1000)),
        name: installed.name,
        owner: 'helm',
        status: 'deployed',
        version: '1',
      },
    },
    data: { release: Buffer.from(packed).toString('base64') },
    type: 'helm.sh/release.v1',
  });
}

/** What the chart rendered, as Helm keeps it; Helm itself writes YAML, of which JSON is a part. */
function manifest(deployedAt: number, secretValues: Record<string, string>): string {
  const { deployment, service, configMap, secret } = healthyManifests(deployedAt);
  const objects = { secret: { ...secret, stringData: secretValues }, configMap, service, deployment };
  return Object.entries(objects)
    .map(([file, object]) => {
      const { name, namespace, labels } = object.metadata;
      const applied = { ...object, metadata: { name, namespace, labels }, status: undefined };
      return `---\n# Source: ${CHART.name}/templates/backend-${file.toLowerCase()}.yaml\n${JSON.stringify(applied)}\n`;
    })
    .join('');
}

/** The chart's values.yaml. */
function chartValues(): object {
  const probe = {
    path: '/api/health',
    port: 8000,
    initialDelaySeconds: 15,
    periodSeconds: 10,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  };
  return {
    nameOverride: '',
    fullnameOverride: '',
    backend: {
      replicaCount: 2,
      image: { repository: 'todo-chatbot-backend', tag: 'latest', pullPolicy: 'IfNotPresent' },
      resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } },
      service: { type: 'NodePort', port: 8000, nodePort: 30081 },
      env: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
      secrets: { DATABASE_URL: '', BETTER_AUTH_SECRET: '', NEXT_PUBLIC_OPENROUTER_KEY: '' },
      extraEnv: [],
      livenessProbe: probe,
      readinessProbe: { ...probe },
      startupProbe: {},
      automountServiceAccountToken: false,
      podLabels: {},
      podAnnotations: {},
      nodeSelector: {},
      tolerations: [],
      affinity: {},
    },
    frontend: { enabled: false },
  };
}

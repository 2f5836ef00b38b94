/** What Helm applies for the contract's chart, with the API server's defaults filled in. */
import type { Container, Deployment, Probe, Service } from '../evidence/objects.js';
import { seconds, uid } from './clock.js';
import { api, type Api, type ConfigMap, type Manifests, type Secret } from './world.js';

export const NAMESPACE = 'default';
export const RELEASE = 'todo-chatbot';
export const CHART = { name: 'todo-chatbot', version: '1.0.0', appVersion: '1.0.0' };
export const BACKEND = `${RELEASE}-backend`;
export const DATABASE_HOST = 'ep-lab-meadow-a1b2c3.eu-central-1.aws.neon.example';
const SERVICE_IP = '10.96.113.7';

/** Not secret: they open nothing. They only look like the real ones, so that the tool treats them as such. */
export const SECRET_VALUES = {
  DATABASE_URL: `postgresql://todo_owner:npg-lab-7Qw2Xr9Kd4@${DATABASE_HOST}:5432/todo?sslmode=require`,
  BETTER_AUTH_SECRET: 'lab-9f3b1c7e5d2a4860b7c1e3f5a9d8c6b4e2f0a1d3',
};

/** Labels by which the chart selects a component's pods. */
export function selectorLabels(component: string): Record<string, string> {
  return {
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/instance': RELEASE,
    'app.kubernetes.io/name': CHART.name,
  };
}

/** The standard Helm labels of a component. */
export function helmLabels(component: string): Record<string, string> {
  return {
    ...selectorLabels(component),
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/version': CHART.appVersion,
    'helm.sh/chart': `${CHART.name}-${CHART.version}`,
  };
}

/** Metadata of an object that Helm applied. `field` is the top-level field it set besides metadata. */
export function helmMetadata(
  kind: string,
  name: string,
  component: string,
  appliedAt: number,
  field: string,
) {
  return {
    name,
    namespace: NAMESPACE,
    uid: uid(`${kind}/${name}`),
    creationTimestamp: seconds(appliedAt),
    labels: helmLabels(component),
    annotations: { 'meta.helm.sh/release-name': RELEASE, 'meta.helm.sh/release-namespace': NAMESPACE },
    managedFields: [
      {
        manager: 'helm',
        operation: 'Update',
        apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
        time: seconds(appliedAt),
        fieldsType: 'FieldsV1',
        fieldsV1: { [`f:${field}`]: {} },
      },
    ],
  };
}

/**
 * The healthy manifests; a fresh copy each time.
 * @param appliedAt milliseconds since the epoch
 * @param secrets replaces values of the Secret
 */
export function healthyManifests(appliedAt: number, secrets: Record<string, string> = {}): Manifests {
  return {
    deployment: deployment(appliedAt),
    service: service(appliedAt),
    configMap: api<ConfigMap>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: helmMetadata('ConfigMap', `${BACKEND}-config`, 'backend', appliedAt, 'data'),
      data: { ENVIRONMENT: 'development', LOG_LEVEL: 'INFO' },
    }),
    secret: api<Secret>({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: helmMetadata('Secret', `${BACKEND}-secret`, 'backend', appliedAt, 'data'),
      type: 'Opaque',
      data: {},
    }),
    secretValues: { ...SECRET_VALUES, ...secrets },
    networkPolicies: [],
    missing: new Set(),
  };
}

/** The one container of the backend's pod template. */
export function backendContainer(manifests: Manifests): Container {
  const [container] = manifests.deployment.spec.template.spec.containers;
  if (container === undefined) throw new Error('the lab’s Deployment has no container');
  return container;
}

function deployment(appliedAt: number): Api<Deployment> {
  const metadata = helmMetadata('Deployment', BACKEND, 'backend', appliedAt, 'spec');
  return api<Deployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...metadata,
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1', ...metadata.annotations },
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: selectorLabels('backend') },
      template: {
        metadata: {
          creationTimestamp: null,
          labels: helmLabels('backend'),
          annotations: {
            'checksum/config': uid('config').replaceAll('-', ''),
            'checksum/secret': uid('secret').replaceAll('-', ''),
          },
        },
        spec: {
          containers: [container()],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          automountServiceAccountToken: false,
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  });
}

function container(): object {
  return {
    name: 'backend',
    image: 'todo-chatbot-backend:latest',
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
    envFrom: [{ configMapRef: { name: `${BACKEND}-config` } }, { secretRef: { name: `${BACKEND}-secret` } }],
    resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } },
    livenessProbe: probe(),
    readinessProbe: probe(),
    securityContext: {
      runAsUser: 1001,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
}

function probe(): Probe {
  return {
    httpGet: { path: '/api/health', port: 8000, scheme: 'HTTP' },
    initialDelaySeconds: 15,
    timeoutSeconds: 5,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

function service(appliedAt: number): Api<Service> {
  return api<Service>({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: helmMetadata('Service', BACKEND, 'backend', appliedAt, 'spec'),
    spec: {
      type: 'NodePort',
      clusterIP: SERVICE_IP,
      clusterIPs: [SERVICE_IP],
      ports: [{ name: 'http', protocol: 'TCP', port: 8000, targetPort: 8000, nodePort: 30081 }],
      selector: selectorLabels('backend'),
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
    status: { loadBalancer: {} },
  });
}

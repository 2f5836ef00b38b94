/**
 * What the API server writes into an object where its author left something out
 * (k8s.io/kubernetes/pkg/apis/{core,apps}/v1/defaults.go), as far as this program reads it. Pure but for the object.
 */
import type { Container, Deployment, Probe, Service } from '../evidence/objects.js';

/** A Secret or ConfigMap as somebody wrote it. */
export interface WrittenSecret {
  type?: string;
  /** In base64. */
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

/** Node ports and addresses are given by the server, and stay open. */
export function fillService(service: Omit<Service, 'spec'> & { spec?: Service['spec'] }): void {
  const spec = (service.spec ??= {});
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  spec.ports = spec.ports?.map((port) => ({
    protocol: 'TCP',
    ...port,
    targetPort: port.targetPort ?? port.port,
  }));
}

/** `stringData` is written into `data`, over what stands there. */
export function fillSecret(secret: WrittenSecret): void {
  const texts = Object.entries(secret.stringData ?? {});
  secret.type ??= 'Opaque';
  secret.data = {
    ...secret.data,
    ...Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  };
  delete secret.stringData;
}

export function fillDeployment({ spec }: Deployment): void {
  spec.replicas ??= 1;
  spec.progressDeadlineSeconds ??= 600;
  const strategy = (spec.strategy ??= {});
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate')
    strategy.rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...strategy.rollingUpdate };
  const { containers, initContainers = [] } = spec.template.spec;
  for (const container of [...containers, ...initContainers]) fillContainer(container);
}

function fillContainer(container: Container): void {
  const { image = '' } = container;
  // An image that is named by its digest has no tag that could move.
  const tag = image.includes('@') ? '' : (/:([^:/]+)$/.exec(image)?.[1] ?? 'latest');
  container.imagePullPolicy ??= tag === 'latest' ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  // What is limited and not requested is requested as it is limited.
  const { resources } = container;
  if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
  for (const probe of probesOf(container)) fillProbe(probe);
}

function fillProbe(probe: Probe): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.httpGet) {
    probe.httpGet.scheme ??= 'HTTP';
    probe.httpGet.path ??= '/';
  }
}

export function probesOf({ livenessProbe, readinessProbe, startupProbe }: Container): Probe[] {
  return [livenessProbe, readinessProbe, startupProbe].flatMap((probe) => probe ?? []);
}

/** An autoscaler keeps the replicas within its range, whatever the Deployment asks for. Zero switches it off. */
export function scaledBy(
  replicas: number,
  { minReplicas = 1, maxReplicas }: { minReplicas?: number; maxReplicas: number },
): number {
  return replicas === 0 ? 0 : Math.min(Math.max(replicas, minReplicas), maxReplicas);
}

/** What the checks of the pod template find in a pod that stands in its place. */
import { containerName } from '../../contract/target.js';
import type { Deployment, Pod } from '../../evidence/objects.js';
import { interpolate } from '../../rule/interpolate.js';
import type { Check, CheckContext, Finding } from '../check.js';
import container from '../deployment/container.js';
import image from '../deployment/image.js';
import livenessProbe from '../deployment/liveness-probe.js';
import noInlineSecrets from '../deployment/no-inline-secrets.js';
import readinessProbe from '../deployment/readiness-probe.js';
import resources from '../deployment/resources.js';
import securityContext from '../deployment/security-context.js';

interface Fault {
  what: string;
  data: Finding['data'];
}

/** What the contract demands of a pod template, it demands of the pods. */
const OF_THE_TEMPLATE: readonly Check<'deployment'>[] = [
  container,
  image,
  resources,
  livenessProbe,
  readinessProbe,
  securityContext,
  noInlineSecrets,
];

/** The Deployment with this pod in place of its template. */
export function asTemplate(deployment: Deployment, { metadata, spec }: Pod): Deployment {
  return { ...deployment, spec: { ...deployment.spec, template: { metadata, spec } } };
}

/** What the checks of the template find, in their own words. */
export function faultsOf(
  deployment: Deployment,
  context: CheckContext,
  checks: readonly Check<'deployment'>[] = OF_THE_TEMPLATE,
): Fault[] {
  return checks.flatMap((check) => {
    const verdict = check.evaluate({ deployment }, context);
    // A warning of the others may be about what somebody has added to the pod; of privileges each one less counts.
    if (verdict.status !== 'fail' && (verdict.status !== 'warn' || check !== securityContext)) return [];
    const messages: Record<string, string> = check.meta.messages;
    return verdict.findings.map(({ messageId, data }) => ({
      what: interpolate(messages[messageId] ?? messageId, data),
      data,
    }));
  });
}

/** A resize in place that the node has put off, or cannot do: the pod asks for one thing, and its container has another. */
export function givenFaults(deployment: Deployment, pod: Pod, context: CheckContext): Fault[] {
  const given = withGiven(pod, containerName(context));
  if (given === undefined) return [];
  const asked = new Set(faultsOf(asTemplate(deployment, pod), context, [resources]).map(({ what }) => what));
  return faultsOf(asTemplate(deployment, given), context, [resources])
    .filter(({ what }) => !asked.has(what))
    .map(({ what, data }) => {
      const field = String(data?.field ?? '').replace(
        /^spec\.template\.spec\.containers/,
        'status.containerStatuses',
      );
      return { what, data: { ...data, field } };
    });
}

/** The pod with what the kubelet has given its container in place of what it asks for; undefined where its status does not tell. */
function withGiven(pod: Pod, container: string): Pod | undefined {
  const given = pod.status?.containerStatuses?.find(({ name }) => name === container)?.resources;
  if (given?.limits === undefined && given?.requests === undefined) return undefined;
  const containers = pod.spec.containers.map((each) =>
    each.name === container ? { ...each, resources: given } : each,
  );
  return { ...pod, spec: { ...pod.spec, containers } };
}

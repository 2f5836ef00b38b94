import { deploymentRef, podRef } from '../../rule/object-ref.js';
import { containerName } from '../../contract/target.js';
import { isOpen } from '../../contract/open.js';
import type { InPodFacts } from '../../evidence/evidence.js';
import type { Container, Deployment, Pod } from '../../evidence/objects.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { count } from '../../count.js';
import { absent, failOrWarn } from '../shared.js';
import { podSelector } from '../../fixes/commands.js';
import { defineCheck, skip, unknown, type CheckContext, type Finding } from '../check.js';
import { isActive } from '../../kube/pod-state.js';
import { admissionFindings, debuggerFindings, type Oddity } from './_admission.js';
import { environmentFaults } from './_environment.js';
import { asTemplate, faultsOf, givenFaults } from './_template.js';

type Fault = 'differs' | 'environment' | 'given' | 'user';

export default defineCheck({
  meta: {
    id: 'pods/as-contracted',
    title: 'Running pods are what the contract demands, not only their template',
    failureTitle: 'Running pods differ from the contract, though their template does not',
    why: 'pods can be changed one by one (an image, a resize in place), and others may change them when they are created',
    remedy: (context) => [
      look(
        kubectl(context, `get pods -l ${podSelector(context)} -o yaml`),
        'its managedFields say who changed it; a new pod is made from the template: delete it',
      ),
    ],
    severity: 'error',
    reads: ['deployment', 'pods'],
    // While a rollout goes on, pods of an older template are as they should be.
    needs: ['deployment/rollout-complete', 'pods/running'],
    // Asked for when all else is as it should be. What the runtime was told of the user stands in the pod: where nothing
    // can be measured, nothing speaks against it.
    consults: ['inPod'],
    messages: {
      differs: '{pod}: {what}',
      environment: '{pod}: container {container}: {what}',
      given: '{pod}: the kubelet has not given its container what the pod asks for: {what}',
      user: '{pod}: its process runs as UID {found}',
      admission:
        '{pod}: {field} is {found}, and {expected} in its template: it was set when the pod was created',
      debugged: '{pod}: ephemeral container {container} ({found}) runs beside the application',
    },
    contractSection:
      'Kubernetes Resources: Deployment, Pod Template; Resource Configuration; Container Security',
  },
  evaluate({ deployment, pods }, context, consulted) {
    if (!deployment) return absent(deploymentRef(context.target));
    const active = pods.filter(isActive);
    if (active.length === 0) return skip('there is no pod to judge');
    // What the template has wrong is told of the template, once.
    const known = new Set(faultsOf(deployment, context).map(({ what }) => what));
    const findings: Finding<Fault>[] = active.flatMap((pod) =>
      faultsOf(asTemplate(deployment, pod), context)
        .filter(({ what }) => !known.has(what))
        .map(({ what, data }): Finding<'differs'> => {
          const field = String(data?.field ?? '').replace(/^spec\.template\./, '');
          const { name } = pod.metadata;
          return {
            messageId: 'differs',
            data: { expected: '', found: '', ...data, pod: name, what, field },
            object: podRef(context.target, name),
          };
        }),
    );
    findings.push(...active.flatMap((pod) => environmentFindings(deployment, pod, context)));
    findings.push(...active.flatMap((pod) => givenFindings(deployment, pod, context)));
    if (findings.length === 0 && consulted === undefined)
      return unknown('the users of processes are not measured yet');
    const measured = new Map(consulted?.inPod?.map(({ pod, probe }) => [pod, probe]));
    for (const pod of active) {
      findings.push(...userFindings(pod, measured.get(pod.metadata.name), context));
    }
    const warnings = active.flatMap((pod): Finding<Oddity>[] => [
      ...admissionFindings(deployment, pod, context),
      ...debuggerFindings(pod, context),
    ]);
    return failOrWarn<Fault | Oddity>(
      findings,
      warnings,
      `${count(active.length, 'pod')} as the contract demands`,
    );
  },
});

function environmentFindings(
  { spec }: Deployment,
  pod: Pod,
  { contract: { backend }, target }: CheckContext,
): Finding<'environment'>[] {
  const demanded = new Set([
    ...Object.keys(backend.env),
    ...backend.requiredSecretKeys,
    ...backend.optionalSecretKeys,
  ]);
  return (['initContainers', 'containers'] as const).flatMap((group) =>
    (pod.spec[group] ?? []).flatMap((container, at) => {
      const template = spec.template.spec[group]?.find(({ name }) => name === container.name);
      if (!template) return [];
      return environmentFaults(template, container, demanded).map(({ field, ...fault }) => {
        const { name } = pod.metadata;
        const place = `spec.${group}[${at}].${field}`;
        const data = { pod: name, container: container.name, ...fault, field: place };
        return { messageId: 'environment' as const, data, object: podRef(target, name) };
      });
    }),
  );
}

function givenFindings(deployment: Deployment, pod: Pod, context: CheckContext): Finding<'given'>[] {
  const { name } = pod.metadata;
  return givenFaults(deployment, pod, context).map(({ what, data }) => ({
    messageId: 'given',
    data: { expected: '', found: '', ...data, pod: name, what },
    object: podRef(context.target, name),
  }));
}

/** What was measured, where the pod says what the contract demands: what it says otherwise is told as such. */
function userFindings(
  { metadata: { name }, spec }: Pod,
  probe: InPodFacts['probe'] | undefined,
  { contract, target }: CheckContext,
): Finding<'user'>[] {
  if (!probe?.ok || isOpen(contract, 'backend.securityContext.runAsUser')) return [];
  const isShared = spec.hostPID === true || spec.shareProcessNamespace === true;
  const uid = (isShared ? undefined : probe.value.processUid) ?? probe.value.uid;
  const expected = contract.backend.securityContext.runAsUser;
  const own: Container | undefined = spec.containers.find(
    (each) => each.name === containerName({ target, contract }),
  );
  const said = own?.securityContext?.runAsUser ?? spec.securityContext?.runAsUser;
  if (said !== expected || uid === undefined || uid === expected) return [];
  const data = { pod: name, expected, found: uid, field: isShared ? 'id -u' : '/proc/1/status' };
  return [{ messageId: 'user', data, object: podRef(target, name) }];
}

/** What all causes of a pod in which nothing listens where the Service leads have in common. */
import { podRef, serviceRef } from '../../rule/object-ref.js';
import type { Cause } from '../../rule/cause-data.js';
import type { EvidenceItem, Fix } from '../../rule/diagnosis.js';
import { field, logItem, observed } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { misledAt, type Misled } from '../../computed/service-target.js';
import { backendOf } from '../../computed/judged-pods.js';
import type { Container } from '../../evidence/objects.js';
import { usedPort } from '../../kube/service-port.js';
import { cause, type Told } from '../../rule/cause.js';
import { seenFrom } from './_seen.js';

const CONSULTS = ['service', 'pods', 'logs'] as const;
export type MisledLook = Look<(typeof CONSULTS)[number]>;

interface MisledCause<Id extends string> extends Omit<Cause<Id>, 'topic' | 'severity'> {
  means: Misled['means'];
  tell: (misled: Misled, look: MisledLook) => Told;
  /** What else the rule finds, beside what the pods were asked. */
  also?: (look: MisledLook) => Told[];
}

export function misledCause<const Id extends string>({
  means,
  tell,
  also = () => [],
  ...data
}: MisledCause<Id>) {
  return cause({
    ...data,
    topic: 'service',
    severity: 'error',
    reads: ['vantage'],
    consults: CONSULTS,
    judge: ({ vantage }, look) => [
      ...vantage.pods
        .flatMap((pod) => misledAt(pod, look) ?? [])
        .filter((misled) => misled.means === means)
        .map((misled) => tell(misled, look)),
      ...also(look),
    ],
  });
}

/** It listens at another port than that to which the Service leads. @param fix by the index of the Service's port */
export function toldElsewhere(misled: Misled, look: MisledLook, fix: (index: number) => Fix): Told {
  const { vantage, listening, actual } = misled;
  const { target, contract } = look.context;
  const object = serviceRef(target);
  const pod = podRef(target, vantage.pod);
  const service = look.maybe('service');
  const ports = (service.ok ? service.value?.spec.ports : undefined) ?? [];
  const pods = look.maybe('pods');
  const asked = pods.ok ? pods.value.find(({ metadata }) => metadata.name === vantage.pod) : undefined;
  const used = usedPort(ports, contract.backend.service, asked?.spec.containers);
  const index = used === undefined ? 0 : ports.indexOf(used);
  const given = ports[index]?.targetPort ?? ports[index]?.port ?? vantage.port;
  const named = typeof given === 'string' ? ` (“${given}”)` : '';
  const localhost = vantage.inside.ok ? vantage.inside.value.localhost : undefined;
  return {
    verdict: 'confirmed',
    object,
    pods: [vantage.pod],
    summary: `Service ${object.name} leads to port ${vantage.port}${named} of {pods}, where nothing listens: the application listens on ${actual}.`,
    evidence: [
      field(object, `spec.ports[${index}].targetPort`, String(given)),
      ...(listening.length > 0
        ? [observed('/proc/net/tcp inside the pod', pod, `listens on ${listening.join(', ')}`)]
        : []),
      ...(localhost ? [seenFrom(`asked at localhost:${vantage.port} inside the pod`, localhost, pod)] : []),
      ...serverItems(misled, look),
    ],
    fix: [fix(index)],
    ruledOut: ['loopback address'],
  };
}

/** What its server says of itself. */
export function serverItems({ vantage, server }: Misled, { context }: MisledLook): EvidenceItem[] {
  return server ? [logItem(server.line, vantage.pod, context.target, 'log')] : [];
}

/** The backend's container of a pod, as its spec has it. */
export function containerOf({ vantage }: Misled, { context, maybe }: MisledLook): Container | undefined {
  const pods = maybe('pods');
  const pod = pods.ok ? pods.value.find(({ metadata }) => metadata.name === vantage.pod) : undefined;
  return pod && backendOf(pod, context);
}

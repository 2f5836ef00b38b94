import { few } from '../../count.js';
import { patchSteps } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { backendOf, podsToJudge } from '../../computed/judged-pods.js';
import { targetOf, usedPort } from '../../kube/service-port.js';
import { serviceRef } from '../../rule/object-ref.js';
import type { Told } from '../../rule/cause.js';
import type { Fix } from '../../rule/diagnosis.js';
import { field } from '../../rule/seen.js';
import { misledCause, toldElsewhere, type MisledLook } from './_misled.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/target-port-mismatch',
  means: 'target-port-mismatch',
  title: 'The Service leads to a port on which the application does not listen',
  why: 'connections reach the pod and are refused there, though it counts as ready',
  seen: 'targetPort, by number or name, against the ports that the process listens on',
  remedy: 'set targetPort to the port that the application listens on',
  explains: ['service/ports', 'load-balancing/endpoints', 'evidence/unreadable', ...UNREACHED],
  tell: (misled, look) => toldElsewhere(misled, look, (index) => leadTo(index, look)),
  also: nameless,
});

/** A name that no container gives to a port of its: the pods count as ready, and their endpoints have no port. */
function nameless(look: MisledLook): Told[] {
  const { context, maybe } = look;
  const [read, all] = [maybe('service'), maybe('pods')];
  const pods = all.ok ? podsToJudge(all.value, look) : [];
  const [first] = pods;
  if (!read.ok || !read.value || !first) return [];
  const { ports = [] } = read.value.spec;
  const { containers } = first.spec;
  const used = usedPort(ports, context.contract.backend.service, containers, backendOf(first, context));
  if (!used || pods.some(({ spec }) => targetOf(used, spec.containers) !== undefined)) return [];
  const object = serviceRef(context.target);
  const index = ports.indexOf(used);
  const named = containers.flatMap((each) => (each.ports ?? []).flatMap(({ name }) => name ?? []));
  const known = named.length === 0 ? 'they name none' : `their names are ${few(named)}`;
  return [
    {
      verdict: 'confirmed',
      object,
      summary: `Service ${object.name} leads to a port named “${used.targetPort ?? ''}”, which no container of its pods has: it has endpoints without a port, and nothing reaches them.`,
      evidence: [
        field(object, `spec.ports[${index}].targetPort`, String(used.targetPort)),
        field(object, 'spec.containers[].ports[].name', `not among the pods’ ports: ${known}`),
      ],
      fix: [leadTo(index, look)],
      ruledOut: ['pods that are not ready'],
    },
  ];
}

/** The chart has no value for it: its template says it. */
function leadTo(index: number, { context }: MisledLook): Fix {
  const value = context.contract.backend.container.port;
  return inTemplate(
    context,
    `Let the Service lead to ${value}.`,
    patchSteps('service', context.target.names.service, [
      { op: 'add', path: `/spec/ports/${index}/targetPort`, value },
    ]),
  );
}

import { podRef } from '../../rule/object-ref.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import { field } from '../../rule/seen.js';
import type { Look } from '../../rule/look.js';
import { ingressDenied, type IngressDenied } from '../../computed/ingress.js';
import { nodePortOf } from '../../computed/node-port.js';
import { answers } from '../../computed/vantage-points.js';
import { fixesFrom } from '../../fixes/described.js';
import type { VantageFacts } from '../../evidence/deep-facts.js';
import { cause, type Told } from '../../rule/cause.js';
import { seenFrom, seenOutside } from './_seen.js';
import { NODE_PORT_CONSULTS } from './_silent.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/ingress-blocked',
  topic: 'service',
  title: 'A NetworkPolicy keeps callers from the pods',
  severity: 'error',
  why: 'as soon as a policy selects a pod for ingress, all that none allows is dropped',
  seen: 'no answer from outside of the pod, an answer inside, and a policy that allows no such traffic',
  remedy: 'allow TCP in to the port that the application listens on',
  explains: ['network/policies', ...UNREACHED],
  reads: ['vantage'],
  consults: NODE_PORT_CONSULTS,
  judge({ vantage }, look) {
    const [first] = vantage.pods;
    if (first?.proxy.outcome === 'timeout' && !vantage.pods.some(({ proxy }) => answers(proxy))) {
      const policy = ingressDenied(look);
      return policy ? [told(policy, fromApiServer(vantage, look), look)] : [];
    }
    const nodePort = nodePortOf(vantage, look);
    if (nodePort.state !== 'silent' || !nodePort.policy) return [];
    return [{ ...told(nodePort.policy, seenOutside(vantage), look), ruledOut: ['selector', 'target port'] }];
  },
});

function fromApiServer({ pods }: VantageFacts, { context }: Look<never>): EvidenceItem[] {
  const inside = pods[0]?.inside;
  const localhost = inside?.ok ? inside.value.localhost : undefined;
  return [
    ...(localhost ? [seenFrom('inside the pod', localhost)] : []),
    ...pods.map(({ pod, proxy }) => seenFrom('API server → pod', proxy, podRef(context.target, pod))),
  ];
}

function told(
  { name, certain }: IngressDenied,
  evidence: readonly EvidenceItem[],
  { context: { target, contract }, check }: Look<never>,
): Told {
  const object = { kind: 'NetworkPolicy', namespace: target.namespace, name };
  const { port } = contract.backend.container;
  return {
    verdict: certain ? 'confirmed' : 'likely',
    object,
    summary: `NetworkPolicy ${name} allows no TCP ${port} in to the backend’s pods from outside, and requests get no answer.`,
    evidence: [field(object, 'spec.ingress', `does not allow TCP ${port} from everywhere`), ...evidence],
    fix: fixesFrom(
      `Allow TCP ${port} in: policies only ever allow, so one more does.`,
      check('network/policies')?.fix ?? [],
    ),
    ...(!certain && { wouldConfirm: `whether the caller is among those that ${name} allows` }),
  };
}

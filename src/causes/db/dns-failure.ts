import { podRef } from '../../rule/object-ref.js';
import { field, observed } from '../../rule/seen.js';
import { demandedFlows } from '../../computed/network-flows.js';
import type { DbLook, Way } from '../../computed/database-ways.js';
import { otherLookups, resolvesOthers } from '../../computed/database-trouble.js';
import { change, fixesFrom, show } from '../../fixes/described.js';
import { rule } from '../../kube/network-policy.js';
import { kubectl } from '../../rule/command.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

export default wayCause({
  id: 'db/dns-failure',
  title: 'Pods get no answer from DNS',
  why: 'no name can be looked up, that of the database neither: CoreDNS is down, or a policy keeps the pods from it',
  seen: 'Temporary failure in name resolution, from inside the pod',
  remedy: 'check CoreDNS in kube-system, and allow UDP and TCP 53 out to it',
  explains: ['network/service-dns', 'db/timeout', 'db/egress-blocked', 'network/policies', ...UNUSABLE],
  tell(met, look) {
    const { context } = look;
    const { way, stop, shows, pod } = met;
    const host = met.host?.host;
    const told = {
      summary: '{pods}: DNS does not answer, so that the database’s host cannot be looked up.',
      fix: [
        show(
          context,
          'See whether the cluster’s DNS runs.',
          'get pods -l k8s-app=kube-dns -o wide',
          'kube-system',
        ),
        change(
          // The precondition keeps it from changing a Deployment that has pods.
          'Give it pods where it has none.',
          kubectl(context, 'scale deployment/coredns --current-replicas=0 --replicas=2', 'kube-system'),
        ),
        change(
          'Restart it where its pods run and do not answer.',
          kubectl(context, 'rollout restart deployment/coredns', 'kube-system'),
        ),
      ],
    };
    if (!stop) return told;
    if (shows === 'db/dns-wrong-host')
      return {
        ...told,
        summary: `{pods}: the cluster’s DNS says that ${host ?? 'the host'} does not exist, and this machine’s DNS knows it.`,
      };
    const evidence = [
      ...met.evidence,
      ...otherLookups(way, look)
        .slice(0, 1)
        .map(({ name, addresses, error }) =>
          observed(
            'lookup inside the pod',
            podRef(context.target, pod),
            `${name}: ${error ?? addresses.join(', ')}`,
          ),
        ),
    ];
    if (resolvesOthers(way, look))
      return {
        ...told,
        summary: `{pods}: DNS answers for names of the cluster, and not for ${host ?? 'the database'}: CoreDNS gets no answer from the servers that it asks.`,
        evidence,
        ruledOut: [],
      };
    const denied = dnsDenied(way, look);
    if (denied === undefined) return { ...told, evidence, ruledOut: ['egress policy'] };
    const policy = { kind: 'NetworkPolicy', namespace: context.target.namespace, name: denied };
    return {
      object: policy,
      summary: `NetworkPolicy ${denied} allows no DNS (UDP 53) out of the backend’s pods, so that they resolve no name.`,
      evidence: [field(policy, 'spec.egress', 'allows no UDP 53 to kube-dns'), ...evidence],
      fix: fixesFrom('Allow UDP and TCP 53 out.', look.check('network/policies')?.fix ?? []),
      ruledOut: [],
    };
  },
});

/** The policy that denies UDP 53 to the cluster's DNS, if one does. */
function dnsDenied({ pod }: Way, { context, maybe }: DbLook): string | undefined {
  const [policies, deployment] = [maybe('networkPolicies'), maybe('deployment')];
  if (!policies.ok || !deployment.ok || !deployment.value) return undefined;
  const flow = demandedFlows(deployment.value, [], context).find(
    ({ protocol, port, direction }) => direction === 'Egress' && protocol === 'UDP' && port === 53,
  );
  if (flow === undefined) return undefined;
  const { answer, policies: isolating } = rule(policies.value, pod.metadata.labels ?? {}, flow);
  return answer === 'no' ? isolating[0]?.metadata.name : undefined;
}

import { fixesFrom } from '../../fixes/described.js';
import { field } from '../../rule/seen.js';
import { DATABASE_PORT } from '../../computed/network-flows.js';
import { few } from '../../count.js';
import type { NetworkPolicyPeer } from '../../evidence/objects.js';
import { GONE } from './_follows.js';
import { wayCause } from './_way.js';

function peerWords({ ipBlock }: NetworkPolicyPeer): string {
  if (ipBlock === undefined) return 'some pods';
  const { cidr, except = [] } = ipBlock;
  return except.length === 0 ? cidr : `${cidr} except ${except.join(', ')}`;
}

export default wayCause({
  id: 'db/egress-blocked',
  title: 'A NetworkPolicy keeps the pods from the database',
  why: 'policies only ever allow: as soon as one selects a pod for egress, all that none allows is dropped',
  seen: 'the connection times out, and no policy that selects the pod allows the database’s port',
  remedy: 'allow TCP 5432 out',
  explains: ['network/policies', 'network/service-dns', ...GONE],
  tell({ blocked, host, evidence, ruledOut }, look) {
    const policies = blocked?.policies ?? [];
    const names = policies.map(({ metadata }) => metadata.name);
    const object = { kind: 'NetworkPolicy', namespace: look.context.target.namespace, name: names[0] ?? '' };
    const port = host?.port ?? DATABASE_PORT;
    const allowed = policies
      .flatMap(({ spec }) => spec.egress ?? [])
      .map(({ ports = [], to = [] }) => {
        const list = ports
          .map(({ protocol = 'TCP', port: each = 'all' }) => `${protocol} ${each}`)
          .join(', ');
        return `${list || 'all ports'}${to.length === 0 ? '' : ` to ${few(to.map(peerWords))}`}`;
      })
      .join('; ');
    const isSure = blocked?.answer === 'no';
    return {
      verdict: isSure ? 'confirmed' : 'likely',
      object,
      summary: `NetworkPolicy ${names.join(', ')} allows the backend’s pods no TCP ${port} to the database, and connections to it time out.`,
      evidence: [
        field(object, 'spec.egress', allowed === '' ? 'nothing is allowed' : `allows ${allowed}`),
        ...evidence,
      ],
      fix: fixesFrom(
        `Allow TCP ${port} out: policies only ever allow, so one more does.`,
        look.check('network/policies')?.fix ?? [],
      ),
      ...(!isSure && {
        wouldConfirm: `whether ${host?.host ?? 'the host'} is among the addresses that ${names.join(', ')} allows`,
      }),
      ruledOut: [...ruledOut, 'DNS'],
    };
  },
});

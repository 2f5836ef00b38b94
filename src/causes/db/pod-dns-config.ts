import { patchFields } from '../../fixes/commands.js';
import { inTemplate } from '../../fixes/described.js';
import { DB_CONSULTS, waysOf, type Way } from '../../computed/database-ways.js';
import { deploymentRef } from '../../rule/object-ref.js';
import { field, logItem, observed } from '../../rule/seen.js';
import type { PodSpec } from '../../evidence/objects.js';
import { cause } from '../../rule/cause.js';
import { UNUSABLE } from './_follows.js';

const DNS_CAUSES: readonly string[] = ['db/dns-failure', 'db/dns-wrong-host'];

export default cause({
  id: 'db/pod-dns-config',
  topic: 'db',
  title: 'The pod template gives the pods a DNS of their own, which does not know the database',
  severity: 'error',
  why: 'with dnsPolicy None or Default, or nameservers of their own, pods do not ask the cluster’s DNS: names that every other pod resolves do not exist for them',
  seen: 'spec.template.spec.dnsPolicy or dnsConfig.nameservers of the Deployment, and pods that do not resolve the database’s host',
  remedy: 'take dnsPolicy and dnsConfig out of the pod template: the default is ClusterFirst',
  explains: ['db/dns-failure', 'db/dns-wrong-host', 'network/service-dns', 'db/timeout', ...UNUSABLE],
  reads: ['pods'],
  consults: DB_CONSULTS,
  judge(_, look) {
    const { context, maybe } = look;
    const deployment = maybe('deployment');
    const spec = deployment.ok ? deployment.value?.spec.template.spec : undefined;
    const own = spec && ownDns(spec);
    if (!spec || own === undefined) return [];
    const lost = waysOf(look).filter(isUnresolved);
    if (lost.length === 0) return [];
    const object = deploymentRef(context.target);
    return [
      {
        verdict: 'confirmed',
        object,
        pods: lost.map(({ pod }) => pod.metadata.name),
        summary: `The pod template of Deployment ${object.name} has ${own}, so its pods do not ask the cluster’s DNS, and do not resolve the database’s host.`,
        evidence: [
          field(object, 'spec.template.spec.dnsPolicy, dnsConfig', own),
          ...lost.slice(0, 2).flatMap(({ pod, stop, logged }) => {
            const at = { ...object, kind: 'Pod', name: pod.metadata.name };
            const [error] = logged.errors;
            return stop
              ? [observed('lookup inside the pod', at, stop.error.text)]
              : error
                ? [logItem(error.line, pod.metadata.name, context.target, logged.run)]
                : [];
          }),
        ],
        fix: [
          inTemplate(
            context,
            spec.hostNetwork
              ? 'Take the pods off the node’s network, and let them ask the cluster’s DNS, as all others do.'
              : 'Let the pods ask the cluster’s DNS, as all others do.',
            patchFields('deployment', object.name, {
              spec: {
                template: {
                  spec: {
                    ...(spec.hostNetwork && { hostNetwork: null }),
                    dnsPolicy: 'ClusterFirst',
                    dnsConfig: null,
                  },
                },
              },
            }),
          ),
        ],
        ruledOut: ['the cluster’s DNS'],
      },
    ];
  },
});

/** What keeps the pods from the cluster’s DNS; undefined: nothing. On the node's network ClusterFirst means the node's DNS. */
function ownDns({ dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork }: PodSpec): string | undefined {
  const servers = dnsConfig?.nameservers ?? [];
  const given = servers.length === 0 ? '' : ` and nameserver ${servers.join(', ')}`;
  const usesNodes = dnsPolicy === 'Default' || (hostNetwork === true && dnsPolicy === 'ClusterFirst');
  const where = hostNetwork ? 'hostNetwork and ' : '';
  if (dnsPolicy === 'None' || usesNodes || given !== '') return `${where}dnsPolicy ${dnsPolicy}${given}`;
  return undefined;
}

function isUnresolved({ stop, logged }: Way): boolean {
  if (stop) return stop.rung === 'dns';
  return DNS_CAUSES.includes(logged.errors[0]?.cause ?? '');
}

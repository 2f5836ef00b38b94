import { podRef, serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { kubectl } from '../../rule/command.js';
import { defineCheck, unknown, type Finding } from '../check.js';
import { absent, conclude } from '../shared.js';
import { foldPods, splitError, survey } from './_in-pod.js';

/** Milliseconds for which CoreDNS answers from its cache, by the `cache 30` of Kubernetes' own configuration. */
const CACHED_MS = 30_000;

type Message = 'unresolved' | 'cluster-domain' | 'wrong-address';

export default defineCheck({
  meta: {
    id: 'network/service-dns',
    title: 'Service’s DNS names resolve inside the pods',
    failureTitle: 'Service’s DNS names do not resolve inside a pod',
    why: 'the frontend calls the backend by these names',
    remedy: (context) => [
      look(kubectl(context, 'get pods -l k8s-app=kube-dns -o wide', 'kube-system')),
      look(kubectl(context, 'logs -l k8s-app=kube-dns --tail=20', 'kube-system')),
    ],
    severity: 'error',
    reads: ['service', 'pods', 'inPod'],
    needs: ['service/exists', 'pods/running'],
    messages: {
      unresolved: '{name} does not resolve in {pod}: {found}',
      'cluster-domain':
        '{name} does not resolve in {pod}, though {short} does: the cluster’s domain is not cluster.local',
      'wrong-address': '{name} resolves to {found} in {pod}, the Service’s clusterIP is {expected}',
    },
    contractSection: 'Access Patterns: From Frontend Pods (within cluster)',
  },
  evaluate({ service, pods, inPod }, { target, now }) {
    if (!service) return absent(serviceRef(target));
    const { measured, unclear, access, where: inPods } = survey(pods, inPod);

    const short = target.names.service;
    const names = [short, `${short}.${target.namespace}.svc.cluster.local`];
    const { clusterIP = 'None' } = service.spec;
    const expected = clusterIP === 'None' || clusterIP === '' ? 'an address' : clusterIP;
    const failures: Finding<Message>[] = [];
    for (const { pod, value } of measured) {
      const resolved = (name: string) => value.dns.find((answer) => answer.name === name);
      for (const name of names) {
        const answer = resolved(name);
        const object = podRef(target, pod);
        if (!answer) {
          const reason = value.unmeasured?.find(({ what }) => what === 'dns')?.reason;
          unclear.push(`in ${pod} ${name} was not looked up${reason === undefined ? '' : `: ${reason}`}`);
        } else if (answer.addresses.length === 0) {
          const { kind, words } = splitError(answer.error ?? 'dns: no address');
          const domain = name !== short && kind === 'dns' && (resolved(short)?.addresses.length ?? 0) > 0;
          const messageId = domain ? 'cluster-domain' : 'unresolved';
          failures.push({ messageId, data: { name, short, pod, expected, found: words }, object });
        } else if (expected === clusterIP && !answer.addresses.includes(clusterIP)) {
          const found = answer.addresses.join(', ');
          failures.push({ messageId: 'wrong-address', data: { name, pod, expected, found }, object });
        }
      }
    }
    const age = now - Date.parse(service.metadata.creationTimestamp ?? '');
    if (failures.length > 0 && age < CACHED_MS)
      return unknown(
        `the Service was made ${Math.max(0, Math.round(age / 1000))} s ago, and DNS may answer for 30 s as it did before`,
      );
    const where = expected === clusterIP ? ` to ${clusterIP}` : '';
    return conclude(
      { failures: foldPods(failures), warnings: [], unclear, access },
      `${short} and its full name resolve${where} in ${inPods}`,
    );
  },
});

import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/network/policies.js';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../../src/evidence/objects.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { healthyDatabaseUrl, NOW } from '../../support/healthy.js';

const CONTEXT = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
const COMPONENT = 'app.kubernetes.io/component';
type Spec = Partial<NetworkPolicy['spec']>;

const policy = (spec: Spec, name = 'policy'): NetworkPolicy => ({
  metadata: { name, namespace: 'default' },
  spec: { podSelector: {}, ...spec },
});
const withPolicies = (...specs: Spec[]) =>
  judge(check, (evidence) =>
    Object.assign(evidence, { networkPolicies: specs.map((spec, index) => policy(spec, `p${index}`)) }),
  );
/** Where the database is, and what came of connecting to it from inside the pods. */
interface At {
  host?: string;
  port?: number;
  addresses?: string[] | undefined;
  connected?: boolean;
}
const NEON: At = { host: 'ep-cool-1.neon.tech', addresses: ['198.51.100.7'] };
/** Egress of everything but what `to` is about, which is the port of the database. */
const egressTo = (to: NetworkPolicyPeer[], at: At = NEON) => {
  const { host = 'ep-cool-1.neon.tech', port = 5432, addresses, connected = true } = at;
  return judge(check, (evidence) => {
    const egress = [
      {
        ports: [
          { port: 1, endPort: port - 1 },
          { protocol: 'UDP', port: 53 },
          { port: port + 1, endPort: 65535 },
        ],
      },
      { ports: [{ port }], to },
    ];
    evidence.networkPolicies = [policy({ policyTypes: ['Egress'], egress }, 'p0')];
    evidence.secret.databaseUrl = { ...healthyDatabaseUrl(), hosts: [{ host, port }] };
    for (const { probe } of evidence.inPod)
      if (probe.ok) probe.value.tcp = [{ host, port, addresses, connected, error: undefined, ms: 9 }];
  });
};
const ingressFrom = (...from: NetworkPolicyPeer[]) =>
  withPolicies({
    ingress: [
      { ports: [{ port: 8000 }], from },
      { ports: [{ port: 8000 }], from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] },
    ],
  });
const flows = (judged: ReturnType<typeof judge>) => judged.findings.map(({ data }) => data?.flow);

const IN_FRONTEND = 'TCP 8000 in from the frontend’s pods';
const IN_NODE_PORT = 'TCP 8000 in from the node port';
const OUT_DNS = 'UDP 53 out to DNS';
const OUT_DNS_TCP = 'TCP 53 out to DNS';
const OUT_API = 'TCP 443 out to external APIs';
const OUT_DATABASE = 'TCP 5432 out to the database';

describe('network/policies', () => {
  test('passes without policies, and without one that selects the backend', () => {
    const text = 'no NetworkPolicy selects the backend’s pods: all traffic is allowed';
    expect(judge(check)).toMatchObject({ status: 'pass', text });
    expect(withPolicies({ podSelector: { matchLabels: { app: 'other' } } })).toMatchObject({
      status: 'pass',
      text,
    });
  });

  test('fails on a default denial: an empty podSelector selects all, no rules allow nothing', () => {
    const judged = withPolicies({ policyTypes: ['Ingress', 'Egress'] });
    expect(judged.status).toBe('fail');
    expect(flows(judged)).toEqual([IN_FRONTEND, IN_NODE_PORT, OUT_DNS, OUT_API, OUT_DATABASE, OUT_DNS_TCP]);
    expect(judged.ids).toEqual([
      'ingress-denied',
      'ingress-denied',
      ...Array<string>(4).fill('egress-denied'),
    ]);
    expect(judged.messages[0]).toBe(
      `NetworkPolicy p0 allows no ${IN_FRONTEND} (enforcement depends on the CNI)`,
    );
    expect(judged.messages[4]).toBe(
      `NetworkPolicy p0 allows no ${OUT_DATABASE} (enforcement depends on the CNI)`,
    );
    expect(judged.findings[0]?.object).toEqual({ kind: 'NetworkPolicy', namespace: 'default', name: 'p0' });
  });

  test('a policy without types isolates ingress always, egress when it has egress rules', () => {
    expect(flows(withPolicies({}))).toEqual([IN_FRONTEND, IN_NODE_PORT]);
    expect(flows(withPolicies({ ingress: [{}], egress: [{ ports: [{ port: 443 }] }] }))).toEqual([
      OUT_DNS,
      OUT_DATABASE,
      OUT_DNS_TCP,
    ]);
    expect(withPolicies({ policyTypes: ['Egress'], egress: [{}] }).status).toBe('pass');
  });

  test('takes the union of all policies that select the pod', () => {
    const judged = withPolicies(
      { policyTypes: ['Egress'] },
      { policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'UDP', port: 53 }, { port: 53 }] }] },
      { policyTypes: ['Egress'], egress: [{ ports: [{ port: 443 }, { port: 5432 }] }] },
    );
    expect(judged).toMatchObject({ status: 'pass', text: 'p0, p1, p2 allow all traffic of the contract' });
  });

  test('reads ports: ranges, protocols, all ports of a protocol, names', () => {
    expect(
      withPolicies({
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 1, endPort: 6000 }, { protocol: 'UDP' }] }],
      }).status,
    ).toBe('pass');
    expect(
      flows(withPolicies({ policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'UDP' }] }] })),
    ).toEqual([OUT_API, OUT_DATABASE, OUT_DNS_TCP]);
    expect(
      flows(
        withPolicies({
          policyTypes: ['Egress'],
          egress: [
            { ports: [{ protocol: 'UDP' }, { port: 443 }, { port: 53 }, { port: 5000, endPort: 5431 }] },
          ],
        }),
      ),
    ).toEqual([OUT_DATABASE]);
    expect(withPolicies({ ingress: [{ ports: [{ port: 'http' }] }] }).status).toBe('pass');
    expect(withPolicies({ ingress: [{ ports: [{ port: 'metrics' }] }] }).ids).toEqual([
      'ingress-denied',
      'ingress-denied',
    ]);
  });

  test('a name of a port means nothing outside of the cluster, and cannot be resolved at DNS', () => {
    const judged = withPolicies({
      policyTypes: ['Egress'],
      egress: [{ ports: [{ protocol: 'UDP', port: 'dns' }, { port: 'postgres' }] }],
    });
    expect(judged.findings.map(({ messageId, data }) => [messageId, data?.flow])).toEqual([
      ['egress-denied', OUT_API],
      ['egress-denied', OUT_DATABASE],
      ['egress-restricted', OUT_DNS],
      ['egress-restricted', OUT_DNS_TCP],
    ]);
  });

  test('only warns where TCP to DNS is denied', () => {
    const judged = withPolicies({
      policyTypes: ['Egress'],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }, { port: 443 }, { port: 5432 }] }],
    });
    expect(judged).toMatchObject({ status: 'warn', ids: ['egress-denied'] });
    expect(flows(judged)).toEqual([OUT_DNS_TCP]);
  });

  describe('peers of egress', () => {
    test.each<[string, NetworkPolicyPeer, string]>([
      ['everything', { ipBlock: { cidr: '0.0.0.0/0' } }, 'pass'],
      [
        'everything but private ranges',
        { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.169.254/32'] } },
        'pass',
      ],
      ['everything but another range', { ipBlock: { cidr: '0.0.0.0/0', except: ['3.0.0.0/8'] } }, 'pass'],
      ['everything but its range', { ipBlock: { cidr: '0.0.0.0/0', except: ['198.51.100.0/24'] } }, 'fail'],
      ['its block', { ipBlock: { cidr: '198.51.100.7/32' } }, 'pass'],
      ['another block', { ipBlock: { cidr: '203.0.113.0/24' } }, 'fail'],
      ['addresses of the other family', { ipBlock: { cidr: '::/0' } }, 'fail'],
      ['pods', { podSelector: {} }, 'fail'],
      ['namespaces', { namespaceSelector: {} }, 'fail'],
    ])('to %s: the database is outside of the cluster', (_name, peer, status) => {
      expect(egressTo([peer]).status).toBe(status);
    });

    const allButPrivate = { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] };
    test.each<[string, NetworkPolicyPeer, At, string]>([
      ['in a private network', { ipBlock: allButPrivate }, { addresses: ['192.168.222.2'] }, 'fail'],
      ['by its private address', { ipBlock: allButPrivate }, { host: '10.20.0.9' }, 'fail'],
      [
        'in a private network that is allowed',
        { ipBlock: { cidr: '10.20.0.0/16' } },
        { host: '10.20.0.9' },
        'pass',
      ],
      [
        'of several addresses',
        { ipBlock: allButPrivate },
        { addresses: ['10.0.0.7', '198.51.100.7'] },
        'pass',
      ],
      ['of IPv6', { ipBlock: { cidr: '2001:db8::/32' } }, { addresses: ['2001:db8::7'] }, 'pass'],
      ['on a port of its own', { ipBlock: allButPrivate }, { ...NEON, port: 6543 }, 'pass'],
      // Which address it has is not known: then only what was measured tells.
      ['that was not looked up', { ipBlock: allButPrivate }, { addresses: undefined }, 'pass'],
      ['that was not looked up, nor reached', { ipBlock: allButPrivate }, { connected: false }, 'warn'],
      [
        'that was not looked up, where all is allowed',
        { ipBlock: { cidr: '0.0.0.0/0' } },
        { connected: false },
        'pass',
      ],
      ['all of IPv4 in two blocks', { ipBlock: { cidr: '128.0.0.0/1' } }, NEON, 'pass'],
      ['a block that is none', { ipBlock: { cidr: '198.51.100.7' } }, NEON, 'fail'],
      // A proxy in the pod: what it needs itself is not known here.
      ['behind a proxy in the pod', { podSelector: {} }, { host: '127.0.0.1' }, 'pass'],
      [
        'behind a proxy in the pod, by name',
        { podSelector: {} },
        { host: 'localhost', connected: false },
        'pass',
      ],
      ['behind a proxy in the pod, of IPv6', { podSelector: {} }, { host: '::1' }, 'pass'],
      // A database in the cluster: its Service’s address is not what the policies are about.
      ['in the cluster', { podSelector: {} }, { host: 'postgres', addresses: ['10.96.3.4'] }, 'pass'],
      [
        'in the cluster, not reached',
        { podSelector: {} },
        { host: 'postgres', addresses: ['10.96.3.4'], connected: false },
        'warn',
      ],
      [
        'in another namespace',
        { namespaceSelector: {} },
        { host: 'postgres.data', addresses: ['10.96.3.4'] },
        'pass',
      ],
      [
        'by its whole name',
        { namespaceSelector: {} },
        { host: 'pg-rw.data.svc.cluster.local', addresses: ['10.96.3.4'] },
        'pass',
      ],
    ])('a database %s', (_name, peer, at, status) => {
      expect(egressTo([peer], at).status).toBe(status);
    });

    test('the fix opens the database’s own port', () => {
      const at = { host: '10.20.0.9', port: 6543 };
      const commands = remedyOf(check, CONTEXT, egressTo([{ ipBlock: allButPrivate }], at).findings);
      expect(commands).toContain('"port":6543');
    });

    test('a contract without a database demands no way to one', () => {
      const judged = judge(check, (evidence, contract) => {
        contract.backend.requiredSecretKeys = [];
        evidence.secret.databaseUrl = undefined;
        const ports = [{ port: 443 }, { protocol: 'UDP', port: 53 }, { port: 53 }];
        evidence.networkPolicies = [policy({ policyTypes: ['Egress'], egress: [{ ports }] })];
      });
      expect(judged.status).toBe('pass');
    });

    test('says of a restriction what can and cannot be told', () => {
      const judged = egressTo([{ ipBlock: { cidr: '203.0.113.0/24' } }], { connected: false });
      expect(judged).toMatchObject({ status: 'warn', ids: ['egress-restricted'] });
      expect(judged.messages).toEqual([
        `NetworkPolicy p0 allows ${OUT_DATABASE} for some peers only; whether for this one cannot be seen from here, only measured`,
      ]);
    });

    const dns = (...to: NetworkPolicyPeer[]) =>
      withPolicies({
        policyTypes: ['Egress'],
        egress: [
          { ports: [{ port: 443 }, { port: 5432 }] },
          { ports: [{ protocol: 'UDP', port: 53 }, { port: 53 }], to },
        ],
      });
    const system = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
    test.each<[string, NetworkPolicyPeer, string]>([
      [
        'CoreDNS in kube-system',
        { namespaceSelector: system, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
        'pass',
      ],
      ['kube-system', { namespaceSelector: system }, 'pass'],
      ['all namespaces', { namespaceSelector: {} }, 'pass'],
      ['a label that is not known here', { namespaceSelector: { matchLabels: { role: 'system' } } }, 'warn'],
      ['an address', { ipBlock: { cidr: '10.96.0.10/32' } }, 'warn'],
      [
        'another namespace',
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dns' } } },
        'fail',
      ],
      ['the own namespace', { podSelector: {} }, 'fail'],
      ['other pods', { namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'other' } } }, 'fail'],
    ])('to %s: DNS is in kube-system', (_name, peer, status) => {
      expect(dns(peer).status).toBe(status);
    });
  });

  describe('peers of ingress', () => {
    const frontend = { matchLabels: { [COMPONENT]: 'frontend' } };

    test.each<[string, NetworkPolicyPeer, string]>([
      ['the frontend', { podSelector: frontend }, 'pass'],
      ['all pods of the namespace', { podSelector: {} }, 'pass'],
      ['all namespaces', { namespaceSelector: {} }, 'pass'],
      [
        'this namespace by name',
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } },
        'pass',
      ],
      ['a namespace by another label', { namespaceSelector: { matchLabels: { team: 'web' } } }, 'warn'],
      ['the frontend by a label that it may have', { podSelector: { matchLabels: { tier: 'web' } } }, 'warn'],
      // Beside the rule for everyone by address, which is left to the CNI where pods are concerned.
      ['another component', { podSelector: { matchLabels: { [COMPONENT]: 'worker' } } }, 'warn'],
    ])('from %s', (_name, peer, status) => {
      expect(ingressFrom(peer).status).toBe(status);
    });

    test('a rule for the frontend alone does not let the node port in', () => {
      const judged = withPolicies({ ingress: [{ from: [{ podSelector: frontend }] }] });
      expect(judged.status).toBe('fail');
      expect(flows(judged)).toEqual([IN_NODE_PORT]);
    });

    test('a block of addresses may let the node port in', () => {
      const judged = withPolicies({
        ingress: [{ from: [{ podSelector: frontend }, { ipBlock: { cidr: '192.168.49.0/24' } }] }],
      });
      expect(judged).toMatchObject({ status: 'warn', ids: ['ingress-restricted'] });
      expect(judged.messages).toEqual([
        `NetworkPolicy p0 allows ${IN_NODE_PORT} for some peers only; whether for this one cannot be seen from here`,
      ]);
    });

    test('a block of all addresses but private ones may shut out the node port, whose clients come from nodes', () => {
      const ipBlock = { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] };
      expect(flows(withPolicies({ ingress: [{ from: [{ podSelector: frontend }, { ipBlock }] }] }))).toEqual([
        IN_NODE_PORT,
      ]);
    });

    test('does not take another release’s frontend for this one’s', () => {
      const judged = judge(check, (evidence) => {
        const labels = { [COMPONENT]: 'frontend', 'app.kubernetes.io/instance': 'other', tier: 'web' };
        evidence.namespacePods.push({ name: 'other-1', ownerName: 'other-rs', labels });
        const from = [{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'other' } } }];
        const anyone = [{ ipBlock: { cidr: '10.0.0.0/8' } }];
        Object.assign(evidence, {
          networkPolicies: [policy({ ingress: [{ from }] }), policy({ ingress: [{ from: anyone }] })],
        });
      });
      expect(judged.ids).toEqual(['ingress-restricted', 'ingress-restricted']);
    });

    test('judges the frontend by its real labels where it is installed', () => {
      const judge2 = (tier: string) =>
        judge(check, (evidence) => {
          evidence.namespacePods.push({
            name: 'frontend-1',
            labels: { [COMPONENT]: 'frontend', 'app.kubernetes.io/instance': 'todo-chatbot', tier },
            ownerName: 'frontend-rs',
          });
          const from = [{ podSelector: { matchLabels: { tier: 'web' } } }];
          Object.assign(evidence, {
            networkPolicies: [
              policy({ ingress: [{ from }, { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
            ],
          });
        });
      expect(flows(judge2('web'))).toEqual([IN_NODE_PORT]);
      expect(flows(judge2('cache'))).toEqual([IN_FRONTEND, IN_NODE_PORT]);
    });

    test('demands no way in for a node port that the contract does not have', () => {
      const judged = judge(check, (evidence, contract) => {
        contract.backend.service.type = 'ClusterIP';
        Object.assign(evidence, {
          networkPolicies: [policy({ ingress: [{ from: [{ podSelector: {} }] }] })],
        });
      });
      expect(judged.status).toBe('pass');
    });
  });

  test('reads matchExpressions', () => {
    const selects = (operator: string, values?: string[]) =>
      withPolicies({ podSelector: { matchExpressions: [{ key: COMPONENT, operator, values }] } }).status ===
      'fail';
    expect(selects('In', ['backend', 'api'])).toBe(true);
    expect(selects('In', ['api'])).toBe(false);
    expect(selects('NotIn', ['api'])).toBe(true);
    expect(selects('NotIn', ['backend'])).toBe(false);
    // A pod without the label is not in the list either.
    const absent = { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }] };
    expect(withPolicies({ podSelector: absent }).status).toBe('fail');
    expect(selects('Exists')).toBe(true);
    expect(selects('DoesNotExist')).toBe(false);
    // An operator of a future API: better to tell of a policy too many.
    expect(selects('Matches')).toBe(true);
  });

  test('judges the labels of old pods too, each finding once', () => {
    const judged = judge(check, (evidence) => {
      const labels = evidence.pods[1]?.metadata.labels;
      if (labels) labels.track = 'old';
      const podSelector = { matchLabels: { track: 'old' } };
      Object.assign(evidence, { networkPolicies: [policy({ podSelector }), policy({ podSelector })] });
    });
    expect(flows(judged)).toEqual([IN_FRONTEND, IN_NODE_PORT]);
  });

  test('judges by the template when there are no pods, and not at all without a Deployment', () => {
    const judged = judge(check, (evidence) =>
      Object.assign(evidence, { pods: [], networkPolicies: [policy({})] }),
    );
    expect(judged.status).toBe('fail');
    expect(judge(check, (evidence) => Object.assign(evidence, { deployment: undefined })).status).toBe(
      'unknown',
    );
  });

  test('is put right by one more policy, which is valid JSON with real names', () => {
    const remedy = remedyOf(check, CONTEXT, []);
    const json = /^echo '(.*)' \| kubectl -n default apply -f -$/.exec(remedy)?.[1] ?? '';
    const fix = JSON.parse(json) as NetworkPolicy;
    expect(fix.metadata).toEqual({ name: 'todo-chatbot-backend-contract', namespace: 'default' });
    // The check itself accepts what it proposes, beside a policy that denies everything.
    const judged = judge(check, (evidence) =>
      Object.assign(evidence, { networkPolicies: [policy({ policyTypes: ['Ingress', 'Egress'] }), fix] }),
    );
    expect(judged.status).toBe('pass');
  });
});

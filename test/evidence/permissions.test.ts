import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { accessOf, requiredRole } from '../../src/evidence/access.js';
import type { EvidenceKey } from '../../src/evidence/evidence.js';
import { FACTS } from '../../src/evidence/facts.js';
import { forbidden, type FakeApi } from '../support/fake-client.js';
import { healthyApi, live } from '../support/live.js';

interface Rule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
}

interface Attributes {
  verb: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

const KEYS = Object.keys(FACTS) as EvidenceKey[];

function roleRules(): Rule[] {
  const [role] = parseAllDocuments(requiredRole(KEYS, 'default'));
  return (role?.toJS() as { rules: Rule[] }).rules;
}

const ALLOW_ALL: (attributes: Attributes) => boolean = () => true;

/** An API whose reviews answer from these rules, and from these allowed access reviews. */
function apiWith(rules: Rule[], { incomplete = false, allow = ALLOW_ALL } = {}) {
  const asked: Attributes[] = [];
  const api: FakeApi = {
    ...healthyApi(),
    review: (path, { spec }) => {
      if (path.endsWith('selfsubjectrulesreviews')) return { status: { resourceRules: rules, incomplete } };
      const attributes = spec.resourceAttributes as Attributes;
      asked.push(attributes);
      return { status: { allowed: allow(attributes) } };
    },
  };
  return { api, asked };
}

describe('permissions', () => {
  test('the Role that the tool prints grants all that it needs', async () => {
    const { api, asked } = apiWith(roleRules());
    const facts = await live(api).read('permissions');
    expect(facts).toMatchObject({ source: 'rules', missing: [] });
    expect(facts.required.length).toBeGreaterThan(10);
    expect(asked).toEqual([
      { verb: 'list', group: '', resource: 'nodes' },
      { verb: 'list', group: '', resource: 'pods' },
    ]);
  });

  test('each verb that is taken away is missed', async () => {
    for (const rule of roleRules()) {
      for (const verb of rule.verbs) {
        for (const resource of rule.resources) {
          const rules = roleRules().flatMap((each) =>
            each.resources.map((item) => ({
              ...each,
              resources: [item],
              verbs: each.verbs.filter(
                (v) => !(v === verb && item === resource && each.apiGroups[0] === rule.apiGroups[0]),
              ),
            })),
          );
          const { missing } = await live(apiWith(rules).api).read('permissions');
          expect(missing.map((access) => `${access.verb} ${access.resource}`)).toEqual([
            `${verb} ${resource}`,
          ]);
        }
      }
    }
  });

  test.each<[string, Rule[]]>([
    ['everything', [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]],
    [
      'all subresources',
      [
        { verbs: ['get', 'list', 'create'], apiGroups: ['*'], resources: ['*/log', '*/exec', '*/proxy'] },
        ...roleRules().map((rule) => ({
          ...rule,
          resources: rule.resources.filter((item) => !item.includes('/')),
        })),
      ],
    ],
    [
      'the objects by name',
      roleRules().flatMap((rule) => [
        { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'get') },
        {
          ...rule,
          verbs: ['get'],
          resourceNames: rule.resources.some((item) => item.includes('/'))
            ? []
            : ['todo-chatbot-backend', 'todo-chatbot-backend-config', 'todo-chatbot-backend-secret'],
        },
      ]),
    ],
  ])('rules that grant %s suffice', async (_name, rules) => {
    expect((await live(apiWith(rules).api).read('permissions')).missing).toEqual([]);
  });

  test.each<[string, Rule, string]>([
    [
      'of another name',
      { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['other'] },
      'get secrets',
    ],
    [
      'by name for a list',
      { verbs: ['list'], apiGroups: [''], resources: ['events'], resourceNames: ['x'] },
      'list events',
    ],
    [
      'of a resource without its subresource',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      'get pods/log',
    ],
    [
      'in another group',
      { verbs: ['list'], apiGroups: ['extensions'], resources: ['networkpolicies'] },
      'list networkpolicies',
    ],
  ])('a rule %s does not', async (_name, rule, need) => {
    const { missing } = await live(apiWith([rule]).api).read('permissions');
    expect(missing.map(({ verb, resource }) => `${verb} ${resource}`)).toContain(need);
  });

  test('an incomplete list of rules: what seems missing is asked for one by one', async () => {
    const { api, asked } = apiWith([], {
      incomplete: true,
      allow: ({ resource, subresource }) => !(resource === 'pods' && subresource === 'exec'),
    });
    const facts = await live(api).read('permissions');
    expect(facts.source).toBe('access-reviews');
    expect(facts.missing.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'get pods/exec',
      'create pods/exec',
    ]);
    expect(asked).toContainEqual({
      verb: 'get',
      group: '',
      resource: 'pods',
      subresource: 'log',
      namespace: 'default',
    });
    expect(asked).toContainEqual({
      verb: 'get',
      group: '',
      resource: 'secrets',
      namespace: 'default',
      name: 'todo-chatbot-backend-secret',
    });
  });

  test('what is of the cluster is asked for cluster-wide, whatever the namespace’s rules say', async () => {
    const { api } = apiWith([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], { allow: () => false });
    expect((await live(api).read('permissions')).missing).toEqual([
      { verb: 'list', group: '', resource: 'nodes', clusterScoped: true },
      { verb: 'list', group: '', resource: 'pods', clusterScoped: true },
    ]);
  });

  test('--no-exec needs no exec; --via proxy needs the proxy', async () => {
    const { api } = apiWith([]);
    const facts = ['route', 'inPod'] as const;
    const needs = async (options: Parameters<typeof live>[1]) =>
      (await live(api, { facts, ...options }).read('permissions')).required.map(
        ({ verb, resource }) => `${verb} ${resource}`,
      );
    expect(await needs({ exec: false })).not.toContain('create pods/exec');
    expect(await needs({ via: 'proxy' })).toContain('get services/proxy');
    expect(await needs({ via: 'port-forward' })).toContain('create pods/portforward');
    expect(await needs({})).not.toContain('get services/proxy');
  });

  test('what no check asks for is not missed; what finding names takes always is', async () => {
    const { api } = apiWith([]);
    const facts = await live(api, { facts: ['permissions', 'configMap'] }).read('permissions');
    expect(facts.missing.map(({ verb, resource }) => `${verb} ${resource}`).sort()).toEqual([
      'get configmaps',
      'list configmaps',
      'list deployments',
      'list secrets',
      'list services',
    ]);
  });

  test('reviews that are forbidden are a reason', async () => {
    const api: FakeApi = {
      ...healthyApi(),
      review: () => {
        throw forbidden('create', 'selfsubjectrulesreviews', 'authorization.k8s.io');
      },
    };
    expect(await live(api).observe('permissions')).toMatchObject({ ok: false, why: 'forbidden' });
  });
});

describe('requiredRole', () => {
  test('a Role for the namespace, and a ClusterRole for nodes', () => {
    expect(requiredRole(['nodes', 'pods', 'secret', 'logs'], 'todo'))
      .toBe(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: todo-k8s
  namespace: todo
rules:
  - apiGroups: [""]
    resources: ["configmaps", "pods", "services"]
    verbs: ["list"]
  - apiGroups: [""]
    resources: ["secrets"]
    verbs: ["get", "list"]
  - apiGroups: [""]
    resources: ["pods/log"]
    verbs: ["get"]
  - apiGroups: ["apps"]
    resources: ["replicasets"]
    verbs: ["list"]
  - apiGroups: ["apps"]
    resources: ["deployments"]
    verbs: ["get", "list"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: todo-k8s
rules:
  - apiGroups: [""]
    resources: ["nodes"]
    verbs: ["list"]
`);
  });

  test('no ClusterRole where nothing needs one', () => {
    expect(requiredRole(['pods'], 'todo')).not.toContain('ClusterRole');
  });

  test('every call that a fact makes is covered by its declared needs and those of what it is made from', async () => {
    // Secrets are read beside a fact, too: to know what must not be shown.
    const covered: Record<string, EvidenceKey[]> = {
      nodes: ['nodes'],
      pods: ['pods', 'secret'],
      endpoints: ['endpoints', 'secret'],
      tasks: ['tasks', 'secret'],
      frontend: ['frontend', 'secret'],
    };
    for (const [key, keys] of Object.entries(covered)) {
      const { client, read } = live(healthyApi());
      await read(key as EvidenceKey);
      for (const call of client.calls) {
        const [verb = '', path = ''] = call.split(/[ ?]/);
        const resource = /\/v1\/(?:namespaces\/[^/]+\/)?([a-z]+)/.exec(path)?.[1] ?? '';
        const declared = keys.flatMap(accessOf);
        expect(declared).toContainEqual(expect.objectContaining({ verb, resource }));
      }
    }
  });
});

/** What would be installed, and a cluster in which each rule of `install/` has something to say of it. */
import { judgeInstallation } from '../../src/planned/against/index.js';
import type { Planned, There } from '../../src/planned/against/rule.js';
import type { CheckResult } from '../../src/engine/report.js';
import type { Observed } from '../../src/evidence/evidence.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { TARGET } from '../support/check-context.js';
import { healthyEvidence, NOW } from '../support/healthy.js';

const ok = <T>(value: T): Observed<T> => ({ ok: true, at: '2026-02-09T14:05:00Z', value });

interface State {
  planned: Planned;
  there: There;
}

/** The chart's Deployment and Service, first installed into a cluster with room. */
function state(): State {
  const { deployment, service, nodeRoom, nodes } = healthyEvidence();
  const objects = [
    { kind: 'Deployment', object: deployment },
    { kind: 'Service', object: service },
  ].map(({ kind, object }) => ({
    kind,
    name: object.metadata.name,
    namespace: undefined,
    object: { kind, ...object },
    content: { kind, ...object },
  }));
  const keys = ['DATABASE_URL', 'BETTER_AUTH_SECRET', 'ENVIRONMENT', 'LOG_LEVEL'];
  return {
    planned: { namespace: 'todo', release: undefined, objects: objects as never, deployment },
    there: {
      namespace: ok({ phase: 'Active', labels: {} }),
      services: ok([]),
      existing: ok([]),
      deployment: ok(undefined),
      quotas: ok([]),
      limits: ok([]),
      room: ok(nodeRoom),
      nodes: ok(nodes),
      scalers: ok([]),
      keys: new Map([
        ['ConfigMap/todo-chatbot-backend-config', ok(keys)],
        ['Secret/todo-chatbot-backend-secret', ok(keys)],
      ]),
      account: ok(true),
    },
  };
}

const containerOf = ({ planned }: State) => {
  const [container] = planned.deployment.spec.template.spec.containers;
  if (container === undefined) throw new Error('the Deployment has a container');
  return container;
};

const SHOWN: Readonly<Record<string, (state: State) => void>> = {
  'install/namespace': ({ there }) => (there.namespace = ok(undefined)),
  'install/ownership': ({ there }) =>
    (there.existing = ok([
      {
        kind: 'Service',
        name: 'todo-chatbot-backend',
        annotations: { 'meta.helm.sh/release-name': 'other' },
      },
    ])),
  'install/node-port': ({ there }) =>
    (there.services = ok([{ namespace: 'shop', name: 'web', nodePorts: [30081] }])),
  'install/references': ({ there }) =>
    (there.keys = new Map([...there.keys, ['Secret/todo-chatbot-backend-secret', ok(undefined)]])),
  'install/selector': ({ there, planned }) => {
    const old = structuredClone(planned.deployment);
    old.spec.selector = { matchLabels: { app: 'old' } };
    there.deployment = ok(old);
  },
  'install/quota': ({ there }) =>
    (there.quotas = ok([{ name: 'few', hard: { pods: '3' }, used: { pods: '2' }, isScoped: false }])),
  'install/limit-range': ({ there }) =>
    (there.limits = ok([{ name: 'small', limits: [{ type: 'Container', max: { memory: '256Mi' } }] }])),
  'install/pod-security': ({ there }) =>
    (there.namespace = ok({
      phase: 'Active',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    })),
  'install/room': (given) => (containerOf(given).resources = { requests: { cpu: '900' } }),
  'install/image': (given) =>
    Object.assign(containerOf(given), { image: 'todo-backend:2', imagePullPolicy: 'Never' }),
  'install/autoscaler': ({ there }) =>
    (there.scalers = ok([
      { name: 'todo', target: 'todo-chatbot-backend', minReplicas: 2, maxReplicas: 5, byCpu: true },
    ])),
  'install/change': (given) => {
    given.there.deployment = ok(structuredClone(given.planned.deployment));
    containerOf(given).image = 'todo-chatbot-backend:v2';
  },
};

/** What the rules say of each state, by the id of the rule that it is made for. */
export function installationsShown(): [id: string, results: CheckResult[]][] {
  const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
  return Object.entries(SHOWN).map(([id, change]) => {
    const given = state();
    change(given);
    return [id, judgeInstallation(given.planned, given.there, context)];
  });
}

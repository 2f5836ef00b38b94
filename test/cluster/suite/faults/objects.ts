/** Objects that are not what the contract says, and what surrounds the backend: Service, scale, configuration, network. */
import { run } from '../cluster.js';
import { BACKEND, type Stage } from '../stage.js';
import {
  atOnce,
  component,
  crashed,
  kubectl,
  logs,
  podsShow,
  rolledOut,
  secretKey,
  upgrade,
  type Fault,
  type Step,
  type Symptom,
} from './fault.js';
import { CONTAINER, dnsOnly, NEEDS_ANSWER, noPods, poolsFilled } from './tools.js';

const patchService = (patch: string) => kubectl(`patch service ${BACKEND} ${patch}`);
const patchDeployment = (patch: string) => kubectl(`patch deployment ${BACKEND} ${patch}`);

const answers = async ({ nodePort }: Stage): Promise<boolean> => {
  const url = `http://localhost:${nodePort}/api/health`;
  return (await run('curl', ['-s', '-o', '/dev/null', '--max-time', '5', url])).code === 0;
};

/** kube-proxy has heard of the change: until then the node still leads where it did. */
const unanswered: Symptom = {
  shown: 'curl gets no answer at the node port',
  within: 30,
  seen: async (stage) => !(await answers(stage)),
};

const OTHER_SECRET = 'todo-secrets';

interface SecretItem {
  type: string;
  data: Record<string, string>;
}

/** A Secret cannot be renamed: the same is created under another name, given to the container, and the first one deleted. */
const secretRenamed: Step = {
  shown: `kubectl get secret ${BACKEND}-secret -o json, created again as ${OTHER_SECRET}, and named so in envFrom; kubectl delete secret ${BACKEND}-secret`,
  async run(stage) {
    const { type, data } = await stage.json<SecretItem>(['get', 'secret', `${BACKEND}-secret`]);
    const copy = { apiVersion: 'v1', kind: 'Secret', metadata: { name: OTHER_SECRET }, type, data };
    await stage.kubectl(['apply', '-f', '-'], JSON.stringify(copy));
    await patchDeployment(
      `--type=json -p=[{"op":"replace","path":"${CONTAINER}/envFrom/1/secretRef/name","value":"${OTHER_SECRET}"}]`,
    ).run(stage);
    await stage.kubectl(['delete', 'secret', `${BACKEND}-secret`]);
  },
};

const FRONTEND = BACKEND.replace(/-backend$/, '-frontend');

/** There is no image to run: its objects are what is judged. */
const frontend = upgrade(
  'frontend.enabled=true',
  'frontend.replicaCount=0',
  'frontend.service.type=ClusterIP',
);

const pagesAskTheNode: Step = {
  shown: `kubectl set env deployment/${FRONTEND} NEXT_PUBLIC_API_URL=http://localhost:NODEPORT BETTER_AUTH_URL=http://localhost:3000`,
  run: (stage) =>
    stage.kubectl([
      ...['set', 'env', `deployment/${FRONTEND}`],
      `NEXT_PUBLIC_API_URL=http://localhost:${stage.nodePort}`,
      'BETTER_AUTH_URL=http://localhost:3000',
    ]),
};

export const OBJECTS: Fault[] = [
  {
    name: 'Service selector that matches nothing',
    steps: [patchService('-p {"spec":{"selector":{"app.kubernetes.io/component":"api"}}}')],
    symptom: unanswered,
    expect: { fail: ['service/selector-matches'] },
    cause: 'service/selector-mismatch',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'selector-mismatch' },
  },
  {
    name: 'Service target port that nothing listens on',
    steps: [patchService('--type=json -p=[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]')],
    symptom: unanswered,
    expect: { fail: ['service/ports'] },
    cause: 'service/target-port-mismatch',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'target-port-wrong' },
  },
  {
    name: 'node port changed',
    steps: [
      {
        shown: `kubectl patch service ${BACKEND} (another node port)`,
        // Stages stand side by side, and a port is the whole cluster's.
        run: (stage) =>
          stage.kubectl([
            'patch',
            'service',
            BACKEND,
            '--type=json',
            `-p=[{"op":"replace","path":"/spec/ports/0/nodePort","value":${stage.nodePort + 800}}]`,
          ]),
      },
    ],
    symptom: unanswered,
    expect: { fail: ['service/ports'] },
    cause: 'service/wrong-node-port',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'node-port-wrong' },
  },
  {
    name: 'Service deleted',
    steps: [kubectl(`delete service ${BACKEND}`)],
    symptom: atOnce,
    expect: { fail: ['service/exists'] },
    cause: 'service/missing',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'service-missing' },
  },
  {
    name: 'ClusterIP instead of NodePort',
    steps: [upgrade('backend.service.type=ClusterIP')],
    symptom: atOnce,
    expect: { fail: ['service/type'] },
    cause: 'service/wrong-type',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'cluster-ip' },
  },
  {
    name: 'Service that pins clients to a pod',
    steps: [patchService('-p {"spec":{"sessionAffinity":"ClientIP"}}')],
    symptom: atOnce,
    expect: { fail: ['service/session-affinity'] },
    cause: null,
    undo: [patchService('-p {"spec":{"sessionAffinity":"None","sessionAffinityConfig":null}}')],
    twin: { scenario: 'session-affinity' },
  },
  {
    name: 'Service that sends traffic to pods that are not ready, too',
    steps: [patchService('-p {"spec":{"publishNotReadyAddresses":true}}')],
    symptom: atOnce,
    expect: { fail: ['service/publishes-ready-only'] },
    cause: null,
    undo: [patchService('-p {"spec":{"publishNotReadyAddresses":null}}')],
  },
  {
    name: 'no replicas',
    steps: [kubectl(`scale deployment/${BACKEND} --replicas=0`)],
    symptom: podsShow('no pod', 60, (pods) => pods.length === 0),
    expect: { fail: ['deployment/replicas', 'pods/running'] },
    cause: 'deployment/scaled-to-zero',
    object: 'Deployment todo-chatbot-backend',
  },
  {
    name: 'scaled down by hand',
    steps: [kubectl(`scale deployment/${BACKEND} --replicas=1`)],
    symptom: podsShow('one pod', 60, (pods) => pods.length === 1),
    expect: { fail: ['deployment/replicas'] },
    cause: null,
    twin: { scenario: 'replicas-scaled-down' },
  },
  {
    name: 'Deployment deleted',
    steps: [kubectl(`delete deployment ${BACKEND}`)],
    symptom: podsShow('no pod', 60, (pods) => pods.length === 0),
    expect: { fail: ['deployment/exists'] },
    cause: 'deployment/missing',
    object: 'Deployment todo-chatbot-backend',
    twin: { scenario: 'deployment-missing' },
  },
  {
    name: 'Deployment paused in the middle of a change',
    steps: [
      kubectl(`rollout pause deployment/${BACKEND}`),
      patchDeployment('-p {"spec":{"template":{"metadata":{"labels":{"x":"y"}}}}}'),
    ],
    symptom: atOnce,
    expect: { fail: ['deployment/rollout-complete'] },
    cause: 'deployment/paused',
    object: 'Deployment todo-chatbot-backend',
    undo: [
      patchDeployment('--type=json -p=[{"op":"remove","path":"/spec/template/metadata/labels/x"}]'),
      // Healed, it goes on already.
      patchDeployment('-p {"spec":{"paused":null}}'),
    ],
  },
  {
    name: 'strategy Recreate',
    steps: [patchDeployment('-p {"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}')],
    symptom: atOnce,
    expect: { fail: ['deployment/strategy'] },
    cause: null,
    twin: { scenario: 'strategy-recreate' },
  },
  {
    name: 'label lost',
    steps: [kubectl(`label deployment ${BACKEND} app.kubernetes.io/managed-by-`)],
    symptom: atOnce,
    expect: { fail: ['deployment/labels'] },
    cause: null,
    twin: { scenario: 'label-missing' },
  },
  {
    name: 'credential written into the Deployment',
    steps: [
      kubectl(`set env deployment/${BACKEND} BETTER_AUTH_SECRET=written-into-the-deployment-0123456789`),
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/no-inline-secrets'] },
    cause: null,
    undo: [kubectl(`set env deployment/${BACKEND} BETTER_AUTH_SECRET-`)],
    twin: { scenario: 'inline-secret' },
  },
  {
    name: 'Secret of another name',
    steps: [secretRenamed],
    symptom: rolledOut,
    expect: { fail: ['config/secret-name'] },
    cause: null,
    undo: [kubectl(`delete secret ${OTHER_SECRET}`)],
  },
  {
    name: 'signing secret too short',
    steps: [secretKey('BETTER_AUTH_SECRET', 'short', 'of 5 characters')],
    symptom: atOnce,
    expect: { fail: ['config/auth-secret-length'] },
    // The pods run with the one before it.
    cause: 'config/stale',
    object: `Secret ${BACKEND}-secret`,
    notHealed: 'a new secret is the user’s to choose, and is not on a line to be pasted',
    twin: { scenario: 'short-auth-secret' },
  },
  {
    name: 'frontend that signs with another secret',
    // There is no image to run: the frontend's Secret is enough to be compared with.
    steps: [
      upgrade(
        'frontend.enabled=true',
        'frontend.replicaCount=0',
        'frontend.service.type=ClusterIP',
        'frontend.secrets.BETTER_AUTH_SECRET=the-frontend-has-a-secret-of-its-own',
      ),
    ],
    symptom: atOnce,
    expect: { fail: ['config/auth-secret-matches-frontend'] },
    cause: null,
    twin: { scenario: 'auth-secret-mismatch' },
  },
  {
    name: 'frontend whose pages the backend does not answer',
    steps: [frontend, pagesAskTheNode],
    symptom: atOnce,
    expect: { fail: ['functional/cors'] },
    cause: 'cors/origin-refused',
    object: `Service ${BACKEND}`,
    says: ['http://localhost:3000'],
    notHealed: 'which origins are allowed is written in the application',
    twin: { scenario: 'cors-refused' },
  },
  {
    name: 'frontend that is given a Service that is not there',
    steps: [frontend, kubectl(`set env deployment/${FRONTEND} BACKEND_URL=http://todo-backend:8000`)],
    symptom: atOnce,
    expect: { fail: ['config/frontend-backend-url'] },
    cause: 'frontend/wrong-backend',
    object: `Deployment ${FRONTEND}`,
    says: ['todo-backend'],
    twin: { scenario: 'frontend-url-wrong' },
  },
  {
    name: 'invalid LOG_LEVEL',
    steps: [kubectl(`patch configmap ${BACKEND}-config -p {"data":{"LOG_LEVEL":"LOUD"}}`)],
    symptom: atOnce,
    expect: { fail: ['config/log-level-value'] },
    cause: 'config/stale',
    object: `ConfigMap ${BACKEND}-config`,
    twin: { scenario: 'log-level-invalid' },
  },
  {
    name: 'invalid ENVIRONMENT',
    steps: [kubectl(`patch configmap ${BACKEND}-config -p {"data":{"ENVIRONMENT":"home"}}`)],
    symptom: atOnce,
    expect: { fail: ['config/environment-value'] },
    cause: 'config/stale',
    object: `ConfigMap ${BACKEND}-config`,
    twin: { scenario: 'environment-invalid' },
  },
  {
    name: 'egress policy that leaves no way to the database (stored, not enforced)',
    steps: [dnsOnly],
    symptom: atOnce,
    expect: { fail: ['network/policies'] },
    // Nothing is blocked: what verify says of the policy, that it is not enforced, is all there is to say.
    cause: null,
    undo: [kubectl('delete networkpolicy dns-only')],
    twin: {
      scenario: 'egress-blocked',
      differs: {
        'network/database-egress': 'the bridge CNI does not enforce policies, so the probe gets through',
      },
    },
  },
  {
    name: 'CoreDNS down',
    steps: [
      // What the application looks up while it is asked is new connections: after traffic it has all it needs.
      poolsFilled,
      kubectl('scale deployment/coredns -n kube-system --replicas=0'),
    ],
    symptom: {
      shown: 'no CoreDNS pod',
      within: 60,
      seen: async (stage) =>
        (await stage.kubectl([
          'get',
          'pods',
          '-n',
          'kube-system',
          '-l',
          'k8s-app=kube-dns',
          '-o',
          'name',
        ])) === '',
    },
    expect: { fail: ['network/service-dns', 'network/database-egress'] },
    cause: 'db/dns-failure',
    object: 'Pod',
    undo: [
      kubectl('scale deployment/coredns -n kube-system --replicas=1'),
      kubectl('rollout status deployment/coredns -n kube-system --timeout=60s'),
    ],
    twin: { scenario: 'dns-broken' },
    alone: true,
  },
  {
    name: 'database stopped a moment ago',
    steps: [component('postgresql', 'stop')],
    symptom: logs('Health check: database error', 30),
    expect: { fail: ['functional/database-logs', 'functional/health', 'network/database-egress'] },
    cause: 'db/connection-refused',
    object: 'Pod',
    undo: [component('postgresql', 'start'), noPods],
    alone: true,
  },
  {
    // The liveness probe asks the database, too, so a blip becomes a storm of restarts.
    name: 'database stopped for a minute',
    steps: [component('postgresql', 'stop')],
    symptom: crashed,
    expect: { fail: ['deployment/rollout-complete', 'pods/restarts', 'pods/running'] },
    cause: 'db/connection-refused',
    object: 'Pod',
    undo: [component('postgresql', 'start')],
    twin: {
      scenario: 'database-down',
      differs: Object.fromEntries(
        [
          'pods/restarts',
          'pods/running',
          'pods/ready',
          'functional/database-logs',
          'network/database-egress',
          'network/service-dns',
        ].map((id) => [
          id,
          'the liveness probe asks the database, too: here both pods were restarted, and crash',
        ]),
      ),
    },
    alone: true,
  },
  {
    name: 'kubelet stopped',
    steps: [component('kubelet', 'stop')],
    symptom: {
      // The node's rules follow a moment after its pods count as not ready.
      shown: 'the node is not Ready, and the node port answers no more',
      within: 90,
      seen: async (stage) =>
        (await stage.kubectl(['get', 'nodes'])).includes('NotReady') && !(await answers(stage)),
    },
    expect: {
      fail: ['cluster/nodes-ready', 'pods/ready', 'deployment/rollout-complete'],
      unknown: ['functional/database-logs', 'network/database-egress', 'network/service-dns'],
    },
    cause: 'cluster/node-not-ready',
    object: 'Node minikube',
    twin: {
      scenario: 'node-not-ready',
      differs: Object.fromEntries(
        NEEDS_ANSWER.map((id) => [
          id,
          'there a second node has a pod that goes on answering; here is one node',
        ]),
      ),
    },
    undo: [component('kubelet', 'start')],
    alone: true,
  },
  {
    name: 'metrics-server down (verify does not need it)',
    steps: [kubectl('scale deployment/metrics-server -n kube-system --replicas=0')],
    symptom: atOnce,
    expect: {},
    cause: 'metrics/unavailable',
    object: 'APIService v1beta1.metrics.k8s.io',
    undo: [kubectl('scale deployment/metrics-server -n kube-system --replicas=1')],
    alone: true,
  },
];

/** Causes that the doctor knows and the other lists do not show; most take a few seconds, as their objects say it at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT } from '../cluster.js';
import { BACKEND, UNHEALTHY_FILE } from '../stage.js';
import {
  apply,
  atOnce,
  crashed,
  deletePod,
  environment,
  execInPod,
  kubectl,
  podsShow,
  rolledOut,
  upgrade,
  type Fault,
  type Step,
  type Symptom,
} from './fault.js';
import { MORE_DATABASE } from './more-database.js';
import { MORE_REFUSED } from './more-refused.js';
import { MORE_STARTING } from './more-starting.js';
import { container, CONTAINER, CRASHING, noPods, iptables, waited } from './tools.js';

const taking = (mebibytes: number) =>
  `import os, time; x = [os.urandom(4096) * 256 for _ in range(${mebibytes})]`;

/** Another process of one pod's container takes memory, each page of it, and keeps it until the pod ends. */
const memoryTaken = (mebibytes: number): Step => ({
  ...execInPod('sh', '-c', `python3 -c "${taking(mebibytes)}; time.sleep(600)" >/dev/null 2>&1 &`),
  shown: `kubectl exec (one of two) -- python3, which takes ${mebibytes} MiB`,
});

/** metrics-server tells the most that a pod uses. */
const usesAtLeast = (mebibytes: number): Symptom => ({
  shown: `kubectl top pod says ${mebibytes}Mi or more`,
  within: 90,
  seen: async (stage) => {
    const lines = await stage.kubectl([
      'top',
      'pod',
      '--no-headers',
      '-l',
      'app.kubernetes.io/component=backend',
    ]);
    return [...lines.matchAll(/(\d+)Mi/g)].some(([, amount]) => Number(amount) >= mebibytes);
  },
});

/** Packets to the stage's node port, before kube-proxy's rules see them. */
const nodePortLost = (action: '-I' | '-D'): Step => ({
  shown: `iptables -t raw ${action} OUTPUT -p tcp --dport <node port> -j DROP`,
  run: (stage) =>
    iptables('-t', 'raw', action, 'OUTPUT', '-p', 'tcp', '--dport', String(stage.nodePort), '-j', 'DROP').run(
      stage,
    ),
});

const frontendOnly = apply('a NetworkPolicy that lets the frontend in only', {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'frontend-only' },
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/component': 'backend' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'frontend' } } }],
        ports: [{ port: 8000, protocol: 'TCP' }],
      },
    ],
  },
});

const metricsApi = path.join(PROJECT, 'test/cluster/manifests/metrics-server.yaml');

export const MORE: Fault[] = [
  ...MORE_DATABASE,
  ...MORE_STARTING,
  ...MORE_REFUSED,
  {
    name: 'node port that no packet reaches',
    steps: [nodePortLost('-I')],
    symptom: atOnce,
    expect: { fail: ['functional/node-port'] },
    cause: 'service/host-cannot-reach-node',
    object: 'Service todo-chatbot-backend',
    undo: [nodePortLost('-D')],
    own: true,
  },
  {
    name: 'ingress policy that leaves no way from the node port, enforced',
    steps: [frontendOnly, nodePortLost('-I')],
    symptom: atOnce,
    expect: { fail: ['functional/node-port', 'network/policies'] },
    cause: 'service/ingress-blocked',
    object: 'NetworkPolicy frontend-only',
    undo: [nodePortLost('-D'), kubectl('delete networkpolicy frontend-only')],
    own: true,
  },
  {
    name: 'Service at another port',
    steps: [
      kubectl(
        `patch service ${BACKEND} --type=json -p=[{"op":"replace","path":"/spec/ports/0/port","value":9000}]`,
      ),
    ],
    symptom: atOnce,
    expect: { fail: ['service/ports'] },
    cause: 'service/wrong-port',
    object: 'Service todo-chatbot-backend',
    // Ports are merged by number: an upgrade would add the chart's beside this one.
    undo: [
      kubectl(
        `patch service ${BACKEND} --type=json -p=[{"op":"replace","path":"/spec/ports/0/port","value":8000}]`,
      ),
    ],
  },
  {
    name: 'application on the loopback, and no probe that would notice',
    steps: [
      container('without probes, UVICORN_HOST=127.0.0.1', {
        livenessProbe: null,
        readinessProbe: null,
        env: [{ name: 'UVICORN_HOST', value: '127.0.0.1' }],
      }),
    ],
    symptom: rolledOut,
    expect: {
      fail: ['deployment/liveness-probe', 'deployment/readiness-probe', 'functional/node-port'],
      unknown: ['functional/health', 'functional/api-docs', 'functional/auth-required'],
    },
    cause: 'service/bound-to-loopback',
    object: 'Pod',
    notHealed: 'the probes are missing still',
    undo: [kubectl(`set env deployment/${BACKEND} UVICORN_HOST-`)],
  },
  {
    name: 'memory limit below what the application needs',
    steps: [upgrade('backend.resources.requests.memory=40Mi', 'backend.resources.limits.memory=40Mi')],
    symptom: crashed,
    expect: { fail: ['deployment/resources', 'pods/no-oom', ...CRASHING] },
    cause: 'memory/limit-too-low',
    object: 'Pod',
  },
  {
    name: 'no memory limit',
    steps: [
      kubectl(
        `patch deployment ${BACKEND} --type=json -p=[{"op":"remove","path":"${CONTAINER}/resources/limits/memory"}]`,
      ),
    ],
    symptom: rolledOut,
    expect: { fail: ['deployment/resources'] },
    cause: 'memory/no-limit',
    object: 'Pod',
  },
  {
    name: 'memory close to its limit',
    steps: [memoryTaken(780)],
    symptom: usesAtLeast(830),
    expect: {},
    cause: 'memory/near-limit',
    object: 'Pod',
    notHealed: 'the larger limit is not the contract’s',
    undo: [deletePod],
  },
  {
    name: 'one pod with more memory than the other',
    steps: [memoryTaken(350)],
    symptom: usesAtLeast(400),
    expect: {},
    cause: 'memory/skewed',
    object: 'Pod',
    undo: [deletePod],
  },
  {
    name: 'pool five times as large as planned, and memory short',
    steps: [environment('DATABASE_POOL_SIZE', '50'), waited(rolledOut), memoryTaken(780)],
    symptom: usesAtLeast(830),
    expect: {},
    cause: 'memory/pool-too-large',
    object: 'Pod',
  },
  {
    // Where control groups are of the first version; with the second the kubelet lets the whole container be killed.
    name: 'process beside the application killed for its memory',
    steps: [
      {
        ...execInPod('sh', '-c', `python3 -c "${taking(1500)}" >/dev/null 2>&1 || true`),
        shown: 'kubectl exec (one of two) -- python3, which takes 1500 MiB',
      },
    ],
    symptom: atOnce,
    expect: {},
    cause: 'memory/child-killed',
    object: 'Pod',
    notHealed: 'the larger limit is not the contract’s',
    // The kernel's count stays as long as the container does.
    undo: [noPods],
    own: true,
  },
  {
    name: 'pod that goes in and out of service',
    steps: [
      {
        shown: `kubectl exec (one of two) -- touch ${UNHEALTHY_FILE} for 18 s, three times`,
        async run(stage) {
          for (const pause of [11_000, 11_000, 0]) {
            await execInPod('touch', UNHEALTHY_FILE).run(stage);
            // Shorter than three failures of the liveness probe, longer than three of the readiness probe.
            await sleep(18_000);
            await execInPod('rm', UNHEALTHY_FILE).run(stage);
            await sleep(pause);
          }
        },
      },
    ],
    symptom: podsShow('all pods are ready again', 60, (pods) =>
      pods.every(({ status }) => status.containerStatuses?.[0]?.ready === true),
    ),
    expect: {},
    cause: 'health/flapping',
    object: 'Pod',
  },
  {
    name: 'metrics API not installed',
    steps: [kubectl('delete apiservice v1beta1.metrics.k8s.io')],
    symptom: atOnce,
    expect: {},
    cause: 'metrics/not-installed',
    object: 'APIService v1beta1.metrics.k8s.io',
    undo: [
      {
        shown: 'kubectl apply, the APIService of metrics-server',
        run: (stage) => {
          const documents = readFileSync(metricsApi, 'utf8').split(/^---$/m);
          return stage.kubectl(
            ['apply', '-f', '-'],
            documents.find((each) => each.includes('kind: APIService')),
          );
        },
      },
    ],
    own: true,
    alone: true,
  },
];

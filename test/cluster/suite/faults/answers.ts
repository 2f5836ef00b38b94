/** Pods that are ready and serve, and an application, a database or a node behind them that is not as it should be. */
import { run } from '../cluster.js';
import { UNHEALTHY_FILE, type Stage } from '../stage.js';
import {
  apply,
  atOnce,
  component,
  crashed,
  databaseUrl,
  environment,
  execInEachPod,
  execInPod,
  kubectl,
  podsShow,
  rolledOut,
  runningSeconds,
  readySeconds,
  secretKey,
  isReady,
  type Fault,
  type Step,
} from './fault.js';
import { CRASHING, noPods, waited } from './tools.js';

const readyForLong = podsShow('all pods have been ready for 30 s', 120, (pods) =>
  pods.every((pod) => readySeconds(pod) > 30),
);

/** As PostgreSQL answers a request for TLS where it has none: N. */
const WITHOUT_TLS = `
import socket
server = socket.create_server(("", 5432))
while True:
    client, _ = server.accept()
    client.settimeout(2)
    try:
        client.recv(8)
        client.sendall(b"N")
    except OSError:
        pass
    client.close()
`;

/** The rule of kube-proxy that leads half of the Service's requests to the first pod is taken away. */
const forgetOnePod: Step = {
  shown: 'iptables: one of the two rules of kube-proxy for the Service deleted',
  async run(stage) {
    const { stdout } = await run('iptables-save', ['-t', 'nat']);
    const comment = `"${stage.namespace}/`;
    const rule = stdout
      .split('\n')
      .find(
        (line) => line.startsWith('-A KUBE-SVC-') && line.includes(comment) && line.includes('--probability'),
      );
    if (rule === undefined) throw new Error(`no rule of kube-proxy mentions ${comment} and a probability`);
    const change = ['*nat', rule.replace('-A', '-D'), 'COMMIT', ''].join('\n');
    const { code, stderr } = await run('iptables-restore', ['--noflush'], { input: change });
    if (code !== 0) throw new Error(stderr);
  },
};

/** Beginning of one pod's log, as `kubectl logs` shows it. */
async function logHead(stage: Stage): Promise<string> {
  const [pod] = await stage.pods();
  return stage.kubectl(['logs', pod?.metadata.name ?? '', '--limit-bytes=300']);
}

const serverWithoutTls: Step[] = [
  apply('a pod that answers as PostgreSQL without TLS does', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'plain', labels: { app: 'plain' } },
    spec: {
      containers: [
        {
          name: 'plain',
          image: 'todo-chatbot-backend:latest',
          imagePullPolicy: 'IfNotPresent',
          command: ['python3', '-c', WITHOUT_TLS],
        },
      ],
    },
  }),
  kubectl('wait --for=condition=Ready pod/plain --timeout=60s'),
  kubectl('expose pod plain --port=5432'),
];

export const ANSWERS: Fault[] = [
  {
    name: 'API documentation switched off',
    steps: [environment('API_DOCS', 'false')],
    symptom: rolledOut,
    expect: { fail: ['functional/api-docs'] },
    cause: 'service/http-error',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'docs-disabled' },
  },
  {
    name: 'health endpoint that has just begun to fail',
    steps: [execInEachPod('sh', '-c', `echo 500 > ${UNHEALTHY_FILE}`)],
    symptom: atOnce,
    expect: { fail: ['functional/health'] },
    cause: 'health/server-error',
    object: 'Service todo-chatbot-backend',
    undo: [execInEachPod('rm', '-f', UNHEALTHY_FILE)],
    twin: { scenario: 'health-500' },
    // On a busy machine the readiness probes have failed often enough by the time that it is asked.
    alone: true,
  },
  {
    name: 'health endpoint that says 200 and unhealthy',
    steps: [execInEachPod('sh', '-c', `echo 200 > ${UNHEALTHY_FILE}`)],
    symptom: atOnce,
    expect: { fail: ['functional/health'] },
    cause: 'health/server-error',
    object: 'Service todo-chatbot-backend',
    undo: [execInEachPod('rm', '-f', UNHEALTHY_FILE)],
    twin: { scenario: 'health-degraded' },
  },
  {
    name: 'one of two pods says 200 and unhealthy',
    steps: [execInPod('sh', '-c', `echo 200 > ${UNHEALTHY_FILE}`)],
    symptom: atOnce,
    expect: { fail: ['load-balancing/distribution'] },
    byChance: { fail: ['functional/health'] },
    cause: 'health/server-error',
    object: 'any Pod',
    says: ['unhealthy', 'no probe notices', '1 of 2 pods'],
  },
  {
    name: 'database errors in the log of one pod',
    steps: [
      execInPod(
        'sh',
        '-c',
        'echo "ERROR:    todo.database: QueuePool limit of size 10 overflow 0 reached, connection timed out, timeout 30.00" > /proc/1/fd/1',
      ),
    ],
    symptom: atOnce,
    expect: { fail: ['functional/database-logs'] },
    cause: 'db/pool-exhausted',
    object: 'Pod',
    undo: [noPods],
    twin: { scenario: 'database-log-errors' },
  },
  {
    name: 'connection pool exhausted',
    // The pool gives up before the probe does, and says why.
    steps: [environment('FAULT_HOLD_CONNECTIONS', '10', 'DATABASE_POOL_TIMEOUT', '3')],
    symptom: podsShow('a pod that runs is not ready after 30 s', 120, (pods) =>
      pods.some((pod) => runningSeconds(pod) > 30 && !isReady(pod)),
    ),
    expect: { fail: ['deployment/rollout-complete', 'functional/database-logs', 'pods/ready'] },
    cause: 'db/pool-exhausted',
    object: 'Pod',
  },
  {
    name: 'log that was rotated away',
    steps: [
      // A log whose first line is as young as its container has its beginning.
      waited(
        podsShow('all pods have run for 40 s', 90, (pods) => pods.every((pod) => runningSeconds(pod) > 40)),
      ),
      execInPod('sh', '-c', 'head -c 18000000 /dev/zero | tr "\\\\0" x | fold -w 1000 > /proc/1/fd/1'),
    ],
    symptom: {
      shown: 'the log of a pod does not begin with its start',
      within: 60,
      seen: async (stage) => !(await logHead(stage)).includes('server process'),
    },
    // What the log no longer shows, this run has: the health endpoint says that the database is there.
    expect: {},
    cause: null,
    undo: [noPods],
    twin: { scenario: 'log-rotated' },
  },
  {
    name: 'Secret changed to a database server without TLS',
    steps: [
      ...serverWithoutTls,
      secretKey(
        'DATABASE_URL',
        'postgresql://todo_owner:changed@plain:5432/todo?sslmode=require',
        'with the name of another server',
      ),
    ],
    symptom: atOnce,
    expect: { fail: ['network/database-egress'] },
    // The pods still use the old value: that they are told apart is the point.
    cause: 'db/credentials-stale',
    object: 'Secret todo-chatbot-backend-secret',
    notHealed: 'the new value leads to a server without TLS, and has to be put right before a restart',
    undo: [kubectl('delete pod,service plain --now')],
    twin: { scenario: 'database-without-tls' },
  },
  {
    name: 'database server without TLS',
    steps: [
      ...serverWithoutTls,
      databaseUrl('with the name of a server without TLS', (url) => url.replace(/@[^/]+/, '@plain:5432')),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/tls-rejected',
    object: 'Pod',
    undo: [kubectl('delete pod,service plain --now')],
  },
  {
    name: 'kube-proxy whose rules are out of date',
    steps: [
      // Of a pod that has just become ready it could not be told yet.
      waited(readyForLong),
      component('kube-proxy', 'pause'),
      forgetOnePod,
    ],
    symptom: atOnce,
    expect: { fail: ['load-balancing/distribution'] },
    cause: 'service/proxy-broken',
    object: 'Service todo-chatbot-backend',
    // A kube-proxy that starts writes all of its rules.
    undo: [component('kube-proxy', 'kill'), component('kube-proxy', 'start')],
    twin: { scenario: 'one-pod-unserved' },
    alone: true,
  },
];

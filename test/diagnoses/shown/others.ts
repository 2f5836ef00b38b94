/** What shows the causes that need more than one change, or something that cannot be read. */
import {
  together as databaseStates,
  notMeasured,
  climb,
  ladder,
  noService,
  says,
  secretChanged,
  url,
  withVariable,
} from '../../support/database-states.js';
import type { Circumstances } from '../../support/diagnosed.js';
import { POD_NAMES } from '../../support/healthy.js';
import { behindIngress, namesNoService, refusesOrigin } from '../../support/frontend-states.js';
import { uses } from '../../support/memory-states.js';
import {
  ago,
  beside,
  crashed,
  initialising,
  notReady,
  podEvent,
  podOf,
  statusOf,
} from '../../support/pod-states.js';
import { listens, matrix, targetPort, together, unreached } from '../../support/service-states.js';
import type { Shown } from './shown.js';

const CONNECTED = 'INFO:     Database connection established';
const noServer = {
  server: { ok: false, at: ago(0), why: 'unreachable', detail: 'connection refused' },
} as const;
const refused = together(matrix('refused', 'refused', 'refused'), unreached('refused'));
const cold = [{ rung: 'query', error: undefined, detail: '', ms: 4200 } as const];
const warm = [{ rung: 'query', error: undefined, detail: '', ms: 20 } as const];

export const OTHERS: readonly (readonly [...Shown, circumstances?: Circumstances])[] = [
  ['cluster/unreachable', () => undefined, { unread: noServer }],
  [
    'cluster/node-missing',
    (evidence) => {
      notReady(evidence, 0);
      for (const { spec } of evidence.pods.slice(0, 1)) spec.nodeName = 'node-that-was-removed';
    },
  ],
  [
    'cluster/node-not-ready',
    ({ nodes }) => {
      const ready = nodes[0]?.status?.conditions?.find(({ type }) => type === 'Ready');
      Object.assign(ready ?? {}, { status: 'Unknown', message: 'Kubelet stopped posting node status.' });
    },
  ],
  [
    'minikube/stopped',
    ({ minikube }) =>
      Object.assign(minikube, {
        program: 'found',
        driver: 'docker',
        status: {
          ok: true,
          at: ago(1),
          value: { host: 'Stopped', kubelet: 'Stopped', apiServer: 'Stopped', kubeconfig: 'Stopped' },
        },
      }),
    { unread: noServer },
  ],
  [
    'evidence/forbidden',
    () => undefined,
    {
      unread: {
        pods: {
          ok: false,
          at: ago(0),
          why: 'forbidden',
          detail: 'pods is forbidden',
          access: { verb: 'list', group: '', resource: 'pods' },
        },
      },
    },
  ],
  [
    'evidence/unreadable',
    () => undefined,
    { unread: { events: { ok: false, at: ago(0), why: 'timeout', detail: 'events: no answer within 5 s' } } },
  ],
  [
    'rollout/under-way',
    ({ deployment }) => {
      deployment.metadata.generation = 2;
    },
  ],
  [
    'config/stale',
    (evidence) => {
      evidence.environment.variables.push({
        name: 'LOG_LEVEL',
        source: { from: 'ConfigMap', name: 'todo-chatbot-backend-config', key: 'LOG_LEVEL' },
        field: 'envFrom[0]',
        optional: false,
        hides: [],
        length: 4,
        blank: false,
      });
      for (const pod of evidence.drift.pods)
        pod.newerSources.push({
          kind: 'ConfigMap',
          name: 'todo-chatbot-backend-config',
          at: ago(60),
          manager: 'kubectl-edit',
          keys: ['LOG_LEVEL'],
        });
    },
  ],
  [
    'container/sidecar-failing',
    (evidence) => {
      notReady(evidence, 0);
      beside(evidence, 0, 'sidecar', {
        restartCount: 5,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(30) } },
      });
    },
  ],
  ['frontend/wrong-backend', namesNoService],
  ['cors/origin-refused', refusesOrigin],
  [
    'ingress/class-missing',
    behindIngress({ is: 'class', says: 'there is no IngressClass nginx, so no controller takes it' }),
  ],
  [
    'ingress/no-controller',
    behindIngress({ is: 'controller', says: 'no controller has given it an address' }),
  ],
  [
    'ingress/service-missing',
    behindIngress({ is: 'service', says: 'it leads to Service todo, which does not exist' }),
  ],
  [
    'ingress/wrong-port',
    behindIngress({ is: 'port', says: 'it leads to port 9 of the Service, which does not have that port' }),
  ],
  [
    'ingress/wrong-path',
    behindIngress({
      is: 'path',
      says: 'it rewrites every path to /, so that /api/health is never asked for',
    }),
  ],
  [
    'ingress/wrong-host',
    behindIngress({
      is: 'host',
      says: 'it takes requests for todo.local, and not for todo.example.com, which was asked for',
    }),
  ],
  [
    'ingress/tls-secret-missing',
    behindIngress({ is: 'tls', says: 'its TLS Secret todo-tls does not exist' }),
  ],
  [
    'container/init-failing',
    (evidence) => {
      initialising(evidence, 0);
      beside(evidence, 0, 'init', { state: { terminated: { exitCode: 1, reason: 'Error' } } });
    },
  ],
  [
    'container/init-hanging',
    (evidence) => {
      initialising(evidence, 0);
      beside(evidence, 0, 'init', { state: { running: { startedAt: ago(300) } } });
    },
  ],
  [
    'container/idle-command',
    (evidence) => {
      notReady(evidence, 0);
      for (const { spec } of evidence.pods.slice(0, 1))
        for (const container of spec.containers) container.command = ['sleep', 'infinity'];
    },
  ],
  [
    'container/hook-failed',
    (evidence) => {
      crashed(evidence, 0, { exitCode: 137 });
      const event = podEvent(evidence, 0, 'FailedPostStartHook', 'PostStartHook failed');
      event.involvedObject.fieldPath = 'spec.containers{backend}';
    },
  ],
  [
    'db/url-missing',
    ({ secret }) => {
      secret.keys = secret.keys.filter(({ key }) => key !== 'DATABASE_URL');
      secret.databaseUrl = undefined;
    },
  ],
  [
    'db/url-hardcoded',
    ({ deployment }) => {
      const [container] = deployment.spec.template.spec.containers;
      if (container) container.env = [{ name: 'DATABASE_URL', value: '(value hidden, 78 characters)' }];
    },
  ],
  ['db/url-whitespace', databaseStates(url('url-whitespace'))],
  [
    'db/credentials-stale',
    databaseStates(
      ladder(
        [climb('login', 'server', 'password authentication failed for user "todo"', '28P01')],
        POD_NAMES,
        false,
      ),
      secretChanged,
    ),
  ],
  [
    'db/dns-failure',
    databaseStates(ladder([climb('dns', 'resolver', 'Temporary failure in name resolution')]), noService),
  ],
  ['db/waking', ladder([cold, warm].map((rungs) => [...rungs]))],
  ['db/schema-missing', says(CONNECTED, '(psycopg.errors.UndefinedTable) relation "tasks" does not exist')],
  ['db/read-only', says(CONNECTED, 'ERROR:    app: cannot execute INSERT in a read-only transaction')],
  [
    'db/transaction-aborted',
    says(
      CONNECTED,
      'sqlalchemy.exc.InternalError: (psycopg.errors.InFailedSqlTransaction) current transaction is aborted, commands ignored until end of transaction block',
    ),
  ],
  ['db/permission-denied', says(CONNECTED, 'ERROR:    app: permission denied for table tasks')],
  ['db/not-accepting', says('FATAL:  database "todo" is not currently accepting connections')],
  [
    'db/client-variable',
    databaseStates(
      says('ERROR:    app: connection to server at "10.9.9.9", port 5432 failed: Connection refused'),
      withVariable('PGHOSTADDR', '10.9.9.9'),
      notMeasured,
    ),
  ],
  [
    'db/other-variable',
    databaseStates(
      ({ environment, secret }) => {
        const shared = { field: 'env[0]', optional: false, hides: [], length: 20, blank: false };
        const own = { from: 'Secret' as const, name: 'todo-chatbot-backend-secret', key: 'DATABASE_URL' };
        environment.variables = [
          { ...shared, name: 'DATABASE_URL', source: own },
          { ...shared, name: 'POSTGRES_URL', source: { from: 'Secret', name: 'pg', key: 'url' } },
        ];
        environment.databaseUrl = secret.databaseUrl;
      },
      says('ERROR:    app: could not translate host name "db-old" to address: Name or service not known'),
      notMeasured,
    ),
  ],
  ['db/parameter-refused', says('FATAL:  unrecognized configuration parameter "statement_timeut"')],
  [
    'db/disk-full',
    says(CONNECTED, 'ERROR:    app: could not extend file "base/1/2": No space left on device'),
  ],
  ['db/statement-cancelled', says(CONNECTED, 'ERROR:    app: canceling statement due to lock timeout')],
  ['db/sqlite', says('sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: tasks')],
  [
    'db/other',
    databaseStates(
      says(CONNECTED, 'ERROR:    app.db: (psycopg.errors.ConfigFileError) what no version has said yet'),
      notMeasured,
    ),
  ],
  [
    'db/pool-exhausted',
    says(CONNECTED, 'ERROR:    todo.database: QueuePool limit of size 5 overflow 10 reached, timeout 30.00'),
  ],
  [
    'service/missing',
    together(unreached('refused'), (evidence) => {
      evidence.service = undefined as never;
      evidence.endpoints.addresses = [];
    }),
  ],
  [
    'service/no-ready-endpoints',
    together(unreached('refused'), (evidence) => {
      for (const index of [0, 1]) notReady(evidence, index);
    }),
  ],
  ['service/target-port-mismatch', together(listens('0.0.0.0', 8000), targetPort(8080), refused)],
  ['service/application-port', together(listens('0.0.0.0', 8080), refused)],
  ['service/bound-to-loopback', together(listens('127.0.0.1', 8000), refused)],
  ['service/http-error', ({ docs }) => Object.assign(docs, { status: 404 })],
  [
    'health/database-down',
    ({ health }) => {
      health.json = { status: 'unhealthy', database: 'disconnected' };
    },
  ],
  [
    'helm/selector-immutable',
    ({ release }) => {
      release.revisions = [
        { revision: 2, status: 'failed' },
        { revision: 1, status: 'deployed' },
      ];
      release.description =
        'cannot patch "todo-chatbot-backend" with kind Deployment: spec.selector: Invalid value: {}: field is immutable';
    },
  ],
  [
    'pods/resize-pending',
    (evidence) => {
      const message = "Node didn't have enough capacity: cpu, requested: 500000, capacity: 2000";
      const resized = { type: 'PodResizePending', status: 'True', reason: 'Infeasible', message };
      podOf(evidence).status.conditions?.push(resized);
      const given = { cpu: '100m', memory: '64Mi' };
      Object.assign(statusOf(evidence), { resources: { limits: given, requests: given } });
    },
  ],
  [
    'health/database-replaced',
    ({ health }) => {
      health.json = { status: 'healthy', database: 'mocked' };
    },
  ],
  [
    'health/flapping',
    (evidence) => {
      podEvent(evidence, 0, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
        count: 14,
        secondsAgo: 90,
      });
      const ready = podOf(evidence).status.conditions?.find(({ type }) => type === 'Ready');
      if (ready) ready.lastTransitionTime = ago(60);
    },
  ],
  [
    'memory/pool-too-large',
    (evidence) => {
      for (const index of [0, 1]) uses(900, index)(evidence);
      evidence.configMap.data = { ...evidence.configMap.data, DATABASE_POOL_SIZE: '60' };
    },
  ],
];

/** Containers that start, and then crash, hang, or are not what the contract says. */
import { BACKEND, UNHEALTHY_FILE } from '../stage.js';
import {
  atOnce,
  crashed,
  databaseUrl,
  deletePod,
  environment,
  execInPod,
  kubectl,
  rolledOut,
  runningSeconds,
  secretKey,
  upgrade,
  type Fault,
  type Symptom,
} from './fault.js';
import { CRASHING, NEEDS_ANSWER, noPods, removed } from './tools.js';

/** Not ready again yet: one that is has to be restarted once more. */
const restarted: Symptom = {
  shown: 'a pod was restarted, its log begins again, and it is not ready',
  within: 180,
  seen: async (stage) => {
    const pods = await stage.pods();
    const pod = pods.find(({ status }) => {
      const [container] = status.containerStatuses ?? [];
      return container !== undefined && container.restartCount > 0 && !container.ready;
    });
    return pod !== undefined && (await stage.kubectl(['logs', pod.metadata.name])).includes('Starting in');
  },
};
/** Killed at least twice, and in its third run for long enough that growth shows. */
const grownAgain: Symptom = {
  shown: 'a pod was restarted twice, has run for 25 s again, and all are ready',
  within: 400,
  seen: async (stage) =>
    (await stage.isRolledOut()) &&
    (await stage.pods()).some((pod) => {
      const [container] = pod.status.containerStatuses ?? [];
      return (container?.restartCount ?? 0) > 1 && runningSeconds(pod) > 25 && runningSeconds(pod) < 35;
    }),
};
/** One more than its threshold of the contract: until then the pod may still be starting. */
export const probeFails: Symptom = {
  shown: 'five failures of a readiness probe',
  within: 120,
  seen: async (stage) =>
    (await stage.events()).some(
      ({ reason, message, count = 1 }) =>
        reason === 'Unhealthy' && message.startsWith('Readiness probe') && count >= 5,
    ),
};

/** What fails or is blocked as long as a pod of the newest revision is not ready. */
const NEEDS_READY_PODS = [
  'deployment/rollout-complete',
  'pods/as-contracted',
  'pods/ready',
  'pods/same-revision',
  'load-balancing/distribution',
  'load-balancing/endpoints',
];

export const RUNNING: Fault[] = [
  {
    name: 'crash at import',
    steps: [environment('FAULT_IMPORT', '1')],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/import-error',
    object: 'Pod',
    twin: { scenario: 'crash-loop' },
  },
  {
    name: 'application module that does not exist',
    steps: [environment('UVICORN_APP', 'app.missing:app')],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/import-error',
    object: 'Pod',
  },
  {
    name: 'exception while starting',
    steps: [environment('FAULT_CRASH_AT_START', '1')],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/startup-exception',
    object: 'Pod',
  },
  {
    name: 'process that ends without an error',
    steps: [environment('FAULT_EXIT_AT_START', '1')],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/exits-cleanly',
    object: 'Pod',
  },
  {
    name: 'command that does not exist',
    steps: [
      kubectl(
        `patch deployment ${BACKEND} --type=json -p=[{"op":"add","path":"/spec/template/spec/containers/0/command","value":["todo-server"]}]`,
      ),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'crash/command-not-found',
    object: 'Pod',
    undo: [
      kubectl(
        // Healed, it has none any more.
        `patch deployment ${BACKEND} -p {"spec":{"template":{"spec":{"containers":[{"name":"backend","command":null}]}}}}`,
      ),
    ],
  },
  {
    name: 'key of the Secret missing',
    steps: [secretKey('BETTER_AUTH_SECRET', null, 'removed'), deletePod],
    symptom: crashed,
    expect: { fail: ['config/secret', ...CRASHING] },
    cause: 'crash/missing-environment',
    object: 'Pod',
  },
  {
    name: 'out of memory at the start',
    steps: [environment('FAULT_MEMORY_AT_START_MIB', '1500')],
    symptom: crashed,
    expect: { fail: ['pods/no-oom', ...CRASHING] },
    cause: 'memory/oom-killed',
    object: 'Pod',
    notHealed: 'it takes more than what was seen of it before it was killed',
  },
  {
    name: 'memory that leaks',
    steps: [environment('FAULT_MEMORY_GROWTH_MIB_PER_MINUTE', '1200')],
    symptom: grownAgain,
    expect: { fail: ['pods/no-oom', 'pods/restarts'] },
    cause: 'memory/leak',
    object: 'Pod',
    notHealed: 'a larger limit makes it last longer, as it says',
    twin: { scenario: 'oom-killed', differs: { 'pods/restarts': 'there it was minutes ago, and once' } },
  },
  {
    name: 'liveness path that does not exist',
    steps: [upgrade('backend.livenessProbe.path=/healthz')],
    symptom: restarted,
    expect: {
      fail: ['deployment/liveness-probe', 'deployment/rollout-complete', 'pods/ready', 'pods/restarts'],
    },
    cause: 'health/wrong-path',
    object: 'Pod',
    twin: {
      scenario: 'liveness-path-wrong',
      differs: Object.fromEntries(
        NEEDS_READY_PODS.map((id) => [
          id,
          'there both pods are ready again; here one is asked for while it starts',
        ]),
      ),
    },
  },
  {
    name: 'readiness port that nothing listens on',
    steps: [upgrade('backend.readinessProbe.port=9000')],
    symptom: probeFails,
    expect: { fail: ['deployment/readiness-probe', 'deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/wrong-port',
    object: 'Pod',
    twin: {
      scenario: 'readiness-port-wrong',
      differs: Object.fromEntries(
        NEEDS_ANSWER.map((id) => [
          id,
          'there no pod was ever ready; here it is an upgrade, and the old pods go on answering',
        ]),
      ),
    },
  },
  {
    name: 'start that takes longer than the probes allow',
    steps: [environment('FAULT_START_DELAY_SECONDS', '75')],
    symptom: restarted,
    expect: {
      fail: ['deployment/rollout-complete', 'functional/database-logs', 'pods/ready', 'pods/restarts'],
      // It does not end when it is asked to, so it is killed: by whom, its status does not say.
      warn: ['pods/no-oom'],
    },
    cause: 'health/not-listening-yet',
    object: 'Pod',
    fixWrites: /\/startupProbe\//,
    healsWithin: 300,
    undo: [noPods, removed],
  },
  {
    name: 'health endpoint slower than the probe’s timeout',
    steps: [environment('FAULT_SLOW_HEALTH_SECONDS', '7')],
    symptom: probeFails,
    expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/too-slow',
    object: 'Pod',
    notHealed: 'the probes wait longer then, and the endpoint stays as slow',
  },
  {
    name: 'health endpoint slow, though quicker than the probe’s timeout',
    steps: [environment('FAULT_SLOW_HEALTH_SECONDS', '4')],
    symptom: rolledOut,
    expect: { warn: ['functional/health-latency'] },
    cause: 'health/too-slow',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'slow-health' },
  },
  {
    name: 'health endpoint behind a token',
    steps: [environment('FAULT_HEALTH_NEEDS_TOKEN', '1')],
    symptom: probeFails,
    expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/auth-required',
    object: 'Pod',
  },
  {
    name: 'application listens on the loopback only',
    steps: [environment('UVICORN_HOST', '127.0.0.1')],
    symptom: probeFails,
    expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/bound-to-loopback',
    object: 'Pod',
  },
  {
    name: 'application listens on another port',
    steps: [environment('UVICORN_PORT', '8001')],
    symptom: probeFails,
    expect: { fail: ['deployment/rollout-complete', 'pods/ready'] },
    cause: 'health/wrong-port',
    object: 'Pod',
  },
  {
    // The contract's probes ask the same endpoint, so a pod that is not ready for long is restarted, too.
    name: 'one of two pods unhealthy',
    steps: [execInPod('touch', UNHEALTHY_FILE)],
    symptom: restarted,
    expect: { fail: ['deployment/rollout-complete', 'pods/ready', 'pods/restarts'] },
    cause: 'health/server-error',
    object: 'Pod',
    twin: {
      scenario: 'pod-not-ready',
      differs: { 'pods/restarts': 'the lab has no kubelet that acts on the liveness probe' },
    },
  },
  {
    name: 'tasks served to anybody',
    steps: [environment('FAULT_OPEN_TASKS', '1')],
    symptom: rolledOut,
    expect: { fail: ['functional/auth-required'] },
    cause: 'service/http-error',
    object: 'Service todo-chatbot-backend',
    twin: { scenario: 'auth-bypass' },
  },
  {
    name: 'wrong database password',
    steps: [databaseUrl('with another password', (url) => url.replace(/:[^:@/]+@/, ':not-the-password@'))],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/authentication-failed',
    object: 'Pod',
  },
  {
    name: 'database that does not exist',
    steps: [databaseUrl('with another database', (url) => url.replace(/\/[^/?]+\?/, '/todos?'))],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/database-missing',
    object: 'Pod',
  },
  {
    name: 'database host that does not exist',
    steps: [
      databaseUrl('with another host', (url) => url.replace(/@[^:/]+/, '@ep-tset-pooler.local.neon.test')),
    ],
    symptom: crashed,
    expect: { fail: CRASHING },
    cause: 'db/dns-wrong-host',
    object: 'Pod',
  },
  {
    name: 'database port that is closed',
    steps: [databaseUrl('with another port', (url) => url.replace(/:5432\b/, ':5433'))],
    symptom: crashed,
    expect: { fail: CRASHING, warn: ['config/database-url'] },
    cause: 'db/connection-refused',
    object: 'Pod',
  },
  {
    name: 'database URL without TLS against a server that demands it',
    steps: [databaseUrl('with sslmode=disable', (url) => url.replace('sslmode=require', 'sslmode=disable'))],
    symptom: crashed,
    expect: { fail: ['config/database-url', ...CRASHING] },
    cause: 'db/tls-required',
    object: 'Pod',
  },
  {
    name: 'database URL without sslmode',
    steps: [
      secretKey(
        'DATABASE_URL',
        'postgresql://u:p4ssw0rd@ep-test-pooler.local.neon.test:5432/todo',
        'without sslmode',
      ),
    ],
    symptom: atOnce,
    expect: { fail: ['config/database-url'] },
    cause: 'db/sslmode-missing',
    object: 'Secret todo-chatbot-backend-secret',
    twin: { scenario: 'sslmode-prefer' },
  },
  {
    name: 'database URL that ends with a newline',
    // The driver of the example forgives it; others take it for a part of the last value.
    steps: [databaseUrl('with a newline at its end', (url) => `${url}\n`)],
    symptom: rolledOut,
    expect: { fail: ['config/database-url'] },
    cause: 'db/url-whitespace',
    object: 'Secret todo-chatbot-backend-secret',
    twin: { scenario: 'database-url-newline' },
  },
  {
    name: 'database URL in quotes',
    steps: [databaseUrl('in quotes', (url) => `"${url}"`)],
    symptom: crashed,
    expect: { fail: ['config/database-url', ...CRASHING] },
    cause: 'db/url-quoted',
    object: 'Secret todo-chatbot-backend-secret',
  },
  {
    name: 'Secret changed, pods not restarted',
    steps: [
      secretKey(
        'DATABASE_URL',
        'postgresql://todo_owner:changed@ep-test-pooler.local.neon.test:5432/todo?sslmode=require',
        'with another password',
      ),
    ],
    symptom: atOnce,
    expect: {},
    notHealed: 'the new password is wrong',
    cause: 'db/credentials-stale',
    object: 'Secret todo-chatbot-backend-secret',
  },
];

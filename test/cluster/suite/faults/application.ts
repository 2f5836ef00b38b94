/** Applications that are started wrongly, end by themselves, or listen where nobody asks: as strangers to the contract do it. */
import { container, CRASHING, removed, waited } from './tools.js';
import { apply, crashed, environment, kubectl, rolledOut, upgrade, type Fault, type Step } from './fault.js';
import { probeFails } from './running.js';

const PYTHON = ['python3', '-c'];
const UVICORN = ['python3', '-m', 'uvicorn', 'app.main:app'];

const command = (shown: string, ...words: string[]): Step =>
  container(`command: ${shown}`, { command: words });

const shell = (line: string): Step => command(line, 'sh', '-c', line);

interface Crash {
  name: string;
  step: Step;
  cause: string;
  says?: readonly string[];
  notHealed?: string;
}

/** A container that ends again and again. */
const crashes: readonly Crash[] = [
  {
    name: 'driver that is not in the image',
    step: command('python3, import psycopg2', ...PYTHON, 'import psycopg2'),
    cause: 'crash/import-error',
    says: ['psycopg2'],
  },
  {
    name: 'name that a module does not have',
    step: command('python3, from app.settings import Setings', ...PYTHON, 'from app.settings import Setings'),
    cause: 'crash/import-error',
    says: ['Setings'],
  },
  {
    name: 'application of another name in its module',
    step: environment('UVICORN_APP', 'app.main:application'),
    cause: 'crash/import-error',
    says: ['application'],
  },
  {
    name: 'working directory without the application',
    step: container('workingDir: /tmp', { workingDir: '/tmp', command: UVICORN }),
    cause: 'crash/import-error',
    says: ["'app'", '/tmp'],
  },
  {
    name: 'server that is not in the image',
    step: command('python3 -m gunicorn app.main:app', 'python3', '-m', 'gunicorn', 'app.main:app'),
    cause: 'crash/import-error',
    says: ['gunicorn'],
  },
  {
    name: 'option that uvicorn does not have',
    step: command('uvicorn --prot 8000', ...UVICORN, '--prot', '8000'),
    cause: 'crash/bad-arguments',
    says: ['--prot'],
  },
  {
    name: 'port that Kubernetes’ service links have given a value of theirs',
    step: environment('UVICORN_PORT', 'tcp://10.96.114.7:8000'),
    cause: 'crash/bad-arguments',
    says: ['enableServiceLinks'],
  },
  {
    name: 'environment variable with a word for a number',
    step: environment('DATABASE_POOL_SIZE', 'ten'),
    cause: 'crash/settings-invalid',
    says: ['DATABASE_POOL_SIZE'],
  },
  {
    name: 'process that is ended by a fault of memory',
    step: command('python3, a signal 11 to itself', ...PYTHON, 'import ctypes; ctypes.string_at(0)'),
    cause: 'crash/signal',
    says: ['SIGSEGV'],
  },
  {
    name: 'process that aborts itself',
    step: command('python3, os.abort()', ...PYTHON, 'import os; os.abort()'),
    cause: 'crash/signal',
    // The first process of a container gets no signal of its own by default: what comes in its place is the kernel's.
    says: ['SIG'],
  },
  {
    name: 'process that meets an instruction that it does not know',
    step: shell("(kill -s ILL $(sh -c 'echo $PPID')) ; exit 132"),
    cause: 'crash/signal',
    says: ['SIGILL'],
  },
  {
    name: 'process that ends without a word',
    step: shell('exit 1'),
    cause: 'crash/startup-exception',
    says: ['it wrote nothing before'],
  },
  {
    name: 'command that does its work and ends',
    step: command('python3, print("migrated")', ...PYTHON, 'print("migrated")'),
    cause: 'crash/exits-cleanly',
  },
  {
    name: 'revision of the database that the image does not know',
    step: shell("echo \"FAILED: Can't locate revision identified by '9f3c1b2a77d0'\" >&2; exit 255"),
    cause: 'crash/migration-failed',
    says: ['9f3c1b2a77d0'],
  },
  {
    name: 'migrations with two heads',
    step: shell(
      'echo "FAILED: Multiple head revisions are present for given argument \'head\'; please specify a specific target revision" >&2; exit 255',
    ),
    cause: 'crash/migration-failed',
    says: ['Multiple head revisions'],
  },
  {
    name: 'key that a client library asks for',
    step: command(
      'python3, a client without its key',
      ...PYTHON,
      'raise RuntimeError("The api_key client option must be set either by passing api_key to the client or by setting the OPENAI_API_KEY environment variable")',
    ),
    cause: 'crash/missing-environment',
    says: ['OPENAI_API_KEY'],
  },
  {
    name: 'variable that os.environ does not have',
    step: command('python3, os.environ["JWT_SECRET"]', ...PYTHON, 'import os; os.environ["JWT_SECRET"]'),
    cause: 'crash/missing-environment',
    says: ['JWT_SECRET'],
  },
  {
    name: 'directory that the user may not write to',
    step: command('python3, os.mkdir("/data")', ...PYTHON, 'import os; os.mkdir("/data")'),
    cause: 'crash/permission-denied',
    says: ['/data', '1001'],
  },
  {
    name: 'command that is a directory',
    step: command('/tmp', '/tmp'),
    cause: 'crash/command-not-found',
    says: ['/tmp'],
  },
  {
    name: 'whole line as one word of the command',
    step: command('"python3 -m uvicorn" as one word', 'python3 -m uvicorn app.main:app'),
    cause: 'crash/command-not-found',
    says: ['python3 -m uvicorn app.main:app'],
  },
  {
    name: 'working directory that does not exist',
    // The runtime makes it.
    step: container('workingDir: /srv/none/app', { workingDir: '/srv/none/app' }),
    cause: 'crash/import-error',
    says: ["'app'", '/srv/none/app'],
  },
  {
    name: 'shell script with the line ends of Windows',
    step: scripted('#!/bin/bash\r\nexec python3 -m uvicorn\r\n', 0o755),
    cause: 'crash/crlf-script',
  },
  {
    name: 'shell script that may not be executed',
    step: scripted('#!/bin/sh\nexec python3 -m uvicorn\n', 0o644),
    cause: 'crash/command-not-found',
    says: ['/scripts/start.sh', 'permission denied'],
  },
  {
    name: 'log level that Python does not know',
    step: upgrade('backend.env.LOG_LEVEL=VERBOSE'),
    cause: 'crash/settings-invalid',
    says: ['VERBOSE'],
  },
  {
    name: 'syntax error in the application',
    step: command('python3, def broken(', ...PYTHON, 'def broken('),
    cause: 'crash/startup-exception',
    says: ['SyntaxError'],
  },
  {
    name: 'port 80, which is root’s',
    step: environment('UVICORN_PORT', '80'),
    cause: 'crash/permission-denied',
    says: ['port 80', '1001'],
  },
  {
    name: 'port that is not the user’s to take, and taken',
    step: shell('python3 -m http.server 8000 >/dev/null 2>&1 & sleep 2; exec python3 -m uvicorn --workers 1'),
    cause: 'crash/port-in-use',
  },
];

function scripted(script: string, mode: number): Step {
  const map = apply('a ConfigMap with the script', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'scripts' },
    data: { 'start.sh': script },
  });
  const patch = container(
    `command: /scripts/start.sh, from a ConfigMap with mode 0${mode.toString(8)}`,
    { command: ['/scripts/start.sh'], volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }] },
    { volumes: [{ name: 'scripts', configMap: { name: 'scripts', defaultMode: mode } }] },
  );
  return {
    shown: `${map.shown}; ${patch.shown}`,
    run: async (stage) => {
      await map.run(stage);
      await patch.run(stage);
    },
  };
}

const withoutScripts = kubectl('delete configmap scripts --ignore-not-found');

/** What fails besides, by name. */
const ALSO: Record<string, string[]> = {
  'log level that Python does not know': ['config/log-level-value'],
};

const DOES_NOT_LISTEN = ['deployment/rollout-complete', 'pods/ready'];

/** Serves something on port 8000 that is not the application. */
const serving = (program: string) => command('python3, another server', ...PYTHON, program);

const REDIRECTING = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(307)
        self.send_header("Location", "https://%s%s" % (self.headers["Host"], self.path))
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
`;

const listening: Fault[] = [
  {
    name: 'argument that binds the loopback',
    steps: [command('uvicorn --host 127.0.0.1', ...UVICORN, '--host', '127.0.0.1', '--port', '8000')],
    symptom: probeFails,
    expect: { fail: DOES_NOT_LISTEN },
    cause: 'health/bound-to-loopback',
    object: 'Pod',
    undo: [removed],
  },
  {
    name: 'shell line that binds localhost',
    steps: [shell('exec python3 -m uvicorn app.main:app --host=localhost --port 8000')],
    symptom: probeFails,
    expect: { fail: DOES_NOT_LISTEN },
    cause: 'health/bound-to-loopback',
    object: 'Pod',
    undo: [removed],
  },
  {
    name: 'argument with another port',
    steps: [command('uvicorn --port 8080', ...UVICORN, '--host', '0.0.0.0', '--port', '8080')],
    symptom: probeFails,
    expect: { fail: DOES_NOT_LISTEN },
    cause: 'health/wrong-port',
    object: 'Pod',
    says: ['8080'],
    undo: [removed],
  },
  {
    name: 'application that listens on a socket of the file system',
    steps: [command('uvicorn --uds /tmp/todo.sock', ...UVICORN, '--uds', '/tmp/todo.sock')],
    symptom: probeFails,
    expect: { fail: DOES_NOT_LISTEN },
    cause: 'health/wrong-port',
    object: 'Pod',
    says: ['/tmp/todo.sock'],
    undo: [removed],
  },
  {
    name: 'command that never listens',
    steps: [command('sleep', ...PYTHON, 'import time; time.sleep(9999)')],
    symptom: probeFails,
    expect: { fail: DOES_NOT_LISTEN, unknown: ['functional/database-logs'] },
    cause: 'health/not-listening-yet',
    object: 'Pod',
    undo: [removed],
    notHealed: 'the command never listens: more time does not help',
  },
  {
    name: 'another application in the container',
    steps: [command('python3 -m http.server 8000', 'python3', '-m', 'http.server', '8000')],
    symptom: probeFails,
    expect: { fail: [...DOES_NOT_LISTEN, 'functional/database-logs'] },
    cause: 'health/wrong-path',
    object: 'Pod',
    says: ['404'],
    undo: [removed],
  },
  {
    name: 'application that sends everybody to https',
    steps: [serving(REDIRECTING)],
    symptom: probeFails,
    expect: { fail: [...DOES_NOT_LISTEN, 'functional/database-logs'] },
    cause: 'health/redirected-to-https',
    object: 'Pod',
    undo: [removed],
  },
  {
    name: 'readiness probe by https',
    steps: [
      container('readinessProbe with scheme HTTPS', { readinessProbe: { httpGet: { scheme: 'HTTPS' } } }),
    ],
    symptom: probeFails,
    expect: { fail: ['deployment/readiness-probe', ...DOES_NOT_LISTEN] },
    cause: 'health/wrong-scheme',
    object: 'Pod',
    says: ['HTTPS'],
    undo: [removed],
  },
  {
    name: 'both probes at a path that does not exist',
    steps: [upgrade('backend.livenessProbe.path=/healthz', 'backend.readinessProbe.path=/healthz')],
    symptom: probeFails,
    expect: { fail: ['deployment/liveness-probe', 'deployment/readiness-probe', ...DOES_NOT_LISTEN] },
    cause: 'health/wrong-path',
    object: 'Pod',
    says: ['/healthz'],
  },
  {
    name: 'both probes at a port that nothing listens on',
    steps: [upgrade('backend.livenessProbe.port=8080', 'backend.readinessProbe.port=8080')],
    symptom: probeFails,
    expect: { fail: ['deployment/liveness-probe', 'deployment/readiness-probe', ...DOES_NOT_LISTEN] },
    cause: 'health/wrong-port',
    object: 'Pod',
    says: ['8080'],
  },
  {
    name: 'startup probe at a path that does not exist',
    steps: [
      upgrade(
        'backend.startupProbe.httpGet.path=/startup',
        'backend.startupProbe.httpGet.port=8000',
        'backend.startupProbe.periodSeconds=2',
        'backend.startupProbe.failureThreshold=30',
      ),
    ],
    symptom: {
      shown: 'five failures of a startup probe',
      within: 90,
      seen: async (stage) =>
        (await stage.events()).some(
          ({ message, count = 1 }) => message.startsWith('Startup probe failed') && count >= 5,
        ),
    },
    expect: { fail: DOES_NOT_LISTEN },
    cause: 'health/wrong-path',
    object: 'Pod',
    says: ['/startup'],
  },
  {
    name: 'readiness probe that is a command, which fails',
    steps: [
      container('readinessProbe: cat /tmp/ready', {
        readinessProbe: { httpGet: null, exec: { command: ['cat', '/tmp/ready'] } },
      }),
    ],
    symptom: probeFails,
    expect: { fail: ['deployment/readiness-probe', ...DOES_NOT_LISTEN] },
    cause: 'health/command-fails',
    object: 'Pod',
    says: ['/tmp/ready'],
    undo: [removed],
  },
  {
    name: 'timeouts of both probes shorter than the endpoint takes',
    steps: [
      environment('FAULT_SLOW_HEALTH_SECONDS', '2.5'),
      container('timeoutSeconds 1 of both probes', {
        livenessProbe: { timeoutSeconds: 1 },
        readinessProbe: { timeoutSeconds: 1 },
      }),
    ],
    symptom: probeFails,
    expect: {
      fail: ['deployment/liveness-probe', 'deployment/readiness-probe', ...DOES_NOT_LISTEN],
    },
    cause: 'health/too-slow',
    object: 'Pod',
  },
  {
    name: 'two workers, which the contract’s memory carries',
    steps: [environment('UVICORN_WORKERS', '2'), waited(rolledOut)],
    symptom: rolledOut,
    expect: {},
    cause: null,
  },
  {
    name: 'log level ERROR, which the contract allows',
    steps: [upgrade('backend.env.LOG_LEVEL=ERROR')],
    symptom: rolledOut,
    // The values that were meant say INFO.
    expect: { fail: ['config/log-level-value'] },
    cause: null,
  },
];

export const APPLICATION: Fault[] = [
  ...crashes.map(({ name, step, cause, says, notHealed }): Fault => ({
    name,
    steps: [step],
    symptom: crashed,
    expect: { fail: [...(ALSO[name] ?? []), ...CRASHING] },
    cause,
    object: 'Pod',
    ...(says && { says }),
    ...(notHealed !== undefined && { notHealed }),
    undo: [removed, withoutScripts],
  })),
  ...listening,
];

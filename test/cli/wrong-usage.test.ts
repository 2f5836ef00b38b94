/** The shipped program, used wrongly: three lines that say what was meant, exit code 2, nothing on stdout. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildIfStale, start } from '../faults/support/program.js';

beforeAll(() => buildIfStale(), 120_000);

const typed = (line: string) => start(line.split(' ')).ended;

test.each([
  ['verify --wach', 'unknown flag --wach. Did you mean --watch?'],
  ['verify --nope', 'unknown flag --nope'],
  ['verify --no-exce', 'unknown flag --no-exce. Did you mean --no-exec?'],
  ['verify --name=todo', 'unknown flag --name. Did you mean --namespace?'],
  ['verify --kube-context minikube', 'unknown flag --kube-context. Did you mean --context?'],
  ['verify --json', 'unknown flag --json. Did you mean -o json?'],
  ['doctor -N todo', 'unknown flag -N. Did you mean -n (--namespace)?'],
  ['verify --concurrency 5', 'unknown flag --concurrency. It is a flag of todo-k8s loadbalance'],
  ['verify -n', '--namespace needs a value'],
  [
    'verify --via nodport',
    "--via: 'nodport' is none of nodeport, proxy, port-forward. Did you mean nodeport?",
  ],
  ['loadbalance --requests many', '--requests: expected an integer but received: many'],
  ['verify --pseudonymize', '--pseudonymize needs --record'],
  ['verify --watch --wait=5s', '--wait and --watch cannot be used together'],
  ['verify crash-loop', 'unexpected argument crash-loop. Did you mean --lab=crash-loop?'],
  ['verify todo-chatbot', 'unexpected argument todo-chatbot. Did you mean --release todo-chatbot?'],
  ['diff a.tgz b.tgz c.tgz', 'unexpected argument c.tgz'],
  ['checks explain', '<id> is missing: id of a check or cause, as in checks list'],
  ['doctor pod', 'unknown command doctor pod. Did you mean doctor pods?'],
  ['checks lst', 'unknown command checks lst. Did you mean checks list?'],
  ['chek list', 'unknown command chek list. Did you mean checks list?'],
  ['verfy -n todo', 'unknown command verfy. Did you mean verify?'],
  ['diagnose', 'unknown command diagnose. Did you mean doctor?'],
  ['volcano', 'unknown command volcano'],
  ['constructor', 'unknown command constructor'],
  ['help --nope', 'unknown flag --nope'],
  ['help --valueOf', 'unknown flag --valueOf'],
  ['help verify --constructor', 'unknown flag --constructor'],
  ['version --nope', 'unknown flag --nope'],
  ['--version --json=secret', 'unknown flag --json'],
  ['checks --nope', 'unknown flag --nope'],
  ['checks --hlep', 'unknown flag --hlep. Did you mean --help?'],
  ['checks --toString', 'unknown flag --toString'],
  ['contract --nope=1', 'unknown flag --nope'],
  ['contract -x show', 'unknown flag -x'],
  // Words that each object of JavaScript has.
  ['verify --constructor', 'unknown flag --constructor'],
  ['doctor --toString=1', 'unknown flag --toString'],
  ['checks list --hasOwnProperty', 'unknown flag --hasOwnProperty'],
  ['loadbalance --lab=healthy --__proto__ -q', 'unknown flag --__proto__'],
  ['-n todo verify', 'unknown flag -n. Flags stand behind the command: todo-k8s verify -n'],
  ['--bogus', 'unknown flag --bogus'],
])('todo-k8s %s', async (line, message) => {
  const { exitCode, stdout, stderr } = await typed(line);
  const [first, usage, help, ...more] = stderr.split('\n');
  expect({ exitCode, stdout, first }).toEqual({ exitCode: 2, stdout: '', first: `todo-k8s: ${message}` });
  expect(usage).toMatch(/^Usage: todo-k8s /);
  expect(help).toMatch(/^See: todo-k8s .*--help$/);
  expect(more).toEqual(['']);
});

test.each([
  ['checks --help'],
  ['doctor --help'],
  ['--help'],
  ['help'],
  ['help --nested-commands'],
  ['checks'],
  ['contract -h'],
])('todo-k8s %s, as recommended, is there', async (line) => {
  expect(await typed(line)).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringContaining('USAGE'),
  });
});

test('a value that may be secret is not repeated', async () => {
  const { stderr } = await typed('loadbalance --via=proxy --url=http://admin:hunter2@backend');
  const { stderr: unknown } = await typed('verify --password=hunter2');
  expect(stderr + unknown).not.toContain('hunter2');
});

describe('what is no mistake', () => {
  test.each([['verify -h'], ['-h'], ['lab list -h'], ['checks explain -h'], ['doctor pods --watch -h']])(
    'todo-k8s %s: help on stdout',
    async (line) => {
      const { exitCode, stdout, stderr } = await typed(line);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('USAGE');
    },
  );

  test.each([['-V'], ['version'], ['--version']])('todo-k8s %s: the version on stdout', async (line) => {
    const { exitCode, stdout, stderr } = await typed(line);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^todo-k8s\/\d+\.\d+\.\d+ /);
  });

  test.each([
    ['verify --lab sslmode-prefer -o json --only config/database-url', 1],
    ['verify -o json --only config/database-url --lab', 0],
    ['verify --lab -o json --only config/database-url', 0],
  ])('todo-k8s %s', async (line, code) => {
    const { exitCode, stdout } = await typed(line);
    expect(exitCode).toBe(code);
    expect(JSON.parse(stdout)).toMatchObject({ target: { context: 'todo-k8s-lab' } });
  });
});

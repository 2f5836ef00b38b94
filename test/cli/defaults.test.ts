/** What flags are when they are not given: who may say it, who wins, and what a stranger's folder may not say. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { asArguments, defaultsFor, strayVariables } from '../../src/cli/defaults.js';
import Collect from '../../src/commands/collect.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { verify } from '../faults/support/verify.js';

const here = process.cwd();
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'todo-k8s-defaults-')));
let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterEach(() => {
  process.chdir(here);
  rmSync(path.join(folder, 'todo-k8s.yaml'), { force: true });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await lab.close();
});

const write = (text: string) => writeFileSync(path.join(folder, 'todo-k8s.yaml'), text);
const FLAGS = { ...Verify.baseFlags, ...Verify.flags };

async function given(argv: string[], env: Record<string, string> = {}, flags: object = FLAGS, id = 'verify') {
  const called = { id, argv, flags: flags as typeof FLAGS };
  const defaults = await defaultsFor(called, env, folder);
  return { defaults, argv: asArguments(defaults, called.flags) };
}

/** Runs in the folder with these variables, and nothing else of them stays. */
async function inFolder(env: Record<string, string>, ...argv: string[]) {
  process.chdir(folder);
  Object.assign(process.env, env);
  try {
    return await verify(...argv);
  } finally {
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
  }
}

describe('precedence', () => {
  test('a flag, else a variable, else the file', async () => {
    write('defaults:\n  namespace: file\n  release: file\n');
    expect((await given([])).argv).toEqual(['--namespace=file', '--release=file']);
    const env = { TODO_K8S_NAMESPACE: 'env', HELM_NAMESPACE: 'helm', HELM_KUBECONTEXT: 'h' };
    expect((await given([], env)).argv).toEqual(['--namespace=env', '--context=h', '--release=file']);
    expect((await given([], { HELM_NAMESPACE: 'helm' })).argv).toContain('--namespace=helm');
    for (const argv of [['-n', 'x'], ['-nx'], ['--namespace', 'x'], ['--namespace=x']])
      expect((await given(argv, env)).argv).toEqual(['--context=h', '--release=file']);
    // Behind `--` it is no flag.
    expect((await given(['--', '-n'], env)).argv).toContain('--namespace=env');
  });

  test('each says where it came from', async () => {
    write('defaults:\n  strict: true\n  skip: [functional, config/secret]\n  wait: 30s\n');
    expect((await given([], { TODO_K8S_RELEASE: 'r' })).defaults).toEqual([
      { flag: 'release', values: ['r'], source: 'TODO_K8S_RELEASE' },
      { flag: 'skip', values: ['functional', 'config/secret'], source: 'todo-k8s.yaml:3' },
      { flag: 'strict', values: ['true'], source: 'todo-k8s.yaml:2' },
      { flag: 'wait', values: ['30s'], source: 'todo-k8s.yaml:4' },
    ]);
  });

  test('an empty variable says nothing, a no is none', async () => {
    const env = { TODO_K8S_NAMESPACE: '', HELM_NAMESPACE: 'helm', TODO_K8S_STRICT: 'no' };
    expect((await given([], env)).argv).toEqual(['--namespace=helm']);
    await expect(given([], { TODO_K8S_STRICT: 'perhaps' })).rejects.toThrow(
      'TODO_K8S_STRICT: expected true or false',
    );
  });

  test('a default never stands against what was given', async () => {
    const env = {
      ...{ TODO_K8S_NAMESPACE: 'n', TODO_K8S_CONTEXT: 'c', TODO_K8S_URL: 'http://x', TODO_K8S_VIA: 'proxy' },
      ...{ TODO_K8S_RELEASE: 'r', TODO_K8S_OUTPUT: 'json', TODO_K8S_SKIP: 'config', TODO_K8S_WAIT: '5s' },
    };
    expect((await given(['--lab=healthy'], env)).argv).toEqual([
      '--skip=config',
      '--wait=5s',
      '--output=json',
    ]);
    expect((await given(['--from', 'b.tgz'], env)).argv).toEqual(['--output=json']);
    expect((await given(['-q'], env)).argv).not.toContain('--output=json');
    expect((await given(['--all-releases'], env)).argv).not.toContain('--release=r');
    expect((await given(['--watch'], env)).argv).not.toContain('--wait=5s');
    expect((await given(['--only', 'pods'], env)).argv).not.toContain('--skip=config');
    expect((await given(['--via', 'proxy'], env)).argv).not.toContain('--url=http://x');
  });

  test('only where the command has that flag, and means the same by it', async () => {
    const env = { TODO_K8S_OUTPUT: 'wide', TODO_K8S_REQUESTS: '50', TODO_K8S_NAMESPACE: 'n' };
    expect((await given([], env, Loadbalance.flags, 'loadbalance')).argv).toEqual([
      '--namespace=n',
      '--requests=50',
    ]);
    expect((await given([], env, Collect.flags, 'collect')).argv).toEqual(['--namespace=n']);
    expect((await given([], env)).argv).toEqual(['--namespace=n', '--output=wide']);
  });
});

describe('what the file may not say', () => {
  test.each([
    [
      'kubeconfig: ./evil',
      /^todo-k8s\.yaml:2:3: defaults\.kubeconfig: cannot be set here.* TODO_K8S_KUBECONFIG$/,
    ],
    ['context: prod', /defaults\.context: cannot be set here/],
    ['url: http://evil.example', /defaults\.url: cannot be set here/],
    ['exec: true', /defaults\.exec: cannot be set here.*use --exec$/],
    ['header: "Authorization: x"', /defaults\.header: cannot be set here/],
    ['as: root', /defaults\.as: cannot be set here/],
    ['record: /tmp/x', /defaults\.record: cannot be set here/],
    ['set: a=b', /defaults\.set: cannot be set here/],
    ['output: html=../../.bashrc', /defaults\.output: expected a format alone/],
    ['namspace: x', /defaults\.namspace: unknown key; did you mean namespace\?/],
    ['colour: x', /unknown key; expected one of namespace, release/],
    ['namespace: [a, b]', /expected one value/],
    ['namespace:', /expected a value/],
    ['namespace: {a: b}', /expected a value/],
    ['strict: "yes"', /expected true or false/],
    ['__proto__: x', /__proto__/],
  ])('%s', async (line, message) => {
    write(`defaults:\n  ${line}\n`);
    await expect(given([])).rejects.toThrow(message);
  });

  test('defaults that are no mapping, a key beside them, no YAML', async () => {
    write('defaults: namespace\n');
    await expect(given([])).rejects.toThrow('todo-k8s.yaml:1:1: defaults: expected a mapping');
    write('defaults: {}\ncredentials: x\n');
    const { stderr, exitCode } = await inFolder({}, '--kubeconfig', lab.kubeconfigPath);
    expect(stderr).toContain('todo-k8s.yaml:2:1: credentials: unknown key; expected contract or defaults');
    expect(exitCode).toBe(2);
  });

  test('a value is no argument: what looks like a flag stays a value', async () => {
    write('defaults:\n  namespace: "--kubeconfig=./evil"\n');
    expect((await given([])).argv).toEqual(['--namespace=--kubeconfig=./evil']);
    const { stderr, exitCode } = await inFolder({}, '--kubeconfig', lab.kubeconfigPath);
    expect(exitCode).not.toBe(0);
    expect(stderr).not.toContain('evil does not exist');
  });

  test.each([
    ['healthPath: "@127.0.0.1:PORT/x"', 'http.healthPath: expected a path that begins with /'],
    ['healthPath: "/\\\\127.0.0.1:PORT/x"', 'http.healthPath: expected a path that begins with /'],
    ['docsPath: "http://127.0.0.1:PORT/"', 'http.docsPath: expected a path that begins with /'],
    ['healthPath: "/$(touch${IFS}ran);id"', 'http.healthPath: expected a path that begins with /'],
    // Of the backend, whatever it looks like.
    ['healthPath: "//127.0.0.1:PORT/x"', undefined],
    ['tasksPath: "/..//127.0.0.1:PORT/"', undefined],
  ])('a contract of a stranger’s folder leads no request to another host: %s', async (line, refusal) => {
    const caught: string[] = [];
    const trap = createServer(({ url = '' }, response) => {
      caught.push(url);
      response.end('{}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = trap.address() as AddressInfo;
      write(`contract:\n  http:\n    ${line.replace('PORT', String(port))}\n`);
      const { stderr } = await inFolder({}, '--kubeconfig', lab.kubeconfigPath, '--only', 'functional');
      expect(stderr).toContain(refusal ?? '');
      expect(caught).toEqual([]);
    } finally {
      await new Promise((resolve) => trap.close(resolve));
    }
  });

  test.each([
    [
      'a file that is no contract',
      'secret',
      /secret:1:1: expected a mapping .*; this is another kind of file$/m,
    ],
    ['a file on another host', 'http://127.0.0.1:1/c.yaml', /does not exist/],
    ['a file without an end', '/dev/zero', /larger than 1 MiB/],
  ])('a contract that leads to %s tells nothing of it', async (_, named, message) => {
    writeFileSync(path.join(folder, 'secret'), 'hunter2hunter');
    write(`contract: ${named}\n`);
    const { stdout, stderr, exitCode } = await inFolder({}, '--kubeconfig', lab.kubeconfigPath);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test.each([
    ['publish: pushgateway=http://127.0.0.1:1', /defaults\.publish: unknown key/],
    ['values: ../secret.yaml', /defaults\.values: cannot be set here/],
    ['origin: "http://a\\nb"', /--origin: the origin has white space .*\(todo-k8s\.yaml:2\)/],
    ['namespace: "a\\e[2Jb"', /--namespace: .*is not a name.*\(todo-k8s\.yaml:2\)/],
    ['release: "a b"', /--release: .*is not a name.*\(todo-k8s\.yaml:2\)/],
    ['via: "node:evil"', /--via: .*\(todo-k8s\.yaml:2\)/],
  ])('%s is refused, with its line', async (line, message) => {
    write(`defaults:\n  ${line}\n`);
    const { stderr, exitCode } = await inFolder({}, '--kubeconfig', lab.kubeconfigPath);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('\u001b');
    expect(exitCode).toBe(2);
  });

  test('a stranger’s folder runs no program', async () => {
    const marker = path.join(folder, 'ran');
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    const plugin = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'touch',
      args: [marker],
      interactiveMode: 'Never',
    };
    const evil = {
      'current-context': 'e',
      contexts: [{ name: 'e', context: { cluster: 'e', user: 'e' } }],
      clusters: [{ name: 'e', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'e', user: { exec: plugin } }],
    };
    writeFileSync(path.join(folder, 'evil'), JSON.stringify(evil));
    // It would run, were it chosen: the test looks at something.
    await inFolder({}, '--kubeconfig', 'evil', '--only', 'cluster');
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
    for (const line of [
      'kubeconfig: ./evil',
      'context: e',
      'namespace: "--kubeconfig=./evil"',
      'release: "x --kubeconfig ./evil"',
    ]) {
      write(`defaults:\n  ${line}\n`);
      await inFolder({}, '--only', 'cluster', '--context', 'none');
      await inFolder({}, '--kubeconfig', lab.kubeconfigPath, '--only', 'cluster');
      expect(existsSync(marker)).toBe(false);
    }
  });
});

describe('the whole program', () => {
  test('the head says where a default came from, and the next command has it', async () => {
    write('defaults:\n  only: pods\n');
    const env = { HELM_NAMESPACE: 'default', COLUMNS: '100' };
    const { stdout, exitCode } = await inFolder(env, '--kubeconfig', lab.kubeconfigPath);
    expect(stdout).toContain('namespace default (HELM_NAMESPACE) · only pods (todo-k8s.yaml:2)\n');
    expect(stdout).not.toContain('functional');
    expect(exitCode).toBe(0);
    const { stdout: json } = await inFolder(env, '--kubeconfig', lab.kubeconfigPath, '-o', 'json');
    expect((JSON.parse(json) as Report).defaults).toEqual([
      'namespace default (HELM_NAMESPACE)',
      'only pods (todo-k8s.yaml:2)',
    ]);
  });

  test('a file with nothing but defaults is no contract; one with a contract is named', async () => {
    write('defaults: {only: pods}\ncontract:\n  backend: {replicaCount: 3}\n');
    const { stdout } = await inFolder({ COLUMNS: '100' }, '--kubeconfig', lab.kubeconfigPath, '-o', 'json');
    expect((JSON.parse(stdout) as Report).defaults).toEqual([
      'only pods (todo-k8s.yaml:1)',
      'contract (todo-k8s.yaml)',
    ]);
    // A lab keeps the written contract.
    expect((await inFolder({}, '--lab', '--only', 'deployment')).exitCode).toBe(0);
  });

  test('a wrong value is told with its place', async () => {
    const { stderr, exitCode } = await inFolder({ TODO_K8S_WAIT: 'soon' }, '--lab');
    expect(stderr).toMatch(/^todo-k8s: --wait: .* \(TODO_K8S_WAIT\)\n/);
    expect(exitCode).toBe(2);
    write('defaults:\n  via: magic\n');
    const other = await inFolder({}, '--kubeconfig', lab.kubeconfigPath);
    expect(other.stderr).toMatch(/--via: 'magic' is none of .* \(todo-k8s\.yaml:2\)/);
  });

  test('a variable that is nearly one is told; those that Kubernetes makes for a Service are not', async () => {
    expect(
      strayVariables({ TODO_K8S_NAMSPACE: 'x', TODO_K8S_SERVICE_HOST: '10.0.0.1', TODO_K8S_PORT: 'tcp://x' }),
    ).toEqual(['TODO_K8S_NAMSPACE is not a setting; did you mean TODO_K8S_NAMESPACE?']);
    const { stdout } = await inFolder(
      { TODO_K8S_NAMSPACE: 'x' },
      '--kubeconfig',
      lab.kubeconfigPath,
      '--only',
      'pods',
    );
    expect(stdout).toContain('Note: TODO_K8S_NAMSPACE is not a setting');
  });
});

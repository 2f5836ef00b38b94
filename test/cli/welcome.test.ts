import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { welcomeText } from '../../src/cli/welcome.js';
import { decideStyle } from '../../src/report/style.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'todo-k8s-welcome-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const style = decideStyle({ isTTY: false, columns: 80, env: { LANG: 'C.UTF-8' } });

async function shown(config: object | string | undefined): Promise<string[]> {
  const file = join(folder, 'config');
  rmSync(file, { force: true });
  if (config !== undefined) writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  return (await welcomeText({ KUBECONFIG: file }, style)).split('\n');
}

const contexts = (namespace?: string) => [
  { name: 'minikube', context: { cluster: 'm', user: 'm', namespace } },
];

test('three commands, the context, and where the rest is', async () => {
  expect(await shown({ 'current-context': 'minikube', contexts: contexts('todo') })).toEqual([
    'todo-k8s verify        is everything as it should be?',
    'todo-k8s doctor        why does it not work, and what puts it right?',
    'todo-k8s loadbalance   which pod serves each request, and is that even?',
    '',
    'Context minikube · namespace todo',
    'All commands: todo-k8s --help',
    '',
  ]);
});

test.each([
  [
    'no namespace',
    { 'current-context': 'minikube', contexts: contexts() },
    'Context minikube · namespace default',
  ],
  ['no file', undefined, 'No kubeconfig · without a cluster: todo-k8s verify --lab'],
  ['no current context', { contexts: contexts() }, /^No current context: choose one with --context/],
  [
    'one that is not there',
    { 'current-context': 'gone', contexts: contexts() },
    /^Context gone, which the kubeconfig does not have/,
  ],
  ['no YAML', 'a: [', /is not valid YAML/],
  [
    'a name with escapes',
    {
      'current-context': '\u001b[31mx',
      contexts: [{ name: '\u001b[31mx', context: { cluster: 'm', user: 'm' } }],
    },
    /^Context [^\u001b]*x · namespace default$/,
  ],
])('%s', async (_name, config, expected) => {
  expect((await shown(config))[4]).toEqual(
    typeof expected === 'string' ? expected : expect.stringMatching(expected),
  );
});

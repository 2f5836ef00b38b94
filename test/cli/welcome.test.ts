import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterState } from '../../src/cli/cluster-state.js';
import { welcomeText } from '../../src/cli/welcome.js';
import { startLab } from '../../src/lab/lab.js';
import type { ScenarioName } from '../../src/lab/scenarios/index.js';
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

describe('what the cluster says', () => {
  const asked = (env: Record<string, string>) => welcomeText(env, style, clusterState);

  test.each<[ScenarioName, string]>([
    ['healthy', 'todo-chatbot: 2 of 2 pods ready'],
    ['crash-loop', 'todo-chatbot: 1 of 2 pods ready'],
    ['deployment-missing', 'todo-chatbot: its Deployment is not there'],
  ])('%s', async (scenario, state) => {
    const lab = await startLab(scenario);
    try {
      const text = await asked({ KUBECONFIG: lab.kubeconfigPath });
      expect(text).toContain(`namespace default · ${state}\n`);
    } finally {
      await lab.close();
    }
  });

  test('nobody answers: said within two seconds', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const file = join(folder, 'silent');
    writeFileSync(
      file,
      JSON.stringify({
        'current-context': 'minikube',
        contexts: contexts(),
        clusters: [{ name: 'm', cluster: { server: `https://127.0.0.1:${port}` } }],
        users: [{ name: 'm', user: {} }],
      }),
    );
    const began = performance.now();
    expect(await asked({ KUBECONFIG: file })).toContain('namespace default · the cluster does not answer\n');
    expect(performance.now() - began).toBeLessThan(10_000);
    silent.close();
  });

  test('a credential plugin is not run for it', async () => {
    const file = join(folder, 'plugin');
    const marker = join(folder, 'ran');
    const plugin = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'touch',
      args: [marker],
      interactiveMode: 'Never',
    };
    writeFileSync(
      file,
      JSON.stringify({
        'current-context': 'minikube',
        contexts: contexts(),
        clusters: [{ name: 'm', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'm', user: { exec: plugin } }],
      }),
    );
    expect((await asked({ KUBECONFIG: file })).split('\n')[4]).toBe('Context minikube · namespace default');
    expect(existsSync(marker)).toBe(false);
  });
});

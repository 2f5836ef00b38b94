/** What is told while a session opens. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asked } from '../../src/cli/waiting.js';
import { temporaryFolder } from '../bundle/support.js';

const RUN = path.join(import.meta.dirname, '../../bin/run.js');
const { file, remove } = temporaryFolder();
/** Takes connections and says nothing. */
const mute = createServer(() => undefined);
const kubeconfig = file('kubeconfig');

beforeAll(async () => {
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  const server = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const named = { name: 'mute' };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'mute' },
      clusters: [{ ...named, cluster: { server } }],
      users: [{ ...named, user: {} }],
      contexts: [{ ...named, context: { cluster: 'mute', user: 'mute' } }],
    }),
  );
});
afterAll(() => {
  mute.close();
  remove();
});

test.each([
  [{ from: '/tmp/a/evidence.tgz' }, 'reading evidence.tgz'],
  [{ manifests: 'k8s/' }, 'reading the manifests'],
  [{ chart: './helm' }, 'rendering the chart'],
  [{ lab: 'healthy', 'request-timeout': 5000 }, 'starting the lab'],
  [{ 'request-timeout': 5000 }, 'asking the cluster, at most 5 s a call'],
  [{ context: 'a\u001b[31mb' }, 'asking the cluster of context ab'],
])('%j', (flags, words) => {
  expect(asked(flags).replaceAll(/[^ -~]+/g, ' ')).toBe(words);
});

/** On a terminal of `script`, which is none of this test's. */
function onTerminal(argv: readonly string[]): Promise<string> {
  const command = [process.execPath, RUN, ...argv, '--kubeconfig', kubeconfig].join(' ');
  const env = { ...process.env, CI: '', TERM: 'xterm', LANG: 'C.UTF-8' };
  const child = spawn('sh', ['-c', `script -qec '${command}' /dev/null`], {
    env,
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((done) =>
    child.on('close', () => {
      done(said);
    }),
  );
}

const hasScript = process.platform === 'linux' && spawnSync('sh', ['-c', 'command -v script']).status === 0;

(hasScript ? test : test.skip).each([
  'verify',
  'loadbalance',
  'collect -o /dev/null',
  'contract show',
  'diff live live',
])(
  '%s tells what is asked, and for how long, while a cluster does not answer',
  async (command) => {
    const said = await onTerminal([...command.split(' '), '--request-timeout', '2500ms']);
    expect(said).toMatch(/asking the cluster, at most 2\.5 s a call {2}[12] s/);
  },
  60_000,
);

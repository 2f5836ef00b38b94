/** Many releases in many namespaces: what four shards publish is read back as the table of one run over all of them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fleet from '../../src/commands/fleet.js';
import Verify from '../../src/commands/verify.js';
import type { Report } from '../../src/engine/report.js';
import { REPORT_APIS, reportObject, type ReportApi } from '../../src/publish/report-object.js';
import { runCommand, temporaryFolder } from '../bundle/support.js';

/** Releases, and the namespaces that they are in; `TODO_K8S_TEST_FLEET=200/20` takes what `bench/growth.ts` measures. */
const [RELEASES = 40, NAMESPACES = 8] = (process.env.TODO_K8S_TEST_FLEET ?? '')
  .split('/')
  .filter(Boolean)
  .map(Number);
const SHARDS = 4;
const LIMIT_MS = 240_000;
const [API] = REPORT_APIS as [ReportApi];
const { file, remove } = temporaryFolder();
let lab: ChildProcess;
let labConfig = '';
let server: Server;
/** What the shards have published. */
let objects: object[] = [];

beforeAll(async () => {
  const script = path.resolve('bench/many-lab.ts');
  lab = spawn(process.execPath, ['--import', 'tsx', script, '2', String(RELEASES), '', String(NAMESPACES)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  labConfig = await new Promise<string>((resolve, reject) => {
    let said = '';
    lab.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve((JSON.parse(said) as { kubeconfig: string }).kubeconfig);
    });
    lab.once('exit', (code) => reject(new Error(`the lab ended with ${String(code)}: ${said}`)));
  });
  server = createServer((_, response) => {
    const list = { kind: `${API.kind}List`, metadata: {}, items: objects };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'all' },
    clusters: [{ name: 'all', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'all', context: { cluster: 'all', user: '' } }],
  };
  writeFileSync(file('kubeconfig'), JSON.stringify(config));
}, LIMIT_MS);
afterAll(() => {
  lab.stdin?.end();
  server.close();
  remove();
});

const verify = (...argv: string[]) =>
  runCommand(Verify, [
    '--kubeconfig',
    labConfig,
    '-A',
    '--no-exec',
    '--skip',
    'functional,load-balancing',
    ...argv,
  ]);

/** Cells of the rows, without the age that only one of the two tables has. */
function rows(table: string): string[][] {
  return table
    .slice(0, table.indexOf('\n\n'))
    .split('\n')
    .map((line) => line.replace(/ (?:AGE|\d+ (?:s|min)) /, ' ').split(/ {2,}/));
}

test(
  'each release is in one shard, and the tables are equal',
  async () => {
    const all: Report[] = [];
    for (let index = 0; index < SHARDS; index += 1) {
      const { stdout } = await verify('--shard', `${index}/${SHARDS}`, '-o', 'json');
      const part = stdout
        .split(/^(?=\{$)/m)
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as Report);
      // Each has its share, and none nearly all.
      expect(part.length).toBeGreaterThan(0);
      expect(part.length).toBeLessThan(RELEASES / 2 + 1);
      all.push(...part);
    }
    const places = all.map(({ target }) => `${target.namespace}/${target.release ?? ''}`);
    expect(new Set(places).size).toBe(RELEASES);
    expect(all).toHaveLength(RELEASES);
    expect(new Set(all.map(({ target }) => target.namespace)).size).toBe(NAMESPACES);
    objects = all.map((report) => reportObject(report, `${report.target.release ?? ''}-backend`, API));
    const { stdout: one } = await verify();
    const { stdout: fleet } = await runCommand(Fleet, ['--kubeconfig', file('kubeconfig'), '-A']);
    expect(rows(one)).toHaveLength(RELEASES + 1);
    expect(rows(fleet)).toEqual(rows(one));
  },
  LIMIT_MS,
);

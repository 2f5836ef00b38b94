/**
 * Canaries in every place of a cluster that ends up in a bundle or a report, whole, encoded, and cut off by who wrote
 * them: not one piece of them comes out.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import Collect from '../../src/commands/collect.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import { startLab } from '../../src/lab/lab.js';
import type { World } from '../../src/lab/world.js';
import { bundleBytes, runCommand, temporaryFolder } from './support.js';

jest.setTimeout(60_000);

const PASSWORD = 'cAn4ryPass0123456789QWERTZ';
const AUTH = 'cAn4ryAuth-abcdefghijklmnopqrstuvwxyz-0123456789';
const URL = `postgresql://canary_user:${PASSWORD}@ep-lab.neon.example:5432/tododb?sslmode=require`;
/** Characters of a piece that is looked for; one begins at every fourth, so that no run of eleven is missed. */
const PIECE = 8;
const STEP = 4;
const FORMATS = ['text', 'json', 'yaml', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'];

const { file, remove } = temporaryFolder();
afterAll(remove);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = (text: string) => JSON.stringify({ env: [{ name: 'X', value: text }] });
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function lines(at: string): string[] {
  return [
    `${at} whole ${AUTH}`,
    `${at} in two colours ${AUTH.slice(0, 10)}\u001b[31m${AUTH.slice(10)}`,
    `${at} with something between ${AUTH.slice(0, 10)}\u200b\0${AUTH.slice(10)}`,
    `${at} in base64 twice ${base64(base64(URL))} and as basic auth ${base64(`user:${AUTH}`)}`,
    // Only the first 4,096 characters of a line are kept.
    `${'x'.repeat(4076)}${AUTH} and more`,
    `${'x'.repeat(4046)}${URL} and more`,
    `${'x'.repeat(4076)}${base64(AUTH)} and more`,
    ...(base64(URL).match(/.{1,76}/g) ?? []),
  ];
}

function putEverywhere({ manifests, pods, nodes, events }: World): void {
  const annotations = {
    [LAST_APPLIED]: json(AUTH),
    note: `it is ${AUTH}`,
    nested: JSON.stringify(json(URL)),
    encoded: base64(`x:${AUTH}`),
  };
  for (const { object, log, previousLog, app } of pods) {
    for (const line of lines('now')) log.append(line, Date.now() - 60_000);
    for (const line of lines('then')) previousLog?.append(line, Date.now() - 90_000);
    Object.assign((object.metadata.annotations ??= {}), annotations);
    const [container] = object.spec.containers;
    container?.env?.push({ name: 'PLAIN', value: `of ${AUTH}` });
    if (container) container.command = ['sh', '-c', `export A=${AUTH}; run --url=${URL}`];
    const headers = [{ name: 'X-Own', value: AUTH }];
    if (container?.livenessProbe?.httpGet) container.livenessProbe.httpGet.httpHeaders = headers;
    app.health.body = { ...app.health.body, leak: AUTH, nested: json(URL) };
    if (object.status) object.status.message = `${'m'.repeat(1000)}${AUTH.slice(0, 30)}`;
  }
  const { deployment, service } = manifests;
  for (const object of [deployment, service, deployment.spec.template])
    object.metadata = {
      ...object.metadata,
      annotations: { ...object.metadata?.annotations, ...annotations },
    };
  Object.assign(manifests.configMap.data, { EXTRA: `url=${URL}`, FILE: `database:\n  url: ${URL}\n` });
  for (const node of nodes) Object.assign((node.metadata.labels ??= {}), { canary: AUTH });
  const [event] = events;
  if (!event) throw new Error('the lab has no events');
  // The API server cuts an event's message at 1,024 characters.
  const messages = [
    `failed: ${AUTH}`,
    `${'e'.repeat(1004)}${AUTH.slice(0, 20)}`,
    `cut ${AUTH.slice(0, 20)}…`,
  ];
  for (const [index, message] of messages.entries()) {
    const metadata = { ...event.metadata, name: `canary-${index}`, uid: `canary-${index}` };
    events.push({ ...event, metadata, message });
  }
}

/** Every piece of the secrets, plain and in base64. */
function pieces(): string[] {
  const texts = [
    AUTH,
    PASSWORD,
    base64(AUTH),
    base64(PASSWORD),
    base64(URL).slice(base64('postgresql://canary_user').length),
  ];
  return texts.flatMap((text) =>
    Array.from({ length: Math.floor((text.length - PIECE) / STEP) + 1 }, (_, index) =>
      text.slice(index * STEP, index * STEP + PIECE),
    ),
  );
}

test('no piece of a secret comes out, wherever it was put', async () => {
  const out = file('out');
  mkdirSync(out);
  const lab = await startLab('crash-loop', { secrets: { DATABASE_URL: URL, BETTER_AUTH_SECRET: AUTH } });
  const said: string[] = [];
  try {
    await lab.change(putEverywhere);
    for (const [name, command] of Object.entries({ Verify, Doctor, Loadbalance })) {
      const outputs = FORMATS.flatMap((format) => ['-o', `${format}=${path.join(out, `${name}.${format}`)}`]);
      const record = ['--record', path.join(out, `${name}.tgz`)];
      const { stdout, stderr } = await runCommand(command, [
        '--kubeconfig',
        lab.kubeconfigPath,
        ...record,
        ...outputs,
      ]);
      said.push(stdout, stderr);
    }
    const collected = await runCommand(Collect, [
      '--kubeconfig',
      lab.kubeconfigPath,
      '-o',
      path.join(out, 'c.tgz'),
    ]);
    expect(collected.stdout).toMatch(/redacted +\d+ credentials in /);
    said.push(collected.stdout, collected.stderr);
  } finally {
    await lab.close();
  }
  const files = readdirSync(out);
  expect(files).toHaveLength(3 * (FORMATS.length + 1) + 1);
  const looked = await Promise.all(
    files.map(async (name): Promise<[string, string]> => {
      const whole = path.join(out, name);
      const bytes = name.endsWith('.tgz') ? await bundleBytes(whole) : readFileSync(whole);
      return [name, bytes.toString()];
    }),
  );
  const all = [...looked, ['the terminal', said.join('')] as [string, string]];
  const found = all.flatMap(([name, text]) =>
    pieces().flatMap((piece) => (text.includes(piece) ? [`${name}: ${piece}`] : [])),
  );
  expect(found).toEqual([]);
  // What stood around them is still there.
  const bundle = looked.find(([name]) => name === 'c.tgz')?.[1] ?? '';
  const kept = ['now whole (value hidden)', 'then whole (value hidden)', 'failed: (value hidden)'];
  expect(kept.filter((text) => !bundle.includes(text))).toEqual([]);
});

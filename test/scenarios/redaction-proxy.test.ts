/**
 * The whole program in front of an API server whose every free text quotes the backend's secrets: annotations, messages,
 * conditions, events, arguments, logs, and what it says when it refuses. Whatever is written shows no eight characters of one.
 */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
// Loaded when they are needed, which Jest cannot always do while other modules are being loaded.
import '../../src/cli/adoption.js';
import '../../src/contract/adopted-yaml.js';
import '../../src/evidence/bundle/pack.js';
import '../../src/report/loadbalance/samples.js';
import Collect from '../../src/commands/collect.js';
import ContractInit from '../../src/commands/contract/init.js';
import ContractShow from '../../src/commands/contract/show.js';
import Diff from '../../src/commands/diff.js';
import Doctor from '../../src/commands/doctor/index.js';
import Loadbalance from '../../src/commands/loadbalance.js';
import Verify from '../../src/commands/verify.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { bundleBytes, runCommand, runWithoutCluster, temporaryFolder } from '../bundle/support.js';
import { fuzzCases, piecesOf } from '../evidence/redaction-fuzz.js';
import { faultyApi, type Fault } from '../faults/support/faulty-api.js';

jest.setTimeout(300_000);

const { file, remove } = temporaryFolder();
const FORMATS = {
  verify: ['text', 'wide', 'name', 'json', 'yaml', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'],
  doctor: ['text', 'wide', 'name', 'json', 'yaml', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'],
  loadbalance: ['text', 'json', 'yaml', 'csv', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'],
};

const own = [...fuzzCases(4711, 1, 20)];
const secrets = Object.fromEntries(own.map(({ secret }, index) => [`KEY_${index}`, secret]));
const cases = own.flatMap(({ cases: each }) => each);
const quotes = cases.flatMap(({ lines }) => lines);
const pieces = [...new Set(cases.flatMap(piecesOf))];

let lab: Lab;
let next = 0;
/** Another quotation each time, so that all of them come by. */
const quote = () => quotes[(next += 1) % quotes.length] ?? '';

beforeAll(async () => {
  lab = await startLab('crash-loop', { secrets });
});
afterAll(async () => {
  await lab.close();
  remove();
});

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fills every place of an object in which the API has free text. Secrets themselves stay as they are. */
function filled(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => filled(item));
    return key === 'args' || key === 'command' ? [...items, quote()] : items;
  }
  if (typeof value === 'string') return key === 'message' || key === 'note' ? `${value} ${quote()}` : value;
  if (!isObject(value) || value.kind === 'Secret') return value;
  const object: Json = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, name)]));
  if (isObject(object.metadata) && typeof object.metadata.name === 'string')
    object.metadata.annotations = { ...(object.metadata.annotations as object), 'example.com/note': quote() };
  if (key === 'terminated' || key === 'waiting') object.message = Array.from({ length: 20 }, quote).join('\n');
  if ('image' in object && 'name' in object && !('imageID' in object)) {
    const env = Array.isArray(object.env) ? (object.env as unknown[]) : [];
    object.env = [...env, { name: 'NOTE', value: quote() }];
    object.args ??= [quote()];
  }
  if (value.kind === 'ConfigMap') object.data = { ...(object.data as object), NOTE: quote() };
  return object;
}

/** A page of a log, with each quotation on lines of its own. */
function logText(): string {
  const stamp = '2026-02-09T14:03:21.000000000Z';
  return quotes
    .flatMap((text) => text.split('\n'))
    .map((text) => `${stamp} ERROR database: ${text}\n`)
    .join('');
}

const quoting: Fault = {
  rewrite: (_path, body) => filled(body),
  answer: ({ url = '' }, response) => {
    if (!/\/pods\/[^/]+\/log/.test(url)) return false;
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(logText());
    return true;
  },
};

const written: [string, string][] = [];
const keep = (name: string, text: string) => written.push([name, text]);

afterEach(() => {
  const found = written.splice(0).flatMap(([name, text]) =>
    pieces.filter((piece) => text.includes(piece)).map((piece) => `${name}: ${piece}`),
  );
  expect(found).toEqual([]);
});

/** Runs a command and keeps whatever it writes. @returns its exit code */
async function run(name: string, command: Parameters<typeof runCommand>[0], argv: string[]) {
  const { stdout, stderr, exitCode } = await runCommand(command, argv);
  keep(`${name} stdout`, stdout);
  keep(`${name} stderr`, stderr);
  return exitCode;
}

test('there is something to find', () => {
  expect(pieces.length).toBeGreaterThan(2000);
  expect(pieces.filter((piece) => logText().includes(piece)).length).toBeGreaterThan(500);
});

test.each([
  ['verify', Verify, ['-v']],
  ['doctor', Doctor, ['-v', '--observe', '1s']],
  ['loadbalance', Loadbalance, ['-v', '--requests', '20', '--samples', file('samples.csv')]],
] as const)('%s in every format, with -v and --record', async (name, command, more) => {
  const api = await faultyApi(lab, quoting);
  const formats = FORMATS[name];
  const outputs = formats.flatMap((format) => ['-o', `${format}=${file(`${name}.${format}`)}`]);
  const argv = ['--kubeconfig', api.kubeconfig, ...more, ...outputs, '--record', file(`${name}.tgz`)];
  expect([1, 3]).toContain(await run(name, command, argv));
  if (name === 'loadbalance') keep('its samples', readFileSync(file('samples.csv'), 'utf8'));
  for (const format of formats) keep(`${name} ${format}`, readFileSync(file(`${name}.${format}`), 'utf8'));
  const bundle = (await bundleBytes(file(`${name}.tgz`))).toString();
  keep(`${name} bundle`, bundle);
  expect(bundle.match(/\(value hidden/g)?.length).toBeGreaterThan(50);
  // Judged again from the bundle, of which nobody knows the secrets.
  const again = name === 'loadbalance' ? [] : ['-o', 'wide'];
  const replayed = await runWithoutCluster(command, ['--from', file(`${name}.tgz`), ...again], file(''));
  keep(`${name} replayed`, `${replayed.stdout}${replayed.stderr}`);
});

test('collect, diff, contract init and contract show', async () => {
  const api = await faultyApi(lab, quoting);
  const target = ['--kubeconfig', api.kubeconfig];
  expect(await run('collect', Collect, [...target, '-o', file('c.tgz')])).toBe(0);
  keep('its bundle', (await bundleBytes(file('c.tgz'))).toString());
  expect(await run('collect', Collect, [...target, '--pseudonymize', '-o', file('p.tgz')])).toBe(0);
  keep('its bundle with pseudonyms', (await bundleBytes(file('p.tgz'))).toString());
  for (const format of ['text', 'json'])
    expect([0, 1]).toContain(await run(`diff ${format}`, Diff, [file('c.tgz'), 'live', ...target, '-o', format]));
  expect(await run('contract init', ContractInit, [...target, '--from', 'live', '-o', file('contract.yaml')])).toBe(0);
  keep('the contract', readFileSync(file('contract.yaml'), 'utf8'));
  expect(await run('contract show', ContractShow, [...target])).toBe(0);
});

/** A refusal with a quotation in it, as a server or something in between words it. */
const REFUSALS: [string, (quoted: string) => [number, string, string]][] = [
  ['a Status', (quoted) => [403, 'application/json', JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403, message: `admission webhook said: ${quoted}` })]],
  ['a Status with details', (quoted) => [500, 'application/json', JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message: quoted, details: { causes: [{ message: quoted, field: quoted }] } })]],
  ['a page of a proxy', (quoted) => [502, 'text/html', `<html><title>${quoted}</title><body>${quoted}</body></html>`]],
  ['plain text', (quoted) => [400, 'text/plain', quoted]],
  ['no JSON', (quoted) => [200, 'application/json', `{"items": ${quoted}`]],
  ['another type', (quoted) => [200, 'application/json', JSON.stringify({ kind: 'List', items: quoted, metadata: { continue: quoted } })]],
];

test.each(REFUSALS)('%s that quotes them, from all but Secrets', async (name, refusal) => {
  const api = await faultyApi(lab, {
    answer: ({ url = '' }, response) => {
      if (!/\/(events|pods|nodes|networkpolicies|endpointslices|configmaps|replicasets)|proxy/.test(url)) return false;
      const [status, type, body] = refusal(Array.from({ length: 5 }, quote).join(' '));
      response.writeHead(status, { 'content-type': type });
      response.end(body);
      return true;
    },
  });
  const target = ['--kubeconfig', api.kubeconfig];
  for (const format of ['wide', 'json', 'html']) {
    await run(`verify ${name} ${format}`, Verify, [...target, '-v', '-o', format]);
    await run(`doctor ${name} ${format}`, Doctor, [...target, '-o', format]);
  }
  await run(`collect ${name}`, Collect, [...target, '-o', file('refused.tgz')]);
  keep(`${name} bundle`, (await bundleBytes(file('refused.tgz'))).toString());
});

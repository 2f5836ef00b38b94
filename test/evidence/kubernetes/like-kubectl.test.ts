/** The same kubeconfig files, read by kubectl and by this program: who sends what, and which of them are refused. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKubernetesClient } from '../../../src/evidence/kubernetes/create-client.js';
import { base64, json, listen, never, pem, temporaryDirectory, TLS_FIXTURES } from './support.js';

const usable = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!usable) console.log('skipped: kubectl is not installed');

/** What a server was sent; `refused` when nothing came. */
type Outcome = 'refused' | { authorization?: string; impersonate?: string; certificate: boolean };

let directory = '';
let http = '';
let https = '';
const seen: Outcome[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  seen.length = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const peer = (request.socket as Partial<TLSSocket>).getPeerCertificate?.();
    seen.push({
      authorization: request.headers.authorization,
      impersonate: request.headers['impersonate-user'] as string | undefined,
      certificate: peer?.subject !== undefined,
    });
    json(response, 200, { major: '1', minor: '32' });
  };
  http = (await listen(createHttpServer(answer), 'http')).url;
  const tls = { cert: pem('server.crt'), key: pem('server.key'), ca: pem('ca.crt') };
  https = (
    await listen(createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, answer), 'https')
  ).url;
  writeFileSync(join(directory, 'token'), 'from-file\n');
  writeFileSync(
    join(directory, 'plugin'),
    `#!/bin/sh\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"from-plugin"}}'\n`,
  );
  chmodSync(join(directory, 'plugin'), 0o755);
});

function kubectl(file: string): Promise<void> {
  const args = ['--kubeconfig', file, '--cache-dir', join(directory, 'cache'), 'get', '--raw', '/version'];
  const env = { PATH: process.env.PATH, HOME: directory };
  return new Promise((resolve) => {
    execFile('kubectl', args, { env, timeout: 20_000 }, () => resolve()).stdin?.end();
  });
}

async function thisProgram(file: string): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: directory };
  const client = await createKubernetesClient({ kubeconfig: file, requestTimeoutMs: 10_000 }, env);
  try {
    await client.get('/version', never);
  } finally {
    await client.close();
  }
}

async function outcome(run: Promise<void>): Promise<Outcome> {
  seen.length = 0;
  await run.catch(() => undefined);
  return seen.at(-1) ?? 'refused';
}

const CERTIFICATE = `client-certificate: ${TLS_FIXTURES}/client.crt, client-key: ${TLS_FIXTURES}/client.key`;
const EXEC = 'exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ./plugin}';
const CA = `certificate-authority: ${TLS_FIXTURES}/ca.crt`;

interface Case {
  server?: string;
  cluster?: string;
  /** Fields of the user, in flow style. */
  user?: string;
  /** Added at the end of the file. */
  more?: string;
  /** The whole file, as bytes. */
  encode?: (text: string) => Buffer;
}

function kubeconfig({ server = https, cluster = CA, user = 'as: bob', more = '', encode }: Case): string {
  const text = `apiVersion: v1
kind: Config
current-context: x
clusters:
- name: c
  cluster: {server: "${server}", ${cluster}}
contexts:
- name: x
  context: {cluster: c, user: u}
users:
- name: u
  user: {${user}}
${more}`;
  const file = join(directory, 'config');
  writeFileSync(file, encode?.(text) ?? text);
  return file;
}

const BIG_ENDIAN = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
const plain = () => ({ server: http, cluster: '' });
const schemeless = () => ({ server: http.replace('http://', '') });
const rest = () => ({});

const CASES: [string, () => Case, Case?][] = [
  ...[
    'token: abc',
    'tokenFile: token',
    'tokenFile: missing',
    'username: u, password: p',
    'token: abc, as: bob',
    'token: abc, as: bob, as-groups: [g], as-uid: "7"',
    EXEC,
    CERTIFICATE,
  ].flatMap((user): [string, () => Case, Case?][] => [
    [`http, ${user}`, plain, { user }],
    [`a server without a scheme, ${user}`, schemeless, { user }],
    [`https, ${user}`, rest, { user }],
  ]),
  ...[
    'token: abc, tokenFile: token',
    'token: abc, tokenFile: missing',
    'token: abc, username: u',
    'tokenFile: token, username: u, password: p',
    'username: u',
    `${CERTIFICATE}, ${EXEC}`,
    `${CERTIFICATE}, token: abc`,
    `token: abc, ${EXEC}`,
    `tokenFile: token, ${EXEC}`,
    `username: u, password: p, ${EXEC}`,
    `auth-provider: {name: oidc, config: {}}, ${EXEC}`,
    'auth-provider: {name: gcp}, token: abc',
    `client-certificate: ${TLS_FIXTURES}/client.crt`,
    `${CERTIFICATE}, client-certificate-data: ${base64(pem('client.crt'))}`,
    'exec: null, token: abc',
    'exec: {}, token: abc',
    EXEC.replace(', interactiveMode: Never', ''),
    EXEC.replace('Never', 'Sometimes'),
    EXEC.replace('/v1,', '/v1alpha1,'),
    EXEC.replace('}', ', args: [1]}'),
    EXEC.replace('}', ', env: [{value: x}]}'),
    'token: abc, token: def',
    'as: yes',
    'as: 12345',
    'as: 1_000',
    'as: "yes"',
    'as-groups: [g]',
    'as-uid: "7"',
    'As: bob',
    'as: bob, unknown: field',
    '<<: {as: merged}',
    'as: ~',
    'as: Jörg',
    'as: "日本"',
    'as: "a\\nb"',
    'as: a, as-groups: g',
    'as: a, as-groups: [1]',
    'as: a, as-user-extra: {k: v}',
    'token: "a\\nb"',
    'token: "a b"',
    'token: "äb"',
  ].map((user): [string, () => Case, Case] => [user, rest, { user }]),
  ...['yes', '"yes"', 'on', 'Y', 'y', 'TRUE', '"true"', '1', 'off', 'n', '~', 'no'].map(
    (value): [string, () => Case, Case] => {
      const cluster = `insecure-skip-tls-verify: ${value}`;
      return [cluster, rest, { cluster }];
    },
  ),
  ['insecure-skip-tls-verify and a CA', rest, { cluster: `${CA}, insecure-skip-tls-verify: true` }],
  ['the same over http', plain, { cluster: `${CA}, insecure-skip-tls-verify: true` }],
  ['a CA twice', rest, { cluster: `${CA}, certificate-authority-data: ${base64(pem('ca.crt'))}` }],
  ['a CA as data', rest, { cluster: `certificate-authority-data: ${base64(pem('ca.crt'))}` }],
  ['a CA that is omitted', rest, { cluster: 'certificate-authority-data: DATA+OMITTED' }],
  ['the same over http', plain, { cluster: 'certificate-authority-data: DATA+OMITTED' }],
  ['a CA that is no base64', rest, { cluster: 'certificate-authority-data: "!!!"' }],
  ['a CA that is empty', rest, { cluster: 'certificate-authority-data: ""' }],
  ['UTF-16, little endian', rest, { encode: (text) => Buffer.from(`\ufeff${text}`, 'utf16le') }],
  ['UTF-16, big endian', rest, { encode: BIG_ENDIAN }],
  ['UTF-8 with a mark', rest, { encode: (text) => Buffer.from(`\ufeff${text}`) }],
  ['Latin-1', rest, { user: 'as: Jörg', encode: (text) => Buffer.from(text, 'latin1') }],
  ['UTF-16 without a mark', rest, { encode: (text) => Buffer.from(text, 'utf16le') }],
  ['a key twice', rest, { more: 'preferences: {}\npreferences: {}\n' }],
  ['another current-context at the end', rest, { more: 'current-context: none\n' }],
  ['two users of one name', rest, { more: '- name: u\n  user: {as: other}\n' }],
  ['two documents', rest, { more: '---\ncurrent-context: other\n' }],
  ['another apiVersion', rest, { more: 'apiVersion: v2\n' }],
  ['another kind', rest, { more: 'kind: Deployment\n' }],
];

(usable ? describe : describe.skip)('what kubectl sends is sent, and what it refuses is refused', () => {
  test.each(CASES)('%s', async (_, base, fields = {}) => {
    const file = kubeconfig({ ...fields, ...base() });
    const theirs = await outcome(kubectl(file));
    expect(await outcome(thisProgram(file))).toEqual(theirs);
  });
});

(usable ? test : test.skip).each([
  CA,
  'insecure-skip-tls-verify: true, tls-server-name: other',
  `${CA}, disable-compression: true, extensions: [{name: client.authentication.k8s.io/exec, extension: {a: [1, x]}}, {name: other, extension: {b: 2}}]`,
  `${CA}, proxy-url: "http://127.0.0.1:1"`,
])('a credential plugin is told the same of the cluster: %s', async (cluster) => {
  const info = join(directory, 'info');
  writeFileSync(
    join(directory, 'plugin'),
    `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" >'${info}'\nexit 1\n`,
  );
  const user = EXEC.replace('}', ', provideClusterInfo: true}');
  const file = kubeconfig({ cluster, user });
  await kubectl(file);
  const theirs = JSON.parse(readFileSync(info, 'utf8')) as unknown;
  rmSync(info);
  await thisProgram(file).catch(() => undefined);
  expect(JSON.parse(readFileSync(info, 'utf8'))).toEqual(theirs);
});

test('a placeholder for a token is refused, though kubectl sends it', async () => {
  const file = kubeconfig({ user: 'token: REDACTED' });
  expect(await outcome(thisProgram(file))).toBe('refused');
  expect(readFileSync(file, 'utf8')).toContain('REDACTED');
  rmSync(file);
});

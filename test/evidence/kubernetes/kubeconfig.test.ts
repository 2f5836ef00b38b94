import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { KubeconfigError, type ConnectionFlags } from '../../../src/evidence/kubernetes/client.js';
import { resolveConnection, type ClusterConnection } from '../../../src/evidence/kubernetes/kubeconfig.js';
import { proxyFor } from '../../../src/evidence/kubernetes/proxy-environment.js';
import { pem, temporaryDirectory } from './support.js';

let directory = '';
beforeEach(() => {
  directory = temporaryDirectory();
});

function write(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

/** Resolves with files of `directory` as the KUBECONFIG list, and a home and service account that do not exist. */
function resolve(
  files: string[],
  flags: Partial<ConnectionFlags> = {},
  env: Record<string, string> = {},
): Promise<ClusterConnection> {
  const KUBECONFIG = files.map((file) => join(directory, file)).join(delimiter);
  const nowhere = join(directory, 'nowhere');
  return resolveConnection(
    { requestTimeoutMs: 1000, ...flags },
    { HOME: nowhere, KUBECONFIG, ...env },
    nowhere,
  );
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeconfigError);
  return (error as KubeconfigError).message;
}

const A = `
clusters:
- name: c1
  cluster: {server: "https://a:1"}
contexts:
- name: x
  context: {cluster: c1, user: u1}
users:
- name: u1
  user: {token: aaa}
`;
const B = `
apiVersion: v1
kind: Config
current-context: from-b
clusters:
- name: c1
  cluster: {server: "https://b:1", insecure-skip-tls-verify: true}
contexts:
- name: x
  context: {cluster: c1, user: u2, namespace: of-b}
- name: from-b
  context: {cluster: c1, user: u2, namespace: team}
users:
- name: u1
  user: {token: bbb}
- name: u2
  user: {token: ccc}
`;

describe('several files', () => {
  beforeEach(() => {
    write('a', A);
    write('b', B);
    write('c', 'current-context: from-c\n');
    write('empty', '');
  });

  test('merge as kubectl does it: the first to set a value or an entry wins, missing and empty files do not count', async () => {
    const merged = await resolve(['a', 'missing', 'empty', 'b', 'a', 'c']);
    expect(merged).toMatchObject({ context: 'from-b', namespace: 'team', insecureSkipTlsVerify: false });
    expect(merged.server.href).toBe('https://a:1/');
    expect(merged.user.token).toBe('ccc');
  });

  test('an entry is taken whole, without fields of the same entry elsewhere', async () => {
    const merged = await resolve(['a', 'b'], { context: 'x' });
    expect(merged).toMatchObject({ namespace: 'default' });
    expect(merged.user.token).toBe('aaa');
  });

  test('--kubeconfig counts alone', async () => {
    const merged = await resolve(['a'], { kubeconfig: join(directory, 'b') });
    expect(merged.server.href).toBe('https://b:1/');
  });

  test('-n wins over the context’s namespace', async () => {
    expect(await resolve(['b'], { namespace: 'mine' })).toMatchObject({ namespace: 'mine' });
  });

  test('~/.kube/config is the default', async () => {
    mkdirSync(join(directory, '.kube'));
    write('.kube/config', B);
    const connection = await resolveConnection(
      { requestTimeoutMs: 1 },
      { HOME: directory },
      join(directory, 'no'),
    );
    expect(connection.context).toBe('from-b');
  });
});

test('JSON is YAML too', async () => {
  const context = { name: 'x', context: { cluster: 'c' } };
  write(
    'j',
    JSON.stringify({
      'current-context': 'x',
      clusters: [{ name: 'c', cluster: { server: 'http://h' } }],
      contexts: [context],
    }),
  );
  expect((await resolve(['j'])).server.href).toBe('http://h/');
});

test('relative files are relative to their kubeconfig', async () => {
  mkdirSync(join(directory, 'sub'));
  for (const name of ['ca.crt', 'client.crt', 'client.key']) write(`sub/${name}`, pem(name));
  write(
    'sub/config',
    `current-context: x
clusters: [{name: c, cluster: {server: "https://h", certificate-authority: ca.crt}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: plug, context: {cluster: c, user: p}}]
users:
- {name: u, user: {client-certificate: client.crt, client-key: ./client.key, tokenFile: token}}
- {name: p, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: bin/plugin}}}
`,
  );
  const connection = await resolve(['sub/config']);
  expect(connection.certificateAuthority).toBe(pem('ca.crt'));
  expect(connection.user).toMatchObject({
    clientCertificate: pem('client.crt'),
    clientKey: pem('client.key'),
    tokenFile: join(directory, 'sub/token'),
  });
  const withPlugin = await resolve(['sub/config'], { context: 'plug' });
  expect(withPlugin.user.exec?.command).toBe(join(directory, 'sub/bin/plugin'));
});

test.each([
  ['127.0.0.1:6443', '', 'http://127.0.0.1:6443/'],
  ['127.0.0.1:6443', ', insecure-skip-tls-verify: true', 'http://127.0.0.1:6443/'],
  ['https://u:p@h:1/base/?q#f', '', 'https://h:1/base'],
])('the server %s%s is %s', async (server, more, expected) => {
  write(
    's',
    `current-context: x\nclusters: [{name: c, cluster: {server: "${server}"${more}}}]\ncontexts: [{name: x, context: {cluster: c}}]\n`,
  );
  expect((await resolve(['s'])).server.href).toBe(expected);
});

describe('as kubectl reads a file (like-kubectl.test.ts asks it)', () => {
  const config = (cluster: string, more = '') =>
    `current-context: x\nclusters: [{name: c, cluster: {server: "https://h", ${cluster}}}]\n` +
    `contexts: [{name: x, context: {cluster: c, namespace: ünï}}]\n${more}`;

  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(config(''))],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${config('')}`)],
    ['UTF-16, little endian', Buffer.from(`\ufeff${config('')}`, 'utf16le')],
    ['UTF-16, big endian', Buffer.from(`\ufeff${config('')}`, 'utf16le').swap16()],
  ])('%s', async (_, bytes) => {
    writeFileSync(join(directory, 'k'), bytes);
    expect(await resolve(['k'])).toMatchObject({ namespace: 'ünï' });
  });

  test.each<[string, Buffer]>([
    ['Latin-1', Buffer.from(config(''), 'latin1')],
    ['half of a UTF-16 character', Buffer.from(`\ufeff${config('')}`, 'utf16le').subarray(0, -1)],
  ])('%s is refused', async (_, bytes) => {
    writeFileSync(join(directory, 'k'), bytes);
    expect(await refusal(resolve(['k']))).toBe(
      `The kubeconfig file ${join(directory, 'k')} is neither UTF-8 nor UTF-16 text. Save it as UTF-8.`,
    );
  });

  test.each<[string, boolean | RegExp]>([
    ['yes', true],
    ['Y', true],
    ['On', true],
    ['off', false],
    ['~', false],
    [
      '"true"',
      /"insecure-skip-tls-verify" of cluster "c" is neither true nor false; write it without quotes/,
    ],
    ['1', /neither true nor false/],
  ])('insecure-skip-tls-verify: %s', async (value, expected) => {
    write('k', config(`insecure-skip-tls-verify: ${value}`));
    if (expected instanceof RegExp) expect(await refusal(resolve(['k']))).toMatch(expected);
    else expect(await resolve(['k'])).toMatchObject({ insecureSkipTlsVerify: expected });
  });

  test('flags that are empty are none', async () => {
    write('k', config(''));
    const flags = { kubeconfig: '', context: '', namespace: '', as: '' };
    expect(await resolve(['k'], flags)).toMatchObject({ context: 'x', namespace: 'ünï' });
  });

  test('of a key that is there twice, the last one counts', async () => {
    write('k', config('server: "https://other"', 'users: []\nusers: []\n'));
    expect((await resolve(['k'])).server.href).toBe('https://other/');
  });
});

describe('in a pod', () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

  test('the service account is used when there is no kubeconfig', async () => {
    write('token', 'sa-token');
    write('ca.crt', pem('ca.crt'));
    write('namespace', 'team-a');
    const connection = await resolveConnection(
      { requestTimeoutMs: 1 },
      { HOME: '/nowhere', ...env },
      directory,
    );
    expect(connection).toMatchObject({ context: 'in-cluster', namespace: 'team-a' });
    expect(connection.server.href).toBe('https://[fd00::1]/');
    expect(connection.user).toMatchObject({ tokenFile: join(directory, 'token'), token: undefined });
    expect(connection.certificateAuthority).toContain('BEGIN CERTIFICATE');
  });

  test('without a token there is nothing to use', async () => {
    expect(await refusal(resolve([], {}, env))).toContain('No kubeconfig found');
  });
});

describe('what cannot be used is refused with what to do', () => {
  const CLUSTER = 'clusters: [{name: c, cluster: {server: "https://h"}}]\n';
  const CONTEXT = 'current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n';

  test('no kubeconfig at all, never localhost', async () => {
    const words = await refusal(resolveConnection({ requestTimeoutMs: 1 }, { HOME: directory }, '/nowhere'));
    expect(words).toBe(
      `No kubeconfig found: ${join(directory, '.kube', 'config')} does not exist. ` +
        'Set KUBECONFIG or pass --kubeconfig <file>, start a cluster ("minikube start"), or try --lab.',
    );
    write('empty', '');
    expect(await refusal(resolve(['empty']))).toContain('is empty: it names no cluster');
  });

  test('--kubeconfig that does not exist', async () => {
    expect(await refusal(resolve([], { kubeconfig: '/no/such' }))).toContain(
      '/no/such given with --kubeconfig does not exist',
    );
  });

  test('an unknown context, with those that exist', async () => {
    write('b', B);
    const words = await refusal(resolve(['b'], { context: 'nope' }));
    expect(words).toBe(`The context "nope" does not exist. Contexts in ${join(directory, 'b')}: from-b, x.`);
  });

  test.each([
    [
      'no current context',
      CLUSTER + 'contexts: [{name: x, context: {cluster: c}}]',
      /No current context is set\. Contexts in .*: x\./,
    ],
    [
      'a current context that is not defined',
      CLUSTER + 'current-context: gone',
      /The context "gone" is the current one, but is not defined/,
    ],
    ['an unknown user', CLUSTER + CONTEXT, /names the user "u", which is not defined\. There are: none/],
    ['an unknown cluster', CONTEXT, /names the cluster "c", which is not defined/],
    ['not YAML', 'users:\n- name: u\n  token: "hunter2\n', /is not valid YAML: line \d+, column \d+/],
    [
      'an alias bomb',
      'a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]\n',
      /aliases/,
    ],
    ['another kind', 'apiVersion: apps/v1\nkind: Deployment\n', /its kind is not Config/],
    ['no mapping', 'hello', /holds no mapping/],
    ['clusters that are no list', 'clusters: foo', /"clusters" is not a list/],
    ['two of one name', 'users: [{name: u, user: {}}, {name: u, user: {}}]', /has two users named "u"/],
    ['an entry without a name', 'users: [{user: {}}]', /users\[0\] has no name/],
    [
      'a number for a token',
      CLUSTER + CONTEXT + 'users: [{name: u, user: {token: 12345}}]',
      /"token" of user "u" is not text; quote it/,
    ],
    [
      'a missing CA file',
      CONTEXT +
        'clusters: [{name: c, cluster: {server: "https://h", certificate-authority: no.crt}}]\nusers: [{name: u}]',
      /certificate-authority .*no\.crt of cluster "c" .* cannot be read \(ENOENT\)/,
    ],
    [
      'CA and insecure',
      CONTEXT +
        'clusters: [{name: c, cluster: {server: "https://h", certificate-authority-data: LS0tLS1CRUdJTiB4, insecure-skip-tls-verify: true}}]\nusers: [{name: u}]',
      /both a certificate-authority and insecure-skip-tls-verify/,
    ],
    [
      'token and password',
      CLUSTER + CONTEXT + 'users: [{name: u, user: {token: t, username: me, password: p}}]',
      /both a token and a user name/,
    ],
    [
      'a certificate without key',
      CLUSTER + CONTEXT + 'users: [{name: u, user: {client-certificate-data: LS0tLS1CRUdJTiB4}}]',
      /but not both/,
    ],
    ['no server', CONTEXT + 'clusters: [{name: c, cluster: {}}]\nusers: [{name: u}]', /has no server/],
    [
      'a server that is no URL',
      CONTEXT + 'clusters: [{name: c, cluster: {server: "ftp://h"}}]\nusers: [{name: u}]',
      /not an http or https URL/,
    ],
    [
      'a proxy that is none',
      CONTEXT +
        'clusters: [{name: c, cluster: {server: "https://h", proxy-url: "ftp://p"}}]\nusers: [{name: u}]',
      /proxy-url of cluster "c" in .* is not an http/,
    ],
    [
      'an auth-provider that kubectl dropped',
      CLUSTER + CONTEXT + 'users: [{name: u, user: {auth-provider: {name: gcp}}}]',
      /only oidc is/,
    ],
    ...(
      [
        [
          'certificate-authority-data: DATA+OMITTED',
          '',
          '"certificate-authority-data" of cluster "c" is DATA+OMITTED',
        ],
        [
          '',
          'client-certificate-data: DATA+OMITTED',
          '"client-certificate-data" of user "u" is DATA+OMITTED',
        ],
        ['', 'client-key-data: REDACTED', '"client-key-data" of user "u" is REDACTED'],
        ['', 'token: REDACTED', '"token" of user "u" is REDACTED'],
        ['', 'username: x, password: REDACTED', '"password" of user "u" is REDACTED'],
      ] as const
    ).map(
      ([cluster, user, words]) =>
        [
          `what "kubectl config view" prints: ${cluster}${user}`,
          `${CONTEXT}clusters: [{name: c, cluster: {server: "https://h", ${cluster}}}]\nusers: [{name: u, user: {${user}}}]`,
          new RegExp(`${words.replace('+', '\\+')}: .* "kubectl config view --raw" \\(context "x"\\)\\.$`),
        ] as [string, string, RegExp],
    ),
    [
      'a CA that is not PEM',
      CONTEXT +
        'clusters: [{name: c, cluster: {server: "https://h", certificate-authority-data: aHVudGVyMg==}}]\nusers: [{name: u}]',
      /certificate-authority-data of cluster "c" .* is not PEM in base64: get the kubeconfig again/,
    ],
    [
      'a plugin without apiVersion',
      CLUSTER + CONTEXT + 'users: [{name: u, user: {exec: {command: x}}}]',
      /needs both command and apiVersion/,
    ],
  ])('%s', async (_, text, expected) => {
    write('k', text);
    const words = await refusal(resolve(['k']));
    expect(words).toMatch(expected);
    expect(words).toContain(join(directory, 'k'));
    expect(words).not.toContain('hunter2');
  });

  test('a directory', async () => {
    mkdirSync(join(directory, 'd'));
    expect(await refusal(resolve(['d']))).toMatch(/cannot be read \(EISDIR\)/);
  });

  test('--as-group without --as', async () => {
    write('b', B);
    expect(await refusal(resolve(['b'], { asGroup: ['g'] }))).toContain('add --as <user>');
  });
});

describe('the proxy of the environment', () => {
  const proxy = (server: string, env: Record<string, string>): string | undefined =>
    proxyFor(new URL(server), env)?.href;

  test.each([
    ['https://k8s.example', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://k8s.example', { https_proxy: 'p:3128' }, 'http://p:3128/'],
    ['https://k8s.example', { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://k8s.example', { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://localhost:1', { HTTPS_PROXY: 'http://p' }, undefined],
    ['https://127.1.2.3:1', { HTTPS_PROXY: 'http://p' }, undefined],
    ['https://[::1]:1', { HTTPS_PROXY: 'http://p' }, undefined],
    ['https://a.k8s.example', { HTTPS_PROXY: 'http://p', NO_PROXY: 'x, k8s.example' }, undefined],
    ['https://k8s.example', { HTTPS_PROXY: 'http://p', NO_PROXY: '.k8s.example' }, 'http://p/'],
    ['https://notk8s.example', { HTTPS_PROXY: 'http://p', NO_PROXY: 'k8s.example' }, 'http://p/'],
    ['https://k8s.example:6443', { HTTPS_PROXY: 'http://p', no_proxy: 'k8s.example:443' }, 'http://p/'],
    ['https://k8s.example:6443', { HTTPS_PROXY: 'http://p', no_proxy: 'k8s.example:6443' }, undefined],
    ['https://10.96.0.1', { HTTPS_PROXY: 'http://p', NO_PROXY: '10.96.0.0/12' }, undefined],
    ['https://10.1.0.1', { HTTPS_PROXY: 'http://p', NO_PROXY: '10.96.0.0/12,fd00::/8' }, 'http://p/'],
    ['https://[fd00::1]', { HTTPS_PROXY: 'http://p', NO_PROXY: 'fd00::/8' }, undefined],
    ['https://k8s.example', { HTTPS_PROXY: 'http://p', NO_PROXY: '*' }, undefined],
  ])('%s with %j: %s', (server, env, expected) => {
    expect(proxy(server, env)).toBe(expected);
  });
});

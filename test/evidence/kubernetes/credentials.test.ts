import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KubernetesClient } from '../../../src/evidence/kubernetes/client.js';
import {
  apiServer,
  base64,
  clientFor,
  failure,
  json,
  listen,
  never,
  pem,
  status,
  temporaryDirectory,
  type TestServer,
} from './support.js';
import { ENDED_BY_ITSELF_MS } from '../../support/patience.js';

/** A server that tells what it was sent, and refuses tokens that begin with `old`. */
async function echo(seen: Record<string, unknown>[], clientCa?: string): Promise<TestServer> {
  return apiServer(
    'h2',
    (request, response) => {
      seen.push(request.headers);
      if (String(request.headers.authorization).startsWith('Bearer old')) {
        json(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
      } else json(response, 200, {});
    },
    clientCa === undefined ? {} : { clientCa },
  );
}

test('a token file is read again for each request', async () => {
  const seen: Record<string, unknown>[] = [];
  const file = join(temporaryDirectory(), 'token');
  writeFileSync(file, 'first\n');
  const client = await clientFor((await echo(seen)).url, { user: { tokenFile: file, token: 'ignored' } });
  await client.get('/version', never);
  writeFileSync(file, 'second\n');
  await client.get('/version', never);
  expect(seen.map((headers) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
});

test('a token file that is gone says which', async () => {
  const client = await clientFor((await echo([])).url, { user: { tokenFile: '/no/such/token' } });
  const error = await failure(client.get('/version', never));
  expect(error).toMatchObject({ why: 'unauthorized' });
  expect(error.message).toContain('/no/such/token of user "jane" cannot be read (ENOENT)');
});

test('a token file that goes away later leaves its last token, and one that never was the token beside it', async () => {
  const seen: Record<string, unknown>[] = [];
  const { url } = await echo(seen);
  const file = join(temporaryDirectory(), 'token');
  writeFileSync(file, 'first');
  const client = await clientFor(url, { user: { tokenFile: file } });
  await client.get('/version', never);
  rmSync(file);
  await client.get('/version', never);
  const other = await clientFor(url, { user: { tokenFile: file, token: 'beside' } });
  await other.get('/version', never);
  expect(seen.map((headers) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer first',
    'Bearer beside',
  ]);
});

test.each([['\n', 'is empty']])('a token file that holds %j is refused', async (content, words) => {
  const file = join(temporaryDirectory(), 'token');
  writeFileSync(file, content);
  const client = await clientFor((await echo([])).url, { user: { tokenFile: file } });
  expect((await failure(client.get('/version', never))).message).toContain(`${file} of user "jane" ${words}`);
});

test('names that are not ASCII are sent as UTF-8, over HTTP/2 as well', async () => {
  const seen: Record<string, unknown>[] = [];
  const user = { token: 't', as: 'Jörg', 'as-groups': ['日本', 'plain'] };
  await (await clientFor((await echo(seen)).url, { user })).get('/version', never);
  const bytes = (name: string) => Buffer.from(String(seen[0]?.[name]), 'latin1').toString('utf8');
  expect([bytes('impersonate-user'), bytes('impersonate-group')]).toEqual(['Jörg', '日本, plain']);
});

test.each([
  ['a token', { token: 'one\ntwo-hunter2' }, 'The token of user "jane" holds a line break'],
  [
    'whom to impersonate',
    { token: 't', as: 'a\nb' },
    'What is sent as impersonate-user of user "jane" holds a',
  ],
])('%s with a line break is not sent', async (_, user, words) => {
  const seen: Record<string, unknown>[] = [];
  const error = await failure((await clientFor((await echo(seen)).url, { user })).get('/version', never));
  expect(error.message).toContain(words);
  expect(error.message).not.toContain('hunter2');
  expect(seen).toEqual([]);
});

test('a refusal by a server without TLS says that no credentials were sent', async () => {
  const server = await apiServer('http', (request, response) =>
    request.headers.authorization === undefined
      ? json(response, 401, status(401, 'Unauthorized', 'Unauthorized'))
      : json(response, 200, {}),
  );
  const error = await failure((await clientFor(server.url, { user: { token: 't' } })).get('/version', never));
  expect(error.message).toContain('no credentials are sent to a server without TLS, as kubectl has it');
});

test('user name and password', async () => {
  const seen: Record<string, unknown>[] = [];
  const client = await clientFor((await echo(seen)).url, {
    user: { username: 'jane', password: 'pass:word' },
  });
  await client.get('/version', never);
  expect(seen[0]?.authorization).toBe(`Basic ${base64('jane:pass:word')}`);
});

test('a client certificate, as data', async () => {
  const server = await echo([], 'ca.crt');
  const user = {
    'client-certificate-data': base64(pem('client.crt')),
    'client-key-data': base64(pem('client.key')),
  };
  const client = await clientFor(server.url, { user });
  expect(await client.get('/version', never)).toEqual({});
});

test('a client certificate that the server demands and does not get', async () => {
  const client = await clientFor((await echo([], 'ca.crt')).url);
  const error = await failure(client.get('/version', never));
  expect(error.why).toBe('unreachable');
  expect(error.message).toMatch(/refuses the client certificate|connection was reset/);
});

test('impersonation by flags, and by the kubeconfig', async () => {
  const seen: Record<string, unknown>[] = [];
  const server = await echo(seen);
  const flags = { as: 'system:serviceaccount:a:b', asGroup: ['g1', 'g2'] };
  await (await clientFor(server.url, {}, flags)).get('/version', never);
  const user = {
    token: 't',
    as: 'bob',
    'as-uid': '7',
    'as-groups': ['g3'],
    'as-user-extra': { 'Team/x': ['y'] },
  };
  await (await clientFor(server.url, { user })).get('/version', never);
  expect(seen[0]).toMatchObject({ 'impersonate-user': flags.as, 'impersonate-group': 'g1, g2' });
  expect(seen[1]).toMatchObject({
    'impersonate-user': 'bob',
    'impersonate-uid': '7',
    'impersonate-group': 'g3',
    'impersonate-extra-team%2fx': 'y',
  });
});

describe('credential plugins', () => {
  const API_VERSION = 'client.authentication.k8s.io/v1';
  const credential = (status: object): string =>
    JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', status });

  /** A kubeconfig user with a plugin that is a shell script. */
  function plugin(script: string, more: object = {}): { user: object; directory: string } {
    const directory = temporaryDirectory();
    const command = join(directory, 'plugin');
    writeFileSync(command, `#!/bin/sh\ncd "${directory}"\necho run >>runs\n${script}\n`);
    chmodSync(command, 0o755);
    return {
      user: { exec: { apiVersion: API_VERSION, interactiveMode: 'IfAvailable', command, ...more } },
      directory,
    };
  }
  const runs = (directory: string): number =>
    readFileSync(join(directory, 'runs'), 'utf8').split('\n').length - 1;

  async function withPlugin(
    script: string,
    more: object = {},
    requestTimeoutMs = 5000,
  ): Promise<{ client: KubernetesClient; seen: Record<string, unknown>[]; directory: string; url: string }> {
    const seen: Record<string, unknown>[] = [];
    const { user, directory } = plugin(script, more);
    const server = await echo(seen);
    return {
      client: await clientFor(server.url, { user }, { requestTimeoutMs }),
      seen,
      directory,
      url: server.url,
    };
  }

  test('give a token, run once for all calls, and learn about the cluster', async () => {
    const { client, seen, directory, url } = await withPlugin(
      `printf %s "$KUBERNETES_EXEC_INFO" >info; printf '%s' '{"apiVersion":"${API_VERSION}","kind":"ExecCredential","status":{"token":"'"$1-$WHO"'"}}'`,
      { args: ['arg with space'], env: [{ name: 'WHO', value: 'jane' }], provideClusterInfo: true },
    );
    await Promise.all([client.get('/version', never), client.get('/version', never)]);
    await client.get('/version', never);
    expect(seen.map((headers) => headers.authorization)).toEqual(Array(3).fill('Bearer arg with space-jane'));
    expect(runs(directory)).toBe(1);
    expect(JSON.parse(readFileSync(join(directory, 'info'), 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion: API_VERSION,
      spec: {
        interactive: false,
        cluster: { server: url, 'certificate-authority-data': base64(pem('ca.crt')), config: null },
      },
    });
  });

  test.each([
    ['YAML', `apiVersion: ${API_VERSION}\nkind: ExecCredential\nstatus: {token: t}`],
    ['JSON without kind', JSON.stringify({ apiVersion: API_VERSION, status: { token: 't' } })],
  ])('may print %s, as for kubectl', async (_, answer) => {
    const { client, seen } = await withPlugin(`printf '%s' '${answer}'`);
    await client.get('/version', never);
    expect(seen[0]?.authorization).toBe('Bearer t');
  });

  test('give a client certificate', async () => {
    const directory = temporaryDirectory();
    const answer = credential({ clientCertificateData: pem('client.crt'), clientKeyData: pem('client.key') });
    writeFileSync(join(directory, 'answer'), answer);
    const { user } = plugin(`cat '${join(directory, 'answer')}'`);
    const client = await clientFor((await echo([], 'ca.crt')).url, { user });
    expect(await client.get('/version', never)).toEqual({});
  });

  test('run again when their credential has expired', async () => {
    const { client, directory } = await withPlugin(
      `echo '${credential({ token: 't', expirationTimestamp: '2020-01-01T00:00:00Z' })}'`,
    );
    await client.get('/version', never);
    const before = runs(directory);
    await client.get('/version', never);
    expect(runs(directory)).toBeGreaterThan(before);
  });

  test('run again, once, after a 401', async () => {
    const { client, seen, directory } = await withPlugin(
      `if [ -e again ]; then T=new; else T=old; fi; touch again; echo '${credential({ token: 'TOKEN' })}' | sed "s/TOKEN/$T/"`,
    );
    expect(await client.get('/version', never)).toEqual({});
    expect(seen.map((headers) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(runs(directory)).toBe(2);
  });

  test('are asked once more only, and then it is said', async () => {
    const { client, seen } = await withPlugin(`echo '${credential({ token: 'old' })}'`);
    const error = await failure(client.get('/version', never));
    expect(error.message).toContain('log in again with the tool that gave the credentials');
    expect(seen).toHaveLength(2);
  });

  test('that hang are ended at the bound', async () => {
    const { client, directory } = await withPlugin('sleep 30 & wait; touch survived', {}, 500);
    const started = performance.now();
    const error = await failure(client.get('/version', never));
    expect(performance.now() - started).toBeLessThan(ENDED_BY_ITSELF_MS);
    expect(error).toMatchObject({ why: 'timeout' });
    expect(error.message).toMatch(/credential plugin ".*plugin" of user "jane" did not answer within 500 ms/);
    expect(existsSync(join(directory, 'survived'))).toBe(false);
  });

  test('that are missing say so, with the hint', async () => {
    const exec = {
      apiVersion: API_VERSION,
      interactiveMode: 'Never',
      command: 'no-such-plugin',
      installHint: 'Get it at\nexample.com',
    };
    const client = await clientFor((await echo([])).url, { user: { exec } });
    const error = await failure(client.get('/version', never));
    expect(error).toMatchObject({ why: 'unauthorized' });
    expect(error.message).toContain(
      '"no-such-plugin" of user "jane" is not installed, or not on the PATH. Get it at example.com',
    );
  });

  test.each([
    [
      'fail',
      'echo "Session expired; key AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7EXAMPLE" >&2; exit 3',
      'failed with exit code 3: Session expired; key (hidden)',
    ],
    [
      'print what they got',
      'echo "login: token=hunter2" >&2; exit 1',
      'failed with exit code 1: login: token=(value',
    ],
    [
      'print a URL with a password',
      'echo "cannot reach https://me:hunter2@sso.example/login" >&2; exit 1',
      'failed with exit code 1: cannot reach (value hidden',
    ],
    [
      'print what they were given',
      'echo "wrong: $CLIENT_SECRET and $2" >&2; exit 1',
      'failed with exit code 1: wrong: (value hidden) and (value hidden)',
    ],
    ['print no JSON', 'echo hunter2', 'did not print an ExecCredential in JSON'],
    [
      'print something else',
      'echo \'{"kind": "Status", "hunter2": 1}\'',
      'did not print an ExecCredential with a status',
    ],
    [
      'speak another version',
      `echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"hunter2"}}'`,
      'speaks another apiVersion',
    ],
    ['give nothing', `echo '${credential({})}'`, 'gave neither a token nor a client certificate'],
    ['give half', `echo '${credential({ clientKeyData: 'hunter2' })}'`, 'but not both'],
    ['print forever', 'yes hunter2', 'prints more than a credential'],
  ])('that %s are told from the rest', async (_, script, words) => {
    const { client } = await withPlugin(script, {
      args: ['--password', 'hunter2-argument'],
      env: [{ name: 'CLIENT_SECRET', value: 'hunter2-variable' }],
    });
    const error = await failure(client.get('/version', never));
    expect(error.why).toBe('unauthorized');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('hunter2');
  });

  test('that want to talk are not started', async () => {
    const { client, directory } = await withPlugin('true', { interactiveMode: 'Always' });
    expect((await failure(client.get('/version', never))).message).toContain('interactiveMode: Always');
    expect(existsSync(join(directory, 'runs'))).toBe(false);
  });

  test('do not outlive the client', async () => {
    const { client } = await withPlugin('exec sleep 30');
    const failed = failure(client.get('/version', never));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await client.close();
    expect((await failed).message).toContain('was stopped before it was done');
    expect(performance.now() - started).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});

describe('OpenID Connect', () => {
  const jwt = (exp: number): string =>
    `${base64('{}')}.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;
  const provider = (config: object): object => ({ 'auth-provider': { name: 'oidc', config } });

  test('sends an id-token that is still good', async () => {
    const seen: Record<string, unknown>[] = [];
    const token = jwt(Math.floor(Date.now() / 1000) + 3600);
    const client = await clientFor((await echo(seen)).url, { user: provider({ 'id-token': token }) });
    await client.get('/version', never);
    expect(seen[0]?.authorization).toBe(`Bearer ${token}`);
  });

  test('says that one has expired and cannot be refreshed', async () => {
    const client = await clientFor((await echo([])).url, {
      user: provider({ 'id-token': jwt(1_700_000_000) }),
    });
    const error = await failure(client.get('/version', never));
    expect(error).toMatchObject({ why: 'unauthorized' });
    expect(error.message).toContain('OpenID Connect token of user "jane" has expired');
  });

  test('does not wait for an issuer that hangs', async () => {
    const issuer = await listen(
      createServer(() => undefined),
      'http',
    );
    const config = {
      'id-token': jwt(1_700_000_000),
      'client-id': 'kubernetes',
      'refresh-token': 'hunter2',
      'idp-issuer-url': issuer.url.replace('http:', 'https:'),
    };
    const client = await clientFor(
      (await echo([])).url,
      { user: provider(config) },
      { requestTimeoutMs: 500 },
    );
    const started = performance.now();
    const error = await failure(client.get('/version', never));
    expect(['timeout', 'unauthorized']).toContain(error.why);
    expect(error.message).toContain('OpenID Connect issuer');
    expect(error.message).not.toContain('hunter2');
    expect(performance.now() - started).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});

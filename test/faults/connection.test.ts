/** No way to the API server: kubeconfig, DNS, TCP, TLS, credentials. */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import {
  apiServer,
  json,
  kubeconfig,
  listen,
  temporaryDirectory,
  type Config,
} from '../evidence/kubernetes/support.js';
import { expectDocumented } from './support/documented.js';
import { report, verify, type Told } from './support/verify.js';
import { ENDED_BY_ITSELF_MS } from '../support/patience.js';

const HOME = process.env.HOME;
beforeEach(() => {
  delete process.env.KUBECONFIG;
  process.env.HOME = temporaryDirectory();
});
afterEach(() => {
  process.env.HOME = HOME;
});

function file(text: string): string {
  const path = join(temporaryDirectory(), 'config');
  writeFileSync(path, text);
  return path;
}

describe('kubeconfig', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab.close());

  const two = (): string =>
    file(
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: { token: 'hunter2' } }],
        contexts: ['kind-dev', 'minikube'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
      }),
    );

  test.each<[string, () => string[]]>([
    ['No kubeconfig at all', () => []],
    ['The file of --kubeconfig does not exist', () => ['--kubeconfig', '/nowhere/config']],
    ['Empty kubeconfig', () => ['--kubeconfig', file('')]],
    ['Kubeconfig is not YAML', () => ['--kubeconfig', file('clusters: [hunter2\n  token: {')]],
    ['Kubeconfig of the wrong form', () => ['--kubeconfig', file('clusters: hunter2\n')]],
    ['No current context', () => ['--kubeconfig', two()]],
    ['Unknown context', () => ['--kubeconfig', two(), '--context', 'prod']],
    [
      'Context without its cluster',
      () => [
        '--kubeconfig',
        file(
          'current-context: a\ncontexts: [{name: a, context: {cluster: gone, user: u}}]\nusers: [{name: u, user: {}}]\n',
        ),
      ],
    ],
    ['--as-group without --as', () => ['--kubeconfig', two(), '--context', 'minikube', '--as-group', 'dev']],
    ['Unknown namespace', () => ['--kubeconfig', lab.kubeconfigPath, '-n', 'defualt']],
  ])('%s', async (fault, argv) => {
    const outcome = await verify(...argv());
    expectDocumented(fault, outcome);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).not.toContain('hunter2');
    expect(outcome.stderr).not.toMatch(/^ +at /m);
  });
});

/** Nothing could be asked: one check says why, all others are blocked by it. */
function expectUnreachable({ having }: Told): void {
  expect(having('unknown')).toEqual(['cluster/reachable']);
  expect(having('pass')).toEqual([]);
  expect(having('fail')).toEqual([]);
}

/** Verify against a server at this URL. */
const against = (url: string, config: Config = {}): Promise<Told> =>
  report('--kubeconfig', kubeconfig(url, config), '--request-timeout', '1s');

describe('server', () => {
  async function withCertificate(certificate: string, config: Config = {}): Promise<Told> {
    const server = await apiServer('h2', (_, response) => json(response, 200, {}), { certificate });
    const told = await against(server.url, config);
    expect(server.requests).toEqual([]);
    return told;
  }

  test.each<[string, () => Promise<Told>]>([
    ['API server refuses connections', () => against('https://127.0.0.1:1')],
    ['Host name of the API server does not exist', () => against('https://kubernetes.invalid:6443')],
    [
      'API server accepts TCP and never answers the TLS handshake',
      async () => against((await listen(createServer(), 'https')).url),
    ],
    [
      'Connection closed during the TLS handshake',
      async () =>
        against(
          (
            await listen(
              createServer((socket) => socket.destroy()),
              'https',
            )
          ).url,
        ),
    ],
    [
      'Another program at the address (no TLS)',
      async () =>
        against(
          (
            await listen(
              createServer((socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
              'https',
            )
          ).url,
        ),
    ],
    [
      'Kubeconfig says http, the server speaks https',
      async () => {
        const words = 'Client sent an HTTP request to an HTTPS server.\n';
        const go = createServer((socket) =>
          socket.once('data', () => socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${words}`)),
        );
        return against((await listen(go, 'http')).url);
      },
    ],
    ['TLS certificate expired', () => withCertificate('expired.crt')],
    ['TLS certificate self-signed', () => withCertificate('self-signed.crt')],
    ['TLS certificate for another host', () => withCertificate('other-host.crt')],
    [
      'TLS certificate of a CA that the kubeconfig does not name',
      () => withCertificate('server.crt', { cluster: { 'certificate-authority': undefined } }),
    ],
  ])('%s', async (fault, run) => {
    const told = await run();
    expectDocumented(fault, told);
    expectUnreachable(told);
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});

describe('credentials', () => {
  /** A credential plugin that is a shell script. */
  function plugin(script: string, more: object = {}): object {
    const command = join(temporaryDirectory(), 'plugin');
    writeFileSync(command, `#!/bin/sh\n${script}\n`);
    chmodSync(command, 0o755);
    return {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command, ...more },
    };
  }

  const SECRET = 'Zx81-Qf7w_Kp2Rm9';
  const JWT = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"jane"}').toString('base64url')}.${SECRET}`;
  test.each([
    `error: token=${SECRET}`,
    `{"error":"expired","access_token":"${SECRET}","token_type":"Bearer"}`,
    `refused: Authorization: Bearer ${SECRET}`,
    `Get "https://jane:${SECRET}@issuer.example.com/token": EOF`,
    `oidc: client_secret: '${SECRET}' is not known`,
    `export AWS_SECRET_ACCESS_KEY=${SECRET}`,
    `cached ${JWT} has expired`,
    `GET /token?refresh_token=${SECRET}&scope=openid 400`,
    `\u001b[31mpassword: ${SECRET}\u001b[0m`,
  ])('a credential plugin that fails with its secret: %j', async (words) => {
    const told = await against('https://127.0.0.1:1', {
      user: plugin(`cat >&2 <<'END'\n${words}\nEND\nexit 1`),
    });
    expect(told.exitCode).toBe(3);
    const said = told.stdout + told.stderr;
    expect(said).toContain('credential plugin');
    for (let from = 0; from + 8 <= SECRET.length; from += 1)
      expect(said).not.toContain(SECRET.slice(from, from + 8));
  });

  test.each<[string, () => object]>([
    [
      'Credential plugin not installed',
      () =>
        plugin('', {
          command: 'kubelogin-of-acme',
          installHint: 'Install it with: brew install kubelogin-of-acme',
        }),
    ],
    ['Credential plugin hangs', () => plugin('exec sleep 30')],
    [
      'Credential plugin fails',
      () => plugin('echo "token hunter2 refused: log in again" | sed s/hunter2/.../ >&2; exit 1'),
    ],
    ['Credential plugin prints something else', () => plugin('echo hunter2')],
    [
      'Expired token (401), with the time in the token',
      () => {
        const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url');
        return { token: `eyJhbGciOiJSUzI1NiJ9.${claims}.hunter2` };
      },
    ],
    ['Token file is gone', () => ({ tokenFile: '/nowhere/token' })],
  ])('%s', async (fault, user) => {
    const unauthorized = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'Unauthorized',
      code: 401,
    };
    const server = await apiServer('h2', (_, response) => json(response, 401, unauthorized));
    const told = await against(server.url, { user: user() });
    expectDocumented(fault, told);
    expectUnreachable(told);
    expect(told.stdout).not.toContain('hunter2');
    expect(told.ms).toBeLessThan(ENDED_BY_ITSELF_MS);
  });
});

/** The lab behind proxies that do not let everything through: programs get into its pods all the same. */
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import Verify from '../../../src/commands/verify.js';
import { startLab, type Lab } from '../../../src/lab/lab.js';
import { runCommand } from '../../bundle/support.js';
import { cleanUp, kubeconfig, listen, pem } from '../kubernetes/support.js';

interface Target {
  url: URL;
  ca: string;
  token: string;
}

let lab: Lab;
let target: Target;
beforeAll(async () => {
  lab = await startLab();
  const config = parse(readFileSync(lab.kubeconfigPath, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
    users: [{ user: { token: string } }];
  };
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
  const { token } = config.users[0].user;
  target = { url: new URL(server), ca: Buffer.from(ca, 'base64').toString(), token };
});
afterAll(() => lab.close());

/** @param refuse the status for an upgrade that is not let through */
function proxy(
  { url: { hostname, port }, ca }: Target,
  refuse: (path: string) => number | undefined,
): Server {
  const server = createServer({ cert: pem('server.crt'), key: pem('server.key') }, (incoming, response) => {
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, ca, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', ({ method, url = '', rawHeaders }, socket: Socket, head: Buffer) => {
    const status = refuse(url);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    const onward = connect({ host: hostname, port: Number(port), ca }, () => {
      const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) =>
        rawHeaders.slice(2 * index, 2 * index + 2).join(': '),
      );
      onward.write(`${[`${method ?? 'GET'} ${url} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    cleanUp(() => void onward.destroy());
  });
  return server;
}

test.each<[string, (path: string) => number | undefined, RegExp]>([
  [
    'that takes URLs of 2,000 characters',
    (path) => (path.length > 2000 ? 414 : undefined),
    /^exec \S+ python3 \(over standard input\) {2}ok/m,
  ],
  [
    'that lets no standard input through',
    (path) => (path.includes('stdin=true') ? 400 : undefined),
    /^exec \S+ python3 \(over standard input\) {2}failed[^]*^exec \S+ python3 {2}ok/m,
  ],
])('a proxy %s', async (_, refuse, traced) => {
  const { url } = await listen(proxy(target, refuse), 'https');
  const file = kubeconfig(url, { user: { token: target.token } });
  const { exitCode, stdout, stderr } = await runCommand(Verify, [
    '--kubeconfig',
    file,
    '--url',
    lab.url,
    '-v',
    '-o',
    'wide',
  ]);
  expect(stderr).toMatch(traced);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
});

import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../src/lab/certificate.js';

const NOW = Date.parse('2026-02-09T14:05:00Z');
const names = { dns: ['localhost'], ipv4: ['127.0.0.1'] };
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('the certificate of the lab', () => {
  test('says what it was asked to say', () => {
    const made = selfSigned('todo-k8s lab', names, NOW);
    const parsed = new X509Certificate(made.certificate);
    expect(parsed.subject).toBe('CN=todo-k8s lab');
    expect(parsed.issuer).toBe('CN=todo-k8s lab');
    expect(parsed.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(parsed.ca).toBe(true);
    expect(Date.parse(parsed.validFrom)).toBe(NOW - 86_400_000);
    expect(Date.parse(parsed.validTo)).toBe(NOW + 365 * 86_400_000);
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('127.0.0.2')).toBeUndefined();
  });

  test('is signed by its own key, which is a fresh one each time', () => {
    const [one, two] = [selfSigned('a', names, NOW), selfSigned('a', names, NOW)];
    const parsed = new X509Certificate(one.certificate);
    expect(parsed.verify(createPublicKey(one.privateKey))).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(one.privateKey))).toBe(true);
    expect(parsed.verify(createPublicKey(two.privateKey))).toBe(false);
    expect(new X509Certificate(two.certificate).serialNumber).not.toBe(parsed.serialNumber);
  });

  test('is trusted in a handshake by who has it as authority, and by nobody else', async () => {
    const made = selfSigned('todo-k8s lab', names, Date.now());
    const server = createServer({ cert: made.certificate, key: made.privateKey }, (socket) =>
      socket.end('hello'),
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const handshake = (ca: string) =>
      new Promise<string>((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', ca }, () => resolve('trusted'));
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
        closers.push(() => socket.destroy());
      });
    expect(await handshake(made.certificate)).toBe('trusted');
    expect(await handshake(selfSigned('other', names, Date.now()).certificate)).toBe(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
  });
});

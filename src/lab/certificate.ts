/**
 * A self-signed X.509 certificate for the lab's API server. Node makes keys and signatures but no certificates, so
 * the few structures that one needs are written in DER here (RFC 5280, X.690). A fresh P-256 key for each start:
 * it takes about a millisecond, and no key that anybody else has is ever trusted.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  certificate: string;
  /** PEM, PKCS #8. */
  privateKey: string;
}

const TAG = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utf8: 12,
  sequence: 0x30,
  set: 0x31,
  utcTime: 23,
};
const DAY_MS = 86_400_000;

/**
 * @param commonName of subject and issuer
 * @param names DNS names and IPv4 addresses that it is valid for
 * @param now milliseconds since the epoch; valid from a day before it for a year
 */
export function selfSigned(
  commonName: string,
  names: { dns: string[]; ipv4: string[] },
  now: number,
): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
  const name = sequence(der(TAG.set, sequence(oid('2.5.4.3'), der(TAG.utf8, Buffer.from(commonName)))));
  const tbs = sequence(
    der(0xa0, integer(Buffer.from([2]))), // v3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + 365 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(names))),
  );
  const signature = sign('sha256', tbs, { key: privateKey, dsaEncoding: 'der' });
  return {
    certificate: pem('CERTIFICATE', sequence(tbs, algorithm, bits(signature, 0))),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function extensions({ dns, ipv4 }: { dns: string[]; ipv4: string[] }): Buffer[] {
  const alternatives = [
    ...dns.map((host) => der(0x82, Buffer.from(host))),
    ...ipv4.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  return [
    // The kubeconfig names it as the authority too, so it must be allowed to sign: basicConstraints CA, keyCertSign.
    extension('2.5.29.19', true, sequence(der(TAG.boolean, Buffer.from([0xff])))),
    extension('2.5.29.15', true, bits(Buffer.from([0x84]), 2)), // keyUsage: digitalSignature, keyCertSign
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
    extension('2.5.29.17', false, sequence(...alternatives)), // subjectAltName
  ];
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(TAG.boolean, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...flag, der(TAG.octets, value));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, ...parts);
}

/** @param value big-endian, its first byte below 0x80 */
function integer(value: Buffer): Buffer {
  return der(TAG.integer, value);
}

function bits(value: Buffer, unused: number): Buffer {
  return der(TAG.bits, Buffer.from([unused]), value);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** YYMMDDHHMMSSZ: enough until 2049. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[^0-9]/g, '');
  return der(TAG.utcTime, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

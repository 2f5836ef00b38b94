/**
 * Tokens in place of host names, addresses and user names: the same value always becomes the same token, and without
 * the key nobody finds the value again. Addresses stay addresses: two that share a network still share one, so that what
 * a NetworkPolicy allows stays allowed, and private ones stay private.
 */
import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

export interface Names {
  /** Host names that are known for what they are, whatever they look like. */
  hosts: readonly string[];
  users: readonly string[];
  /** Never replaced: names of objects, and words that belong to nobody. */
  keep: readonly string[];
}

/** Last labels by which a word with dots is taken for a host name; `main.py` and `v1.34.1` are none. */
const TOP_LEVEL =
  'com|net|org|edu|gov|io|dev|app|tech|cloud|ai|co|info|biz|internal|intranet|local|localdomain|lan|corp|home|private|' +
  'example|test|invalid|eu|de|uk|us|fr|nl|ch|at|it|es|se|no|fi|dk|pl|cz|ca|au|nz|jp|cn|in|br|za|ie|be|pt|ru|ua|kr|sg|tr|il|ae';

const HOST = new RegExp(
  `(?<![\\w.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,8}(?:${TOP_LEVEL})(?![\\w-]|\\.\\w)`,
  'gi',
);

/** Domains that are part of Kubernetes, of its tools, or of public registries: they tell of nobody. */
const PUBLIC =
  /(^|\.)(kubernetes\.io|k8s\.io|helm\.sh|cluster\.local|docker\.io|docker\.com|ghcr\.io|quay\.io|gcr\.io|minikube\.internal|docker\.internal|artifacthub\.io)$/i;

/** Providers that a diagnosis must know: their domain stays, with the mark of a connection pooler. */
const PROVIDER = /\.(neon\.tech|neon\.build|supabase\.co|amazonaws\.com|azure\.com|googleapis\.com)$/i;

const V4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2}(?!\d))?(?![\w]|\.\d)/g;
const V6 = /(?<![\w:.])(?=[\da-f:]{0,40}:[\da-f]{0,4}:)[\da-f:]{2,39}(?:\/\d{1,3}(?!\d))?(?![\w:])/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])/gi;
/** Names in the words of API server, PostgreSQL and shells; in folders of homes. */
const USER = /(\b[Uu]ser(?:name)?[ =:]+["'“])([^"'”\n]{1,200})(["'”])/g;
const HOME = /(\/(?:home|Users)\/)([^/\s"':]{1,64})/g;

/** @param key keeps tokens from being guessed back; the same key makes the same tokens */
export function createPseudonyms(key: Buffer, names: Names): (text: string) => string {
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  const token = (kind: string, text: string) =>
    `${kind}-${digest(`${kind} ${text.toLowerCase()}`).toString('hex').slice(0, 8)}`;
  const keep = new Set([...names.keep, 'localhost', 'minikube', ''].map((name) => name.toLowerCase()));
  const users = new Set(names.users.filter((name) => !keep.has(name.toLowerCase())));
  const known = [...new Set([...names.hosts, ...users])]
    .filter((name) => !keep.has(name.toLowerCase()) && !isAddress(name))
    .sort((a, b) => b.length - a.length);
  const exact =
    known.length === 0
      ? undefined
      : new RegExp(`(?<![\\w.-])(?:${known.map(escaped).join('|')})(?![\\w-]|\\.\\w)`, 'gi');
  const addresses = new Map<string, string>();

  const host = (name: string): string => {
    if (keep.has(name.toLowerCase()) || PUBLIC.test(name)) return name;
    const [, provider] = PROVIDER.exec(name) ?? [];
    const pooler = /-pooler(\.|$)/i.test(name) ? '-pooler' : '';
    // The pooler's name is that of the host behind it, with a mark: they stay alike.
    const base = name.replace(/-pooler(?=\.|$)/i, '');
    return `${token('host', base)}${pooler}${provider === undefined ? '' : `.${provider.toLowerCase()}`}`;
  };
  const user = (name: string) => (keep.has(name.toLowerCase()) ? name : token('user', name));
  const address = (text: string): string => {
    const mapped = addresses.get(text) ?? mapAddress(text, digest);
    addresses.set(text, mapped);
    return mapped;
  };

  return (text) => {
    let result = text;
    if (exact) result = result.replace(exact, (name) => (users.has(name) ? user(name) : host(name)));
    result = result
      .replace(
        USER,
        (_, before: string, name: string, after: string) =>
          `${before}${isToken(name) ? name : user(name)}${after}`,
      )
      .replace(HOME, (_, before: string, name: string) => `${before}${user(name)}`);
    if (result.includes('@')) result = result.replace(EMAIL, (name) => user(name));
    if (!/[.:]/.test(result)) return result;
    return result.replace(HOST, host).replace(V6, address).replace(V4, address);
  };
}

function isToken(name: string): boolean {
  return /^(host|user)-[0-9a-f]{8}$/.test(name);
}

function isAddress(name: string): boolean {
  return isIPv4(name) || isIPv6(name);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Bits at the beginning that stay: what makes an IPv4 address private, shared or public. */
function keptBits([a = 0, b = 0]: readonly number[]): number {
  if (a === 172 && b >= 16 && b < 32) return 12;
  if (a === 100 && b >= 64 && b < 128) return 10;
  if ((a === 192 && b === 168) || (a === 169 && b === 254)) return 16;
  return 8;
}

/** An address, or a network in CIDR form, as another one; what is none stays as it is. */
function mapAddress(text: string, digest: (text: string) => Buffer): string {
  const [plain = '', length] = text.split('/');
  const suffix = length === undefined ? '' : `/${length}`;
  if (isIPv4(plain)) {
    const bytes = plain.split('.').map(Number);
    // Loopback, "any" and broadcast are the same everywhere.
    if (bytes[0] === 127 || bytes[0] === 0 || bytes[0] === 255) return text;
    return `${mapBits(bytes, keptBits(bytes), length, 'ipv4', digest).join('.')}${suffix}`;
  }
  const bytes = isIPv6(plain) ? bytesOfV6(plain) : undefined;
  if (!bytes || bytes.slice(0, 15).every((byte) => byte === 0)) return text;
  const mapped = mapBits(bytes, 16, length, 'ipv6', digest);
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((mapped[2 * index] ?? 0) << 8) | (mapped[2 * index + 1] ?? 0)).toString(16),
  );
  return `${new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)}${suffix}`;
}

/**
 * Flips each bit, or not, by the bits before it: two addresses stay alike as far as they are alike (Xu et al.,
 * "Prefix-preserving IP address anonymization").
 */
function mapBits(
  bytes: readonly number[],
  kept: number,
  length: string | undefined,
  kind: string,
  digest: (text: string) => Buffer,
): number[] {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const network = length === undefined ? bits.length : Number(length);
  let result = bits.slice(0, kept);
  for (let index = kept; index < bits.length; index += 1) {
    const flip = (digest(`${kind} ${bits.slice(0, index)}`)[0] ?? 0) & 1;
    result += String(Number(bits[index]) ^ flip);
  }
  // The part of the hosts in a network is empty.
  const masked = result.slice(0, network).padEnd(bits.length, '0');
  return bytes.map((_, index) => parseInt(masked.slice(8 * index, 8 * index + 8), 2));
}

function bytesOfV6(text: string): number[] {
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const front = groups(head);
  const back = groups(tail);
  const middle = Array<string>(tail === undefined ? 0 : 8 - front.length - back.length).fill('0');
  return [...front, ...middle, ...back].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

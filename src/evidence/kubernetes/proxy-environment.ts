/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY as kubectl (Go's net/http) understands them. */
import { isIP } from 'node:net';
import { isInBlock } from '../../kube/ip-block.js';
import type { Environment } from './kubeconfig-file.js';
import { hostOf, portOf } from '../url-parts.js';

/**
 * The proxy for a server, or undefined for a direct connection. Loopback is never proxied.
 * A value that is no URL counts as unset, because Go ignores it as well.
 */
export function proxyFor(server: URL, env: Environment): URL | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = env[name] ?? env[name.toLowerCase()];
  if (value === undefined || value === '') return undefined;
  const full = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(full) || bypassed(server, env.NO_PROXY ?? env.no_proxy ?? '')) return undefined;
  return new URL(full);
}

function bypassed(server: URL, noProxy: string): boolean {
  const host = hostOf(server).toLowerCase();
  const port = String(portOf(server));
  if (host === 'localhost' || isInBlock(host, '127.0.0.0/8') || host === '::1') return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInBlock(host, entry);
      const [, name = entry, itsPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
      if (itsPort !== undefined && itsPort !== port) return false;
      const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
      if (isIP(bare) !== 0) return bare === host;
      return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
    });
}

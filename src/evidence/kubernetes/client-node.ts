/**
 * The only importer of @kubernetes/client-node, itself imported on demand: loading it costs more than a whole
 * `verify` (websocket.ts has the figures), and most kubeconfigs need none of it. It serves what would
 * be a protocol of its own to write: OpenID Connect refresh, and tunnels through HTTP(S) and SOCKS proxies.
 */
import type { ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { bounded, Stopped } from './bounded.js';
import { KubernetesError } from './client.js';
import { duration } from './text.js';

/**
 * The bearer token of the `oidc` auth-provider, refreshed when its id-token has expired.
 * The refreshed token is not written back to the kubeconfig: this program only reads.
 * @param timeoutMs milliseconds that the issuer gets to answer
 * @throws KubernetesError `unauthorized` or `timeout`
 */
export async function oidcToken(
  user: string,
  config: Record<string, string>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'cluster', server: 'https://localhost', skipTLSVerify: false },
    { name: user, authProvider: { name: 'oidc', config: { ...config } } },
  );
  const options: { headers?: Record<string, string> } = {};
  try {
    await bounded(timeoutMs, signal, () => kubeConfig.applyToHTTPSOptions(options as ClientRequestArgs));
  } catch (error) {
    if (error instanceof Stopped) {
      throw new KubernetesError(
        'timeout',
        `The OpenID Connect issuer of user "${user}" did not answer within ${duration(timeoutMs)}.`,
      );
    }
    throw new KubernetesError(
      'unauthorized',
      `The OpenID Connect issuer of user "${user}" gave no new token; log in again.`,
    );
  }
  const token = options.headers?.Authorization?.replace(/^Bearer /, '');
  if (token === undefined) {
    throw new KubernetesError(
      'unauthorized',
      `The OpenID Connect token of user "${user}" has expired; log in again.`,
    );
  }
  return token;
}

/** The two kinds of agent that the client makes for a proxy, by the method that opens a tunnel. */
interface TunnelAgent {
  createConnection(options: object, callback: (error: Error | null, socket: Socket) => void): void;
  connect?(request: object, options: object): Promise<Socket>;
}

/**
 * A raw TCP connection to host:port through a proxy.
 * @param timeoutMs milliseconds that the proxy gets to connect
 * @throws Error as the proxy's agent gives it; `Bad response: N` when the proxy answers CONNECT with status N
 */
export async function tunnel(proxy: URL, host: string, port: number, timeoutMs: number): Promise<Socket> {
  const kubeConfig = new KubeConfig();
  // As Go has it, `socks5` means what others call `socks5h`: the proxy resolves the name, which may be unknown here.
  const proxyUrl = proxy.href.replace(/^socks5:/, 'socks5h:');
  // An http server, whatever the real one is: then the agent gives the bare tunnel, and TLS stays in one place.
  kubeConfig.loadFromClusterAndUser(
    { name: 'cluster', server: 'http://tunnel', proxyUrl, skipTLSVerify: false },
    { name: '' },
  );
  const options: { agent?: unknown; timeout: number } = { timeout: timeoutMs };
  await kubeConfig.applyToHTTPSOptions(options as ClientRequestArgs);
  const agent = options.agent as TunnelAgent;
  const target = { host, port, timeout: timeoutMs, secureEndpoint: false };
  if (proxy.protocol.startsWith('socks')) {
    if (agent.connect === undefined) throw new Error('the agent cannot open a tunnel');
    const socket = await agent.connect({ destroy: () => undefined }, target);
    // The agent's timer is meant for connecting, but would go on to end an idle connection.
    socket.setTimeout(0).removeAllListeners('timeout');
    return socket;
  }
  return new Promise((resolve, reject) => {
    agent.createConnection(target, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });
}

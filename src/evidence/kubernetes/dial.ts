/** Opens connections to the API server: TCP, or TLS as the kubeconfig demands it, directly or through a proxy. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
} from 'node:tls';
import { KubeconfigError } from './client.js';
import type { Identity } from './credentials.js';
import type { ClusterConnection } from './kubeconfig.js';
import { hostOf, portOf } from '../url-parts.js';

/** The proxy, not the API server, is what failed. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

export class Dialer {
  #context: { certificate: Identity['certificate']; value: SecureContext } | undefined;
  readonly #host: string;
  readonly #port: number;

  /** @param timeoutMs milliseconds for a proxy to connect; other waits are bounded by the signal given to `dial` */
  constructor(
    private readonly connection: ClusterConnection,
    private readonly timeoutMs: number,
  ) {
    const { server } = connection;
    this.#host = hostOf(server);
    this.#port = portOf(server);
  }

  /**
   * One new connection, ready to be spoken on.
   * @param protocols ALPN names in order of preference; the socket's `alpnProtocol` says which was agreed on
   * @throws Error of the socket; ProxyError; the signal's reason
   */
  async dial(protocols: string[], identity: Identity, signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted();
    const raw = (await this.#tunnel()) ?? (await this.#direct(signal));
    if (signal.aborted) raw.destroy();
    signal.throwIfAborted();
    raw.setNoDelay(true);
    if (this.connection.server.protocol !== 'https:') return raw;
    // The TLS socket reports the errors of the one that it wraps.
    raw.on('error', () => undefined);
    const secure = this.#tls(protocols, identity, raw);
    await untilReady(secure, 'secureConnect', signal);
    return secure;
  }

  /**
   * Builds the TLS context now, so that certificates that cannot be used are found before the first request.
   * @throws KubeconfigError
   */
  prepare(certificate: Identity['certificate']): SecureContext {
    const kept = this.#context;
    if (kept !== undefined && kept.certificate?.cert === certificate?.cert) return kept.value;
    const { certificateAuthority, context, files } = this.connection;
    try {
      const value = createSecureContext({
        ca: certificateAuthority,
        cert: certificate?.cert,
        key: certificate?.key,
      });
      this.#context = { certificate, value };
      return value;
    } catch (error) {
      // OpenSSL's reason names the defect (such as KEY_VALUES_MISMATCH), never the key.
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new KubeconfigError(
        `The certificate-authority, client certificate or key of context "${context}" cannot be used (${reason}): ` +
          `compare what ${files.join(' and ')} holds with where it came from.`,
      );
    }
  }

  async #direct(signal: AbortSignal): Promise<Socket> {
    // Node's 250 ms for the first address family would fail on slow links to a name with several addresses.
    const socket = connectTcp({ host: this.#host, port: this.#port, autoSelectFamilyAttemptTimeout: 1000 });
    await untilReady(socket, 'connect', signal);
    return socket;
  }

  #tls(protocols: string[], identity: Identity, raw: Socket): Socket {
    const { tlsServerName, insecureSkipTlsVerify } = this.connection;
    const expected = tlsServerName ?? this.#host;
    return connectTls({
      socket: raw,
      // An IP address is not allowed in SNI.
      ...(isIP(expected) === 0 ? { servername: expected } : {}),
      secureContext: this.prepare(identity.certificate),
      ALPNProtocols: protocols,
      rejectUnauthorized: !insecureSkipTlsVerify,
      checkServerIdentity: (_, certificate) => checkServerIdentity(expected, certificate),
    });
  }

  async #tunnel(): Promise<Socket | undefined> {
    const { proxy } = this.connection;
    if (proxy === undefined) return undefined;
    const { tunnel } = await import('./client-node.js');
    try {
      return await tunnel(proxy, this.#host, this.#port, this.timeoutMs);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const status = /^Bad response: (\d+)$/.exec(message)?.[1];
      const cause = status === undefined ? (code ?? 'no tunnel') : `HTTP ${status}`;
      throw new ProxyError(`the proxy ${proxy.protocol}//${proxy.host} did not connect to it (${cause})`);
    }
  }
}

async function untilReady(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off(event, onReady).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const abandon = (error: Error): void =>
      settle(() => {
        // Errors that follow a destroyed socket have no one left to tell.
        socket.on('error', () => undefined).destroy();
        reject(error);
      });
    const onReady = (): void => settle(resolve);
    const onError = (error: Error): void => abandon(error);
    const onClose = (): void => abandon(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    const onAbort = (): void => abandon(signal.reason as Error);
    socket.once(event, onReady).once('error', onError).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

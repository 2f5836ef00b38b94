/** Who this program is to the API server: Authorization and Impersonate-… headers, and the client certificate. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KubernetesError } from './client.js';
import type { PluginCredentials } from './exec-plugin.js';
import type { ClusterConnection } from './kubeconfig.js';
import type { UserCredentials } from './kubeconfig-user.js';
import type { Environment } from './kubeconfig-file.js';

export interface Identity {
  headers: Record<string, string | string[]>;
  /** PEM; undefined without a client certificate. */
  certificate: { cert: string; key: string } | undefined;
}

export class Credentials {
  readonly #user: UserCredentials;
  #obtained: Promise<PluginCredentials> | undefined;
  #identity: Identity | undefined;
  /** That the token file held. */
  #lastToken: string | undefined;

  /** @param timeoutMs bound, in milliseconds, of anything that must be run or asked to get credentials */
  constructor(
    private readonly connection: ClusterConnection,
    private readonly env: Environment,
    private readonly timeoutMs: number,
    /** Aborts when the client is closed, so that no plugin outlives it. */
    private readonly closed: AbortSignal,
  ) {
    this.#user = connection.user;
  }

  /**
   * What to send with the next request. A token file is read again each time; a plugin's credential is kept until it
   * expires, and one run of the plugin serves all requests that wait for it.
   * @throws KubernetesError `unauthorized` or `timeout`
   */
  async identity(): Promise<Identity> {
    const { authorization, certificate } = await this.#proof();
    const headers: Identity['headers'] = { ...impersonationHeaders(this.#user) };
    if (authorization !== undefined) headers.authorization = authorization;
    for (const [name, values] of Object.entries(headers)) headers[name] = this.#sendable(name, values);
    this.#identity = { headers, certificate };
    return this.#identity;
  }

  /** After a 401: forgets what can be got again. False when another try would send the same again. */
  renew(): boolean {
    if (this.#obtained === undefined) return false;
    this.#obtained = undefined;
    return true;
  }

  /** What is known of why the server did not accept the last identity: never the credential, at most its expiry. */
  explainRefusal(): string {
    const { name, exec, oidc, withheld } = this.#user;
    if (withheld) {
      return 'no credentials are sent to a server without TLS, as kubectl has it; give its https address as "server"';
    }
    const whose =
      name === '' ? 'no credentials are configured for this context' : `user "${name}" is not accepted`;
    const expiry = tokenExpiry(this.#identity?.headers.authorization) ?? certificateExpiry(this.#identity);
    if (expiry !== undefined && expiry.at < Date.now()) {
      return `${whose}: the ${expiry.of} expired at ${new Date(expiry.at).toISOString()}; log in again`;
    }
    if (exec !== undefined || oidc !== undefined)
      return `${whose}; log in again with the tool that gave the credentials`;
    return name === '' ? whose : `${whose}: the credentials are expired, revoked or of another cluster`;
  }

  /**
   * As kubectl writes a header: UTF-8, which node:http would make Latin-1.
   * @throws KubernetesError for what no header can hold
   */
  #sendable(name: string, values: string | string[]): string | string[] {
    if (typeof values !== 'string') return values.map((value) => String(this.#sendable(name, value)));
    if (/[\0-\x08\n-\x1f\x7f]/.test(values)) {
      const what = name === 'authorization' ? 'The token' : `What is sent as ${name}`;
      throw new KubernetesError(
        'unauthorized',
        `${what} of user "${this.#user.name}" holds a line break or another control character, which cannot be sent.`,
      );
    }
    return Buffer.from(values, 'utf8').toString('latin1');
  }

  async #proof(): Promise<{ authorization: string | undefined; certificate: Identity['certificate'] }> {
    const user = this.#user;
    const configured =
      user.clientCertificate === undefined || user.clientKey === undefined
        ? undefined
        : { cert: user.clientCertificate, key: user.clientKey };
    const token = user.tokenFile === undefined ? user.token : await this.#fromFile(user.tokenFile);
    if (token !== undefined) return { authorization: `Bearer ${token}`, certificate: configured };
    if (user.basic !== undefined) {
      const pair = Buffer.from(`${user.basic.username}:${user.basic.password}`).toString('base64');
      return { authorization: `Basic ${pair}`, certificate: configured };
    }
    if (user.exec !== undefined || user.oidc !== undefined) {
      const { token: obtained, clientCertificate: cert, clientKey: key } = await this.#obtain();
      return {
        authorization: obtained === undefined ? undefined : `Bearer ${obtained}`,
        certificate: cert === undefined || key === undefined ? configured : { cert, key },
      };
    }
    return { authorization: undefined, certificate: configured };
  }

  /** As kubectl: what the file says now, else what it said before, else the token beside it. */
  async #fromFile(file: string): Promise<string> {
    const refuse = (defect: string): KubernetesError =>
      new KubernetesError('unauthorized', `The token file ${file} of user "${this.#user.name}" ${defect}.`);
    let token: string;
    try {
      token = (await readFile(file, 'utf8')).trim();
    } catch (error) {
      const last = this.#lastToken ?? this.#user.token;
      if (last !== undefined) return last;
      throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    }
    if (token === '') throw refuse('is empty');
    return (this.#lastToken = token);
  }

  /** From a plugin or an issuer: kept until it expires; whoever waits for it shares one run. */
  async #obtain(): Promise<PluginCredentials> {
    const kept = await this.#obtained;
    if (kept?.expiresAt !== undefined && kept.expiresAt <= Date.now()) this.#obtained = undefined;
    this.#obtained ??= this.#fetch().catch((error: unknown) => {
      // The next request may try again: the user may have logged in meanwhile (--wait, --watch).
      this.#obtained = undefined;
      throw error;
    });
    return this.#obtained;
  }

  async #fetch(): Promise<PluginCredentials> {
    const { user, server, ...rest } = this.connection;
    if (user.exec !== undefined) {
      const { runExecPlugin } = await import('./exec-plugin.js');
      const cluster = { ...rest, server: server.href.replace(/\/$/, '') };
      return runExecPlugin(user.exec, user.name, cluster, this.env, this.timeoutMs, this.closed);
    }
    const { oidcToken } = await import('./client-node.js');
    const token = await oidcToken(user.name, user.oidc ?? {}, this.timeoutMs, this.closed);
    return { token, clientCertificate: undefined, clientKey: undefined, expiresAt: tokenExpiry(token)?.at };
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonationHeaders(user: UserCredentials): Identity['headers'] {
  const as = user.impersonate;
  if (as === undefined) return {};
  const headers: Identity['headers'] = { 'impersonate-user': as.user };
  if (as.uid !== undefined) headers['impersonate-uid'] = as.uid;
  if (as.groups.length > 0) headers['impersonate-group'] = as.groups;
  for (const [key, values] of Object.entries(as.extra)) {
    headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = values;
  }
  return headers;
}

interface Expiry {
  of: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The `exp` claim of a bearer token that is a JWT. */
function tokenExpiry(authorization: string | string[] | undefined): Expiry | undefined {
  const payload = String(authorization ?? '').split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof claims.exp === 'number' ? { of: 'token', at: claims.exp * 1000 } : undefined;
  } catch {
    return undefined;
  }
}

function certificateExpiry(identity: Identity | undefined): Expiry | undefined {
  if (identity?.certificate === undefined) return undefined;
  try {
    return {
      of: 'client certificate',
      at: Date.parse(new X509Certificate(identity.certificate.cert).validTo),
    };
  } catch {
    return undefined;
  }
}

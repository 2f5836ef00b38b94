/**
 * Credential plugins (client.authentication.k8s.io), as kubeconfig users of EKS, GKE and AKS have them.
 *
 * Not the generated client's: that one waits forever, leaves the plugin running, does not tell it about the cluster
 * (KUBERNETES_EXEC_INFO), and costs loading the whole client. The protocol is one process and one JSON document.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { spawn } from 'node:child_process';
import { DEFAULT_CONTRACT } from '../../contract/contract.js';
import { createHider } from '../hide.js';
import { createRedactor } from '../redaction.js';
import { KubernetesError } from './client.js';
import type { ExecPlugin } from './kubeconfig-user.js';
import { isFields, type Environment } from './kubeconfig-file.js';
import { duration, maskTokens, plainLine } from './text.js';

export interface PluginCredentials {
  token: string | undefined;
  /** PEM; always together with the key. */
  clientCertificate: string | undefined;
  /** PEM. */
  clientKey: string | undefined;
  /** Milliseconds since 1970; undefined: good for this process. */
  expiresAt: number | undefined;
}

/** What a plugin with `provideClusterInfo` is told. */
export interface ClusterInfo {
  server: string;
  certificateAuthority: string | undefined;
  tlsServerName: string | undefined;
  insecureSkipTlsVerify: boolean;
  /** The kubeconfig's own fields, as it has them. */
  proxyUrl: string | undefined;
  disableCompression: boolean;
  /** Of the cluster's extension for plugins. */
  pluginConfig: unknown;
}

/** A credential is a few kilobytes; what is more is none. */
const MAX_OUTPUT_BYTES = 1 << 20;

/**
 * Runs the plugin once. Its standard output is the credential and is never part of a message.
 * @param timeoutMs milliseconds; the plugin is killed then
 * @throws KubernetesError `unauthorized`, or `timeout`
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  user: string,
  cluster: ClusterInfo,
  env: Environment,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PluginCredentials> {
  const named = `The credential plugin "${plainLine(plugin.command)}" of user "${user}"`;
  if (plugin.interactiveMode === 'Always') {
    throw new KubernetesError(
      'unauthorized',
      `${named} wants to ask questions (interactiveMode: Always), and cannot.`,
    );
  }
  const output = await run(
    plugin,
    named,
    { ...env, ...pluginEnvironment(plugin, cluster) },
    timeoutMs,
    signal,
  );
  return parseCredential(plugin, named, await parseOutput(output));
}

function pluginEnvironment(plugin: ExecPlugin, cluster: ClusterInfo): Environment {
  const info = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify || undefined,
    'certificate-authority-data':
      cluster.certificateAuthority === undefined
        ? undefined
        : Buffer.from(cluster.certificateAuthority).toString('base64'),
    'proxy-url': cluster.proxyUrl,
    'disable-compression': cluster.disableCompression || undefined,
    config: cluster.pluginConfig ?? null,
  };
  return {
    ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: plugin.apiVersion,
      spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: info } : {}) },
    }),
  };
}

function run(
  plugin: ExecPlugin,
  named: string,
  env: Environment,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(plugin.command, plugin.args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    let received = 0;
    let stderr = '';

    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (why: 'unauthorized' | 'timeout', message: string): void =>
      finish(() => {
        child.kill('SIGKILL');
        // A grandchild may hold the pipes open for as long as it likes.
        child.stdout.destroy();
        child.stderr.destroy();
        reject(new KubernetesError(why, message));
      });
    const onAbort = (): void => fail('timeout', `${named} was stopped before it was done.`);
    const timer = setTimeout(
      () => fail('timeout', `${named} did not answer within ${duration(timeoutMs)}.`),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.length;
      stdout.push(chunk);
      if (received > MAX_OUTPUT_BYTES) fail('unauthorized', `${named} prints more than a credential.`);
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-4096)));
    child.on('error', (error: NodeJS.ErrnoException) =>
      fail('unauthorized', cannotStart(plugin, named, error)),
    );
    child.on('close', (code, killedBy) => {
      if (code === 0) {
        finish(() => resolve(Buffer.concat(stdout).toString('utf8')));
        return;
      }
      const words = lastLine(plugin, stderr);
      const end = code === null ? `was ended by ${killedBy ?? 'a signal'}` : `failed with exit code ${code}`;
      fail('unauthorized', `${named} ${end}${words === '' ? '.' : `: ${words}`}`);
    });
  });
}

function cannotStart(plugin: ExecPlugin, named: string, error: NodeJS.ErrnoException): string {
  const hint = plugin.installHint === undefined ? '' : ` ${plainLine(plugin.installHint)}`;
  if (error.code === 'ENOENT') return `${named} is not installed, or not on the PATH.${hint}`;
  return `${named} cannot be started (${error.code ?? 'unknown error'}).${hint}`;
}

/** A plugin may say anything, also what it was given and what it got: hidden like any text from outside. */
function lastLine(plugin: ExecPlugin, stderr: string): string {
  const hider = createHider(DEFAULT_CONTRACT, createRedactor());
  hider.argv(plugin.args);
  for (const { name, value } of plugin.env) hider.value(name, value);
  const said = stderr.split('\n').filter((line) => line.trim() !== '');
  return plainLine(maskTokens(hider.line(said.at(-1) ?? '')), 200);
}

/** JSON, or YAML, which kubectl takes, too; undefined for what is neither. */
async function parseOutput(output: string): Promise<unknown> {
  try {
    return JSON.parse(output) as unknown;
  } catch {
    const { parse } = await import('yaml');
    try {
      return parse(output, { logLevel: 'silent' }) as unknown;
    } catch {
      return undefined;
    }
  }
}

function parseCredential(plugin: ExecPlugin, named: string, credential: unknown): PluginCredentials {
  if (!isFields(credential)) {
    throw new KubernetesError('unauthorized', `${named} did not print an ExecCredential in JSON.`);
  }
  const kind = credential.kind ?? 'ExecCredential';
  if (kind !== 'ExecCredential' || !isFields(credential.status)) {
    throw new KubernetesError('unauthorized', `${named} did not print an ExecCredential with a status.`);
  }
  if (credential.apiVersion !== plugin.apiVersion) {
    const expected = `the kubeconfig expects ${plainLine(plugin.apiVersion, 80)}`;
    throw new KubernetesError(
      'unauthorized',
      `${named} speaks another apiVersion than configured: ${expected}.`,
    );
  }
  const status = credential.status;
  const field = (name: string): string | undefined => {
    const value = status[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const token = field('token');
  const clientCertificate = field('clientCertificateData');
  const clientKey = field('clientKeyData');
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw new KubernetesError('unauthorized', `${named} gave a client certificate or a key, but not both.`);
  }
  if (token === undefined && clientCertificate === undefined) {
    throw new KubernetesError('unauthorized', `${named} gave neither a token nor a client certificate.`);
  }
  const expiry = Date.parse(field('expirationTimestamp') ?? '');
  return { token, clientCertificate, clientKey, expiresAt: Number.isNaN(expiry) ? undefined : expiry };
}

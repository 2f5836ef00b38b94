/**
 * From flags and kubeconfig to one cluster, one user and one namespace, with kubectl's rules. What kubectl would
 * guess (localhost:8080 without any configuration) is an error here: a proof about the wrong cluster is no proof.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import type { ConnectionFlags } from './client.js';
import { KubeconfigError } from './client.js';
import type { Entry, Environment, Fields, Kubeconfig } from './kubeconfig-file.js';
import { credential, flag, isFields, loadKubeconfig, path, pem, text } from './kubeconfig-file.js';
import { asText } from './text.js';
import { proxyFor } from './proxy-environment.js';

/** client.authentication.k8s.io: the `exec` field of a kubeconfig user. */
export interface ExecPlugin {
  apiVersion: string;
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint: string | undefined;
  provideClusterInfo: boolean;
  interactiveMode: string;
}

/** How a user proves who he is; the fields of a kubeconfig user. */
export interface UserCredentials {
  name: string;
  token: string | undefined;
  /** Read again for each request, because service account tokens are rotated in place. */
  tokenFile: string | undefined;
  basic: { username: string; password: string } | undefined;
  /** PEM. */
  clientCertificate: string | undefined;
  /** PEM. */
  clientKey: string | undefined;
  exec: ExecPlugin | undefined;
  /** Configuration of the `oidc` auth-provider. */
  oidc: Record<string, string> | undefined;
  impersonate: Impersonation | undefined;
  /** The server's URL is not https: none of the credentials are here, only whom to impersonate. */
  withheld: boolean;
}

interface Impersonation {
  user: string;
  uid: string | undefined;
  groups: string[];
  extra: Record<string, string[]>;
}

/** Everything that it takes to reach one API server. */
export interface ClusterConnection {
  context: string;
  namespace: string;
  /** Without credentials, query or trailing slash; may have a path (as behind Rancher). */
  server: URL;
  /** PEM of the cluster's CA; undefined: the authorities that Node trusts. */
  certificateAuthority: string | undefined;
  /** Name that the server's certificate must bear, when it is not the URL's host. */
  tlsServerName: string | undefined;
  insecureSkipTlsVerify: boolean;
  /** `proxy-url`, else what the environment says. */
  proxy: URL | undefined;
  user: UserCredentials;
  /** Where cluster and user are from: kubeconfig files, or the directory of a service account. */
  files: string[];
}

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @param serviceAccountDirectory where a pod finds its token; another one in tests only
 * @throws KubeconfigError when the flags, the environment and the files do not lead to one cluster
 */
export async function resolveConnection(
  flags: ConnectionFlags,
  env: Environment,
  serviceAccountDirectory = SERVICE_ACCOUNT_DIRECTORY,
): Promise<ClusterConnection> {
  const config = await loadKubeconfig(flags.kubeconfig, env);
  const empty = config.clusters.size === 0 && config.contexts.size === 0 && config.users.size === 0;
  const connection =
    empty && flags.kubeconfig === undefined && flags.context === undefined
      ? inCluster(flags, env, serviceAccountDirectory)
      : undefined;
  if (connection !== undefined) return connection;
  if (empty) throw nothingConfigured(config);
  return fromKubeconfig(config, flags, env);
}

function nothingConfigured(config: Kubeconfig): KubeconfigError {
  const found =
    config.files.length > 0
      ? `The kubeconfig ${config.files.join(', ')} is empty: it names no cluster.`
      : `No kubeconfig found: ${config.missing.join(', ') || '~/.kube/config'} does not exist.`;
  return new KubeconfigError(
    `${found} Set KUBECONFIG or pass --kubeconfig <file>, start a cluster ("minikube start"), or try --lab.`,
  );
}

/** A pod's own service account (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/). */
function inCluster(
  flags: ConnectionFlags,
  env: Environment,
  directory: string,
): ClusterConnection | undefined {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  const tokenFile = join(directory, 'token');
  if (host === undefined || port === undefined || !existsSync(tokenFile)) return undefined;
  const read = (name: string): string | undefined => {
    const file = join(directory, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  };
  const server = serverUrl(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`, 'in-cluster');
  const user: Entry = { file: directory, fields: {} };
  return {
    context: 'in-cluster',
    namespace: flags.namespace ?? env.POD_NAMESPACE ?? read('namespace') ?? 'default',
    server,
    certificateAuthority: read('ca.crt'),
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    proxy: proxyFor(server, env),
    user: { ...credentials('service account', user, impersonation(user, '', flags)), tokenFile },
    files: [directory],
  };
}

function fromKubeconfig(config: Kubeconfig, flags: ConnectionFlags, env: Environment): ClusterConnection {
  const contextName = flags.context ?? config.currentContext;
  const available = `Contexts in ${config.files.join(', ')}: ${[...config.contexts.keys()].sort().join(', ') || 'none'}.`;
  if (contextName === undefined) {
    throw new KubeconfigError(
      `No current context is set. ${available} Choose one with --context, or with "kubectl config use-context".`,
    );
  }
  const context = config.contexts.get(contextName);
  if (context === undefined) {
    const origin = flags.context === undefined ? 'is the current one, but is not defined' : 'does not exist';
    throw new KubeconfigError(`The context "${contextName}" ${origin}. ${available}`);
  }
  const where = `context "${contextName}"`;
  const clusterName = text(context, 'cluster', where);
  const userName = text(context, 'user', where);
  const cluster = clusterName === undefined ? undefined : config.clusters.get(clusterName);
  const user = userName === undefined ? { file: context.file, fields: {} } : config.users.get(userName);
  if (cluster === undefined) throw dangling(context, where, 'cluster', clusterName, config.clusters);
  if (user === undefined) throw dangling(context, where, 'user', userName, config.users);
  const impersonate = impersonation(user, `user "${userName ?? ''}"`, flags);
  try {
    const fields = clusterFields(`cluster "${clusterName ?? ''}"`, cluster, env);
    return {
      context: contextName,
      namespace: flags.namespace ?? text(context, 'namespace', where) ?? 'default',
      ...fields,
      user:
        fields.server.protocol === 'https:'
          ? credentials(userName ?? '', user, impersonate)
          : withheld(userName ?? '', impersonate),
      files: [...new Set([cluster.file, user.file])],
    };
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    throw new KubeconfigError(`${error.message.replace(/\.$/, '')} (${where}).`);
  }
}

function dangling(
  context: Entry,
  where: string,
  kind: string,
  name: string | undefined,
  known: Map<string, Entry>,
): KubeconfigError {
  const names = [...known.keys()].sort().join(', ') || 'none';
  return new KubeconfigError(
    name === undefined
      ? `The ${where} in ${context.file} names no ${kind}. There are: ${names}.`
      : `The ${where} in ${context.file} names the ${kind} "${name}", which is not defined. There are: ${names}.`,
  );
}

type ClusterFields = Omit<ClusterConnection, 'context' | 'namespace' | 'user' | 'files'>;

function clusterFields(where: string, cluster: Entry, env: Environment): ClusterFields {
  const address = text(cluster, 'server', where);
  if (address === undefined) throw new KubeconfigError(`The ${where} in ${cluster.file} has no server.`);
  const server = serverUrl(address, `${where} in ${cluster.file}`);
  const usesTls = server.protocol === 'https:';
  const certificateAuthority = usesTls ? pem(cluster, 'certificate-authority', where) : undefined;
  const insecureSkipTlsVerify = flag(cluster, 'insecure-skip-tls-verify', where);
  if (insecureSkipTlsVerify && certificateAuthority !== undefined) {
    throw new KubeconfigError(
      `The ${where} in ${cluster.file} has both a certificate-authority and insecure-skip-tls-verify; remove one.`,
    );
  }
  const proxyUrl = text(cluster, 'proxy-url', where);
  return {
    server,
    certificateAuthority,
    tlsServerName: text(cluster, 'tls-server-name', where),
    insecureSkipTlsVerify: usesTls && insecureSkipTlsVerify,
    proxy:
      proxyUrl === undefined
        ? proxyFor(server, env)
        : new URL(checkedProxy(proxyUrl, `${where} in ${cluster.file}`)),
  };
}

/** kubectl takes `host:port` too, and reads it as http, whatever the kubeconfig says of TLS. */
function serverUrl(address: string, where: string): URL {
  const full = address.includes('://') ? address : `http://${address}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new KubeconfigError(`The server of ${where} is not an http or https URL.`);
  }
  url.username = url.password = url.search = url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function checkedProxy(proxyUrl: string, where: string): string {
  if (!/^(https?|socks5h?):\/\//i.test(proxyUrl) || !URL.canParse(proxyUrl)) {
    throw new KubeconfigError(`The proxy-url of ${where} is not an http, https or socks5 URL.`);
  }
  return proxyUrl;
}

/**
 * What a user may send to a server without TLS: nothing that anyone on the way could use, as kubectl has it. Whom to
 * impersonate is no credential.
 */
function withheld(name: string, impersonate: Impersonation | undefined): UserCredentials {
  return {
    name,
    token: undefined,
    tokenFile: undefined,
    basic: undefined,
    clientCertificate: undefined,
    clientKey: undefined,
    exec: undefined,
    oidc: undefined,
    impersonate,
    withheld: true,
  };
}

function credentials(name: string, user: Entry, impersonate: Impersonation | undefined): UserCredentials {
  const where = `user "${name}"`;
  const token = credential(user, 'token', where);
  const tokenFile = path(user, 'tokenFile', where);
  const username = text(user, 'username', where);
  const password = credential(user, 'password', where);
  const certificate = pem(user, 'client-certificate', where);
  const key = pem(user, 'client-key', where);
  const exec = execPlugin(user, where);
  const oidc = oidcProvider(user, where);
  const refuse = (defect: string): KubeconfigError =>
    new KubeconfigError(`The ${where} in ${user.file} has ${defect}`);
  if (username !== undefined && (token ?? tokenFile) !== undefined)
    throw refuse('both a token and a user name with password; keep one.');
  if (username === undefined && password !== undefined) throw refuse('a password, but no user name.');
  if ((certificate === undefined) !== (key === undefined))
    throw refuse('a client certificate or a client key, but not both.');
  if (exec !== undefined && oidc !== undefined) throw refuse('both exec and auth-provider; keep one.');
  return {
    name,
    token,
    tokenFile,
    basic: username === undefined ? undefined : { username, password: password ?? '' },
    clientCertificate: certificate,
    clientKey: key,
    // Any other credential keeps the plugin from being run.
    exec: (token ?? tokenFile ?? username ?? certificate) === undefined ? exec : undefined,
    oidc,
    impersonate,
    withheld: false,
  };
}

const EXEC_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const INTERACTIVE_MODES = ['Never', 'IfAvailable', 'Always'];

function execPlugin(user: Entry, where: string): ExecPlugin | undefined {
  const fields = user.fields.exec;
  if (fields === undefined || fields === null) return undefined;
  const exec: Entry = { file: user.file, fields: isFields(fields) ? fields : {} };
  const at = `exec of ${where}`;
  const command = text(exec, 'command', at);
  const apiVersion = text(exec, 'apiVersion', at);
  if (command === undefined || apiVersion === undefined) {
    throw new KubeconfigError(`The ${at} in ${user.file} needs both command and apiVersion.`);
  }
  const refuse = (defect: string): KubeconfigError =>
    new KubeconfigError(`The ${at} in ${user.file} ${defect}`);
  if (!EXEC_VERSIONS.includes(apiVersion))
    throw refuse(`has an apiVersion that kubectl does not know; it may be ${EXEC_VERSIONS.join(' or ')}.`);
  // Up to v1beta1 it had a default.
  const interactiveMode =
    text(exec, 'interactiveMode', at) ?? (apiVersion.endsWith('/v1') ? '' : 'IfAvailable');
  if (!INTERACTIVE_MODES.includes(interactiveMode))
    throw refuse(`needs an interactiveMode: ${INTERACTIVE_MODES.join(', ')}.`);
  const args = exec.fields.args ?? [];
  if (!isTexts(args)) throw refuse('has args that are not a list of texts; quote them.');
  const env = exec.fields.env ?? [];
  const isVariable = (item: unknown): item is { name: string; value?: unknown } =>
    isFields(item) && typeof item.name === 'string' && item.name !== '';
  if (!Array.isArray(env) || !env.every(isVariable)) throw refuse('has env without a name.');
  return {
    apiVersion,
    // As kubectl: a bare name is looked up in PATH, a path is relative to the kubeconfig.
    command: /[/\\]/.test(command) && !isAbsolute(command) ? join(dirname(user.file), command) : command,
    args,
    env: env.map(({ name, value }) => ({ name, value: asText(value) })),
    installHint: text(exec, 'installHint', at),
    provideClusterInfo: flag(exec, 'provideClusterInfo', at),
    interactiveMode,
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function oidcProvider(user: Entry, where: string): Record<string, string> | undefined {
  const provider = user.fields['auth-provider'];
  if (!isFields(provider)) return undefined;
  if (provider.name !== 'oidc') {
    // kubectl dropped the others in 1.26; the generated client's versions of them block without a bound.
    throw new KubeconfigError(
      `The auth-provider of ${where} in ${user.file} is not supported (only oidc is). ` +
        'Use the credential plugin of your cloud (exec) instead, as kubectl does since 1.26.',
    );
  }
  return Object.fromEntries(
    Object.entries(isFields(provider.config) ? provider.config : {}).map(([key, value]) => [
      key,
      String(value),
    ]),
  );
}

function impersonation(user: Entry, where: string, flags: ConnectionFlags): Impersonation | undefined {
  const name = flags.as ?? text(user, 'as', where);
  const groups = flags.asGroup ?? strings(user.fields['as-groups']);
  const uid = text(user, 'as-uid', where);
  const extra = isFields(user.fields['as-user-extra']) ? user.fields['as-user-extra'] : ({} satisfies Fields);
  if (name === undefined) {
    if (groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0) {
      throw new KubeconfigError('Groups can be impersonated only together with a user: add --as <user>.');
    }
    return undefined;
  }
  return {
    user: name,
    uid,
    groups,
    extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, strings(values)])),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

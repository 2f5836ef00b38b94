/**
 * From flags and kubeconfig to one cluster, one user and one namespace, with kubectl's rules. What kubectl would
 * guess (localhost:8080 without any configuration) is an error here: a proof about the wrong cluster is no proof.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ConnectionFlags } from './client.js';
import { KubeconfigError } from './client.js';
import type { Entry, Environment, Kubeconfig } from './kubeconfig-file.js';
import { flag, isFields, loadKubeconfig, pem, text } from './kubeconfig-file.js';
import { credentials, impersonation, withheld, type UserCredentials } from './kubeconfig-user.js';
import { proxyFor } from './proxy-environment.js';

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
  /** `proxy-url` as it is written. */
  proxyUrl: string | undefined;
  disableCompression: boolean;
  /** What the cluster's extension `client.authentication.k8s.io/exec` holds for credential plugins. */
  pluginConfig: unknown;
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
  given: ConnectionFlags,
  env: Environment,
  serviceAccountDirectory = SERVICE_ACCOUNT_DIRECTORY,
): Promise<ClusterConnection> {
  const flags = withoutEmpty(given);
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

/** `--context "$CONTEXT"` with an empty variable is no `--context`, as for kubectl. */
function withoutEmpty(flags: ConnectionFlags): ConnectionFlags {
  const { kubeconfig, context, namespace, as } = flags;
  const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
  return {
    ...flags,
    kubeconfig: filled(kubeconfig),
    context: filled(context),
    namespace: filled(namespace),
    as: filled(as),
  };
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
    proxyUrl: undefined,
    disableCompression: false,
    pluginConfig: undefined,
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
    proxyUrl,
    disableCompression: flag(cluster, 'disable-compression', where),
    pluginConfig: pluginConfig(cluster),
  };
}

function pluginConfig({ fields }: Entry): unknown {
  const extensions = Array.isArray(fields.extensions) ? (fields.extensions as unknown[]) : [];
  return extensions.filter(isFields).find(({ name }) => name === 'client.authentication.k8s.io/exec')
    ?.extension;
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

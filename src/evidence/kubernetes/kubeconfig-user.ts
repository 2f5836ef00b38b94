/** Who a user of a kubeconfig is, and how he proves it: validated as kubectl validates it. */
import { dirname, isAbsolute, join } from 'node:path';
import { KubeconfigError, type ConnectionFlags } from './client.js';
import { credential, flag, isFields, path, pem, text, type Entry, type Fields } from './kubeconfig-file.js';
import { asText } from './text.js';

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

export interface Impersonation {
  user: string;
  uid: string | undefined;
  groups: string[];
  extra: Record<string, string[]>;
}

/**
 * What a user may send to a server without TLS: nothing that anyone on the way could use, as kubectl has it. Whom to
 * impersonate is no credential.
 */
export function withheld(name: string, impersonate: Impersonation | undefined): UserCredentials {
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

export function credentials(
  name: string,
  user: Entry,
  impersonate: Impersonation | undefined,
): UserCredentials {
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

export function impersonation(user: Entry, where: string, flags: ConnectionFlags): Impersonation | undefined {
  const name = flags.as ?? text(user, 'as', where);
  const groups = flags.asGroup ?? texts(user, 'as-groups', user.fields['as-groups']);
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
    extra: Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [key, texts(user, 'as-user-extra', values)]),
    ),
  };
}

/** @throws KubeconfigError for anything but a list of texts */
function texts(user: Entry, key: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (isTexts(value)) return value;
  throw new KubeconfigError(
    `In the kubeconfig file ${user.file}, "${key}" is not a list of texts; quote them.`,
  );
}

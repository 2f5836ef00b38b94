/**
 * What it takes to log in, out of a DATABASE_URL that every reader of such a URL understands alike. Stays inside the
 * reader. The program that runs in pods has the same grammar (in-pod/programs/ladder.py, parse).
 */

export interface DatabaseLogin {
  user: string;
  password: string;
  database: string;
  hosts: { host: string; port: number }[];
  mode: SslMode;
  /** Of the start-up message. */
  options: string | undefined;
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof MODES)[number];

const URL_FORM =
  /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\/([^:@/?#\s]+):([^@/?#\s]+)@([^@/?#\s]+)(?:\/([^@/?#\s]*))?(?:\?([^@#\s]*))?$/;
const HOST_FORM = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_][A-Za-z0-9_.-]*))(?::(\d{1,5})?)?$/;

/** Parameters that would lead elsewhere than the rest of the URL says. */
const OVERRIDES = ['host', 'hostaddr', 'port', 'user', 'password', 'dbname'];

/** @returns undefined when anything about the URL is in doubt */
export function databaseLogin(url: string): DatabaseLogin | undefined {
  const match = URL_FORM.exec(url);
  if (match === null || /%(?![0-9A-Fa-f]{2})|%00|[\0-\x1f]/.test(url)) return undefined;
  const [, user = '', password = '', place = '', name = '', query = ''] = match;
  try {
    const parameters = readParameters(query);
    const hosts = place.split(',').map(readHost);
    const given = parameters?.get('sslmode') ?? parameters?.get('ssl') ?? 'prefer';
    const mode = MODES.find((known) => known === (given === 'true' ? 'require' : given));
    if (parameters === undefined || mode === undefined || hosts.includes(undefined)) return undefined;
    return {
      user: decodeURIComponent(user),
      password: decodeURIComponent(password),
      database: decodeURIComponent(name === '' ? user : name),
      hosts: hosts.flatMap((host) => host ?? []),
      mode,
      options: parameters.get('options'),
    };
  } catch {
    // A URIError: bytes that are no UTF-8. Nothing of it may be told.
    return undefined;
  }
}

function readParameters(query: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [key = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) return undefined;
    parameters.set(decodeURIComponent(key), decodeURIComponent(value));
  }
  return OVERRIDES.some((key) => parameters.has(key)) ? undefined : parameters;
}

function readHost(text: string): { host: string; port: number } | undefined {
  const match = HOST_FORM.exec(text);
  const port = Number(match?.[3] ?? 5432);
  if (match === null || port < 1 || port > 65535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

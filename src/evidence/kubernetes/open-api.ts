/** One connection to the API server with who asks on it: what reads and writes share. */
import { Api } from './api.js';
import { Connection } from './connection.js';
import { Credentials } from './credentials.js';
import { Dialer } from './dial.js';
import { Failures, statusOf } from './errors.js';
import { isFields, type Environment } from './kubeconfig-file.js';
import type { ClusterConnection } from './kubeconfig.js';

export interface OpenApi {
  api: Api;
  connection: Connection;
  /** URL of the server, without credentials. */
  server: string;
}

/** Nothing is sent yet. @param closed ends what is under way */
export function openApi(
  cluster: ClusterConnection,
  env: Environment,
  requestTimeoutMs: number,
  closed: AbortSignal,
): OpenApi {
  const server = cluster.server.href.replace(/\/$/, '');
  const dialer = new Dialer(cluster, requestTimeoutMs);
  const { clientCertificate: cert, clientKey: key } = cluster.user;
  if (cluster.server.protocol === 'https:')
    dialer.prepare(cert === undefined || key === undefined ? undefined : { cert, key });
  const connection = new Connection(dialer, cluster.server, requestTimeoutMs);
  const failures = new Failures({ server, context: cluster.context, host: cluster.server.hostname });
  const credentials = new Credentials(cluster, env, requestTimeoutMs, closed);
  return {
    api: new Api(failures, credentials, connection, cluster.server, requestTimeoutMs),
    connection,
    server,
  };
}

/**
 * Tells "this object is not there" from "this API is not there": only the first names the object in its Status
 * (meta/v1, `details.name`). Mistaking the second for the first would turn an inability to look into an absence.
 */
export function isObjectAbsent(body: Buffer): boolean {
  const status = statusOf(body);
  const details = status?.details;
  return status?.reason === 'NotFound' && isFields(details) && typeof details.name === 'string';
}

/**
 * The one thing of this program that writes to a cluster, for `--publish` and `--workers --apply` alone: a client of its own, so that whatever reads
 * has no way to write.
 */
import { describePath } from './api-path.js';
import type { ConnectionFlags } from './client.js';
import { isFields, type Environment, type Fields } from './kubeconfig-file.js';
import { resolveConnection } from './kubeconfig.js';
import { isObjectAbsent, openApi } from './open-api.js';

export interface KubernetesWriter {
  /**
   * Makes the object, or makes it what is given (server-side apply): the same call twice changes nothing. It takes the
   * permissions `patch` and, where the object is not there yet, `create`.
   * @param path of the object, with its name
   * @returns undefined where the API has no such resource
   * @throws KubernetesError
   */
  apply(path: string, object: object, signal: AbortSignal): Promise<Fields | undefined>;
  /**
   * metadata.uid of an object, by which others refer to it; undefined where it is not there. It takes the permission `get`.
   * @throws KubernetesError
   */
  uidOf(path: string, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Removes an object and, afterwards, what belongs to it; one that is not there is removed. It takes the permission `delete`.
   * @throws KubernetesError
   */
  remove(path: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

const MANAGER = 'todo-k8s';

/** @throws KubeconfigError (exit code 2) */
export async function createKubernetesWriter(
  flags: ConnectionFlags,
  env: Environment,
): Promise<KubernetesWriter> {
  const closed = new AbortController();
  const cluster = await resolveConnection(flags, env);
  const { api, connection } = openApi(cluster, env, flags.requestTimeoutMs, closed.signal);
  return {
    async apply(path, object, signal) {
      const value = await api.json(
        {
          call: describePath('patch', path),
          path: `${path}?fieldManager=${MANAGER}&force=true`,
          accept: 'application/json',
          method: 'PATCH',
          body: object,
          contentType: 'application/apply-patch+yaml',
          retry: true,
        },
        signal,
        // The namespace, or another object that is named, is missing: that is an error.
        (body) => !isObjectAbsent(body),
      );
      return isFields(value) ? value : undefined;
    },
    async uidOf(path, signal) {
      const value = await api.json(
        { call: describePath('get', path), path, accept: 'application/json', retry: true },
        signal,
        isObjectAbsent,
      );
      const uid = isFields(value) && isFields(value.metadata) ? value.metadata.uid : undefined;
      return typeof uid === 'string' ? uid : undefined;
    },
    async remove(path, signal) {
      await api.json(
        {
          call: describePath('delete', path),
          path: `${path}?propagationPolicy=Background`,
          accept: 'application/json',
          method: 'DELETE',
          retry: true,
        },
        signal,
        isObjectAbsent,
      );
    },
    close() {
      closed.abort(new Error('closed'));
      connection.close();
    },
  };
}

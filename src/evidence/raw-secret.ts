/** A Secret with its values. Nothing but the reader's own files may import this. */
import type { Hider } from './hide.js';
import type { KubernetesClient } from './kubernetes/client.js';
import type { ObjectMeta } from './objects.js';

export interface RawSecret {
  metadata: ObjectMeta;
  type: string;
  /** Decoded values by key. */
  values: ReadonlyMap<string, string>;
}

interface ApiSecret {
  metadata: ObjectMeta;
  type?: string;
  data?: Record<string, string> | null;
}

/**
 * Reads a Secret and makes its values known to the hider, before anyone sees them.
 * @param path API path of the Secret
 * @throws KubernetesError
 */
export async function readSecret(
  client: KubernetesClient,
  path: string,
  hider: Hider,
  signal: AbortSignal,
): Promise<RawSecret | undefined> {
  const secret = await client.get<ApiSecret>(path, signal);
  if (secret === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [key, encoded] of Object.entries(secret.data ?? {})) {
    const value = Buffer.from(encoded, 'base64').toString();
    values.set(key, value);
    hider.learn(value);
  }
  return { metadata: secret.metadata, type: secret.type ?? 'Opaque', values };
}

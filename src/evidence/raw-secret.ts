/** A Secret with its values. Nothing but the reader's own files may import this. */
import { writtenMeta } from './border/pod-shape.js';
import { madeFrom, objectAt } from './border/read.js';
import { map, need, object, text } from './border/shape.js';
import type { FactContext } from './fact-context.js';
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
  data?: Record<string, string>;
}

const secretShape = object<ApiSecret>({ metadata: need(writtenMeta), type: text, data: map(text) });

/**
 * Reads a Secret and makes its values known to the hider, before anyone sees them.
 * @param path API path of the Secret
 * @throws KubernetesError
 */
export async function readSecret(
  context: Pick<FactContext, 'client' | 'hider' | 'signal'>,
  path: string,
): Promise<RawSecret | undefined> {
  const secret = await objectAt(context, path, secretShape);
  if (secret === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [key, encoded] of Object.entries(secret.data ?? {})) {
    const value = Buffer.from(encoded, 'base64').toString();
    values.set(key, value);
    context.hider.learn(value);
  }
  return madeFrom({ metadata: secret.metadata, type: secret.type ?? 'Opaque', values }, secret);
}

import type { ConfigMapFacts } from '../evidence.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { ObjectMeta } from '../objects.js';
import { sanitize } from '../sanitize.js';

interface ConfigMap {
  metadata: ObjectMeta;
  data?: Record<string, string> | null;
}

export async function readConfigMap(context: FactContext): Promise<ConfigMapFacts | undefined> {
  const path = namespaced(context, `configmaps/${context.target.names.configMap}`);
  const [configMap] = await Promise.all([
    context.client.get<ConfigMap>(path, context.signal),
    context.secretsKnown(),
  ]);
  if (configMap === undefined) return undefined;
  const { hider } = context;
  const entries = Object.entries(configMap.data ?? {});
  const hiddenKeys = entries
    .filter(([key, value]) => hider.value(key, value) !== sanitize(value))
    .map(([key]) => key);
  return {
    name: configMap.metadata.name,
    labels: configMap.metadata.labels ?? {},
    data: Object.fromEntries(entries.map(([key, value]) => [key, hider.text(hider.value(key, value))])),
    hiddenKeys,
  };
}

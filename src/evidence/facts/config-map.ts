import { keptIn } from '../border/read.js';
import type { ConfigMapFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { sanitize } from '../sanitize.js';

export async function readConfigMap(context: FactContext): Promise<ConfigMapFacts | undefined> {
  const [configMap] = await Promise.all([
    context.rawConfigMap(context.target.names.configMap),
    context.secretsKnown(),
  ]);
  if (configMap === undefined) return undefined;
  keptIn(context, [configMap]);
  const { hider } = context;
  const entries = Object.entries(configMap.data ?? {});
  const binary = Object.entries(configMap.binaryData ?? {});
  const decoded = binary.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);
  const hiddenKeys = [...entries, ...decoded]
    .filter(([key, value]) => hider.value(key, value) !== sanitize(value))
    .map(([key]) => key);
  return {
    name: configMap.metadata.name,
    labels: configMap.metadata.labels ?? {},
    data: Object.fromEntries(entries.map(([key, value]) => [key, hider.text(hider.value(key, value))])),
    hiddenKeys,
    ...(binary.length > 0 && { binaryKeys: binary.map(([key]) => key) }),
    deletionTimestamp: configMap.metadata.deletionTimestamp,
  };
}

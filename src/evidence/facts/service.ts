import { namespaced, type FactContext } from '../fact-context.js';
import type { Service } from '../objects.js';
import { hideInMeta, pickService } from '../pick.js';

export async function readService(context: FactContext): Promise<Service | undefined> {
  const path = namespaced(context, `services/${context.target.names.service}`);
  const service = await context.client.get<Service>(path, context.signal);
  if (service === undefined) return undefined;
  const picked = pickService(service);
  return { ...picked, metadata: hideInMeta(picked.metadata, context.hider) };
}

import { serviceShape } from '../border/object-shapes.js';
import { getObject } from '../border/read.js';
import { namespaced, type FactContext } from '../fact-context.js';
import type { Service } from '../objects.js';
import { hideInMeta } from '../pick.js';

export async function readService(context: FactContext): Promise<Service | undefined> {
  const path = namespaced(context, `services/${context.target.names.service}`);
  const service = await getObject(context, path, serviceShape);
  return service && { ...service, metadata: hideInMeta(service.metadata, context.hider) };
}

import { nodeShape } from '../border/object-shapes.js';
import { kept, listObjects } from '../border/read.js';
import type { FactContext } from '../fact-context.js';
import type { Node } from '../objects.js';

export async function readNodes(context: FactContext): Promise<Node[]> {
  const nodes = await listObjects(context, '/api/v1/nodes', nodeShape);
  kept(context, nodes);
  return nodes;
}

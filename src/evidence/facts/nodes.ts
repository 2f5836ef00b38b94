import type { FactContext } from '../fact-context.js';
import type { Node } from '../objects.js';
import { pickNode } from '../pick.js';

export async function readNodes({ client, signal }: FactContext): Promise<Node[]> {
  return client.list<Node>('/api/v1/nodes', signal, { pick: pickNode });
}

import type { Route } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

/**
 * The way on which the other HTTP facts are read; how it is found stands in `transport.ts`, and how it is proven to lead to
 * this backend, in `src/load/proof.ts`.
 */
export async function readRoute(context: FactContext): Promise<Route> {
  const [transport, { proveRoute }] = await Promise.all([context.transport(), import('../../load/proof.js')]);
  const proof = await proveRoute(context, transport);
  return { ...transport.route, ...(proof && { proof }) };
}

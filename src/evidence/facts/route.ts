import type { Route } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

/** The way on which the other HTTP facts are read; how it is found stands in `transport.ts`. */
export async function readRoute(context: FactContext): Promise<Route> {
  return (await context.transport()).route;
}

import type { HttpExchange } from '../evidence.js';
import type { FactContext } from '../fact-context.js';

/** The health endpoint, with the answer by which the route was found: the first request was as good as another. */
export async function readHealth(context: FactContext): Promise<HttpExchange> {
  return (await context.transport()).health;
}

/** GET /docs (contract: Functional Verification, Access API Documentation). */
export async function readDocs(context: FactContext): Promise<HttpExchange> {
  const transport = await context.transport();
  return transport.get(context.contract.http.docsPath);
}

/** GET /api/tasks without a token (contract: Functional Verification, Test API Endpoint). */
export async function readTasks(context: FactContext): Promise<HttpExchange> {
  const transport = await context.transport();
  return transport.get(context.contract.http.tasksPath);
}

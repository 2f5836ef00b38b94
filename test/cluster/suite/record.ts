/** `npm run fixtures`: what the cluster holds in a state that the lab has, too, goes to test/fixtures/recorded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileText, RESOURCES, redact, type ApiObject, type Recorded } from '../../support/recorded.js';
import { get } from './api.js';
import { PROJECT } from './cluster.js';

/** Set by `npm run fixtures`. */
export const RECORDING = process.env.TODO_K8S_TEST_RECORD === '1';

export const HEALTHY = 'healthy';
let healthy: Recorded = {};

/** Writes `test/fixtures/recorded/<scenario>.json`; the healthy state has to be the first. */
export async function record(scenario: string, namespace: string): Promise<void> {
  const lists = await Promise.all(
    Object.entries(RESOURCES).map(async ([resource, template]) => {
      const { items } = await get<{ items: ApiObject[] }>(template.replace('{namespace}', namespace));
      return [resource, redact(resource, items, namespace)] as const;
    }),
  );
  const recorded: Recorded = Object.fromEntries(lists);
  if (scenario === HEALTHY) healthy = recorded;
  const folder = path.join(PROJECT, 'test/fixtures/recorded');
  mkdirSync(folder, { recursive: true });
  const text = fileText(recorded, scenario === HEALTHY ? undefined : healthy);
  writeFileSync(path.join(folder, `${scenario}.json`), text);
}

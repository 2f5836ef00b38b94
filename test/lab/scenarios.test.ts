import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { install } from '../../src/lab/install.js';
import { healthyManifests } from '../../src/lab/manifests.js';
import type { Scenario } from '../../src/lab/scenario.js';
import { loadScenario, SCENARIO_NAMES } from '../../src/lab/scenarios/index.js';
import { settle } from '../../src/lab/settle.js';
import type { Collections, World } from '../../src/lab/world.js';

const NOW = Date.parse('2026-02-09T14:05:00Z');
const source = path.resolve(import.meta.dirname, '../../src');

function build(scenario: Scenario): { world: World; objects: Collections } {
  const installedAt = NOW - 1_800_000;
  const manifests = healthyManifests(installedAt);
  scenario.manifests?.(manifests);
  const world = install(manifests, { now: NOW, installedAt, nodeAddress: '127.0.0.1' });
  scenario.world?.(world);
  return { world, objects: settle(world, { authority: 'CA', apiPort: 6443, installedAt }) };
}

/** All that can be seen of a state from outside. */
function visible({ world, objects }: { world: World; objects: Collections }): string {
  const { network, role, unserved, lostNodes } = world;
  const pods = world.pods.map(({ app, log, tools, uid }) => ({
    app,
    log: log.read({ timestamps: true }),
    tools,
    uid,
  }));
  return JSON.stringify({ objects, network, role, unserved: [...unserved], lostNodes: [...lostNodes], pods });
}

test('the index names exactly the files that there are', () => {
  const files = readdirSync(path.join(source, 'lab/scenarios')).filter((file) => file !== 'index.ts');
  expect([...SCENARIO_NAMES].sort()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).sort());
  expect(SCENARIO_NAMES[0]).toBe('healthy');
});

test('faults are spread over all suites', async () => {
  const suites = new Set<string | undefined>();
  for (const name of SCENARIO_NAMES) {
    for (const id of Object.values((await loadScenario(name)).expect).flat()) suites.add(id.split('/')[0]);
  }
  expect([...suites].sort()).toEqual([
    'cluster',
    'config',
    'deployment',
    'functional',
    'load-balancing',
    'network',
    'pods',
    'service',
  ]);
});

describe.each(SCENARIO_NAMES)('%s', (name) => {
  test('says what it is, and names checks that exist', async () => {
    const { title, story, expect: expected } = await loadScenario(name);
    expect(title).toMatch(/^[A-Z].{10,70}[^.]$/);
    expect(story).toMatch(/\.$/);
    for (const id of Object.values(expected).flat()) {
      expect({ id, exists: existsSync(path.join(source, 'checks', `${id}.ts`)) }).toEqual({
        id,
        exists: true,
      });
    }
    // A log that was rotated away is no fault as long as something else shows the connection.
    expect(Object.values(expected).flat().length > 0).toBe(!['healthy', 'log-rotated'].includes(name));
  });

  test('is the healthy state with something changed, the same each time', async () => {
    const scenario = await loadScenario(name);
    const state = visible(build(scenario));
    expect(state === visible(build(await loadScenario('healthy')))).toBe(name === 'healthy');
    expect(visible(build(scenario))).toBe(state);
  });

  test('is a state that could be: names, owners and addresses fit together', async () => {
    const { world, objects } = build(await loadScenario(name));
    const all = Object.entries(objects).flatMap(([resource, items]) =>
      items.map(({ metadata }) => `${resource} ${metadata.namespace ?? ''}/${metadata.name}`),
    );
    expect(new Set(all).size).toBe(all.length);
    const uids = new Set(
      Object.values(objects).flatMap((items) => items.map(({ metadata }) => metadata.uid)),
    );
    const owners = Object.values(objects).flatMap((items) =>
      items.flatMap(({ metadata }) => metadata.ownerReferences ?? []),
    );
    for (const { uid } of owners) expect(uids).toContain(uid);
    const addresses = world.pods.flatMap(({ object }) => object.status?.podIP ?? []);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { object } of world.pods) {
      expect(object.metadata.creationTimestamp).toMatch(/^2026-02-09T1[34]:\d\d:\d\dZ$/);
      expect(Date.parse(object.metadata.creationTimestamp ?? '')).toBeLessThan(NOW);
    }
    for (const { lastTimestamp, eventTime } of world.events)
      expect(Date.parse(lastTimestamp ?? eventTime ?? '')).toBeLessThanOrEqual(NOW);
  });
});

/** The lab's objects against those that a real cluster had in the same state (`npm run fixtures` records them). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startLab } from '../../src/lab/lab.js';
import { redact, RESOURCES, shape, words, type ApiObject, type Recorded } from '../support/recorded.js';
import { differences } from './recorded-differences.js';
import { getJson } from './support.js';

const FOLDER = path.join(import.meta.dirname, '../fixtures/recorded');
const scenarios = readdirSync(FOLDER).map((file) => path.basename(file, '.json'));

function recorded(scenario: string): Recorded {
  return JSON.parse(readFileSync(path.join(FOLDER, `${scenario}.json`), 'utf8')) as Recorded;
}

async function ofLab(scenario: string): Promise<Recorded> {
  const lab = await startLab(scenario);
  try {
    const lists = Object.entries(RESOURCES).map(async ([resource, template]) => {
      const list = await getJson(lab, template.replace('{namespace}', 'default'));
      const objects = list.items as unknown as ApiObject[];
      return [resource, redact(resource, objects, 'default')] as const;
    });
    return Object.fromEntries(await Promise.all(lists));
  } finally {
    await lab.close();
  }
}

test.each(scenarios)('what was recorded of %s holds no secret, and nothing of one run alone', (scenario) => {
  const text = readFileSync(path.join(FOLDER, `${scenario}.json`), 'utf8');
  expect(text).not.toMatch(/postgres\w*:\/\/|a-signing-secret/);
  expect(text).not.toMatch(/\d{4}-\d\d-\d\dT\d\d:|[\da-f]{8}-[\da-f]{4}-|[\da-f]{32}|\b\d+\.\d+\.\d+\.\d+\b/);
});

describe('healthy: the same fields of the same types', () => {
  const real = recorded('healthy');

  test.each(Object.keys(RESOURCES))('%s', async (resource) => {
    const lab = (await ofLab('healthy'))[resource] ?? [];
    const inLab = shape(lab);
    const inCluster = shape(real[resource] ?? []);
    const { onlyInLab = {}, onlyInCluster = {} } = differences.fields[resource] ?? {};
    expect({
      onlyInLab: [...inLab].filter((field) => !inCluster.has(field)).sort(),
      onlyInCluster: [...inCluster].filter((field) => !inLab.has(field)).sort(),
    }).toEqual({
      onlyInLab: Object.keys(onlyInLab).sort(),
      onlyInCluster: Object.keys(onlyInCluster).sort(),
    });
  });
});

describe('faults: what the lab says of pods and nodes, a real cluster says in the same words', () => {
  const faults = scenarios.filter((scenario) => scenario !== 'healthy');

  test.each(faults)('%s', async (scenario) => {
    const real = new Set([...words(recorded(scenario)), ...words(recorded('healthy'))]);
    const own = words(await ofLab(scenario)).filter((said) => !real.has(said));
    expect(own).toEqual(Object.keys(differences.words[scenario] ?? {}).sort());
  });

  test('the table of differences names no scenario that was not recorded', () => {
    expect(Object.keys(differences.words).filter((scenario) => !faults.includes(scenario))).toEqual([]);
  });
});

import { expect, jest, test } from '@jest/globals';

/** A module that must not be loaded. */
const refused = (name: string) => () => {
  throw new Error(`${name} was loaded`);
};

jest.unstable_mockModule('../../src/contract/validate.js', refused('validate.js (and with it zod)'));
jest.unstable_mockModule('../../src/contract/yaml-tree.js', refused('yaml-tree.js (and with it yaml)'));
const { resolveContract } = await import('../../src/contract/resolve.js');
const { readOverlay } = await import('../../src/contract/overlay.js');
const { fromJson } = await import('../../src/contract/tree.js');

const NONE = { assignments: [], problems: [] };
const helmRelease = (user: object) => ({
  name: 'todo-chatbot',
  namespace: 'default',
  revision: 1,
  status: 'deployed',
  description: '',
  deployedAt: undefined,
  chart: { name: 'todo-chatbot', version: '0.1.0' },
  valuePaths: [],
  userValues: readOverlay(fromJson(user, { source: 'Helm release' }), 'release'),
  chartValues: NONE,
});

test('neither the schema nor the YAML parser is loaded for a release that says what the contract says', async () => {
  const user = { backend: { replicaCount: 2, service: { nodePort: 30081 }, env: { LOG_LEVEL: 'INFO' } } };
  const resolved = await resolveContract({ helmRelease: helmRelease(user), valuesFiles: [], sets: [] });
  expect(resolved.origins.get('backend.replicaCount')?.layer).toBe('release');
});

test('the schema is loaded for one that says something else', async () => {
  const sources = { helmRelease: helmRelease({ backend: { replicaCount: 3 } }), valuesFiles: [], sets: [] };
  await expect(resolveContract(sources)).rejects.toThrow('was loaded');
});

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { formatPath, leaves } from '../../src/contract/paths.js';
import { contractJsonSchema, describeField } from '../../src/contract/describe.js';
import { ContractSchema } from '../../src/contract/schema.js';
import { parseSet } from '../../src/contract/helm-set.js';
import { readOverlay } from '../../src/contract/overlay.js';
import { assign } from '../../src/contract/paths.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Whether the schema takes the default contract with one value changed. */
function accepts(assignment: string): boolean {
  const [tree] = parseSet(assignment);
  if (tree === undefined) throw new Error('no assignment');
  const overlay = readOverlay(tree, 'set');
  expect(overlay.problems).toEqual([]);
  const contract = structuredClone(DEFAULT_CONTRACT);
  for (const { path, value } of overlay.assignments) assign(contract, path, value);
  return ContractSchema.safeParse(contract).success;
}

describe('ContractSchema', () => {
  test('has the written contract as its defaults', () => {
    expect(ContractSchema.parse({})).toEqual(DEFAULT_CONTRACT);
  });

  test('fills a partial contract up', () => {
    const parsed = ContractSchema.parse({ backend: { service: { nodePort: 31000 } } });
    expect(parsed.backend.service).toEqual({ ...DEFAULT_CONTRACT.backend.service, nodePort: 31000 });
  });

  test('refuses unknown keys on every level', () => {
    for (const value of [
      { x: 1 },
      { backend: { x: 1 } },
      { backend: { resources: { limits: { gpu: '1' } } } },
    ]) {
      expect(ContractSchema.safeParse(value).success).toBe(false);
    }
  });

  test('describes every field, and names its section of the contract', () => {
    const schema = contractJsonSchema();
    const undescribed = leaves(DEFAULT_CONTRACT)
      .filter(({ path }) => path[1] !== 'env')
      .filter(({ path }) => describeField(path, schema) === undefined);
    expect(undescribed.map(({ path }) => formatPath(path))).toEqual([]);
    expect(describeField(['backend', 'env'], schema)?.section).toContain('Environment Configuration');
  });

  test.each([
    ['backend.service.port=0', false],
    ['backend.service.port=65535', true],
    ['backend.service.port=65536', false],
    ['backend.service.port=80.5', false],
    ['backend.replicaCount=-1', false],
    ['backend.replicaCount=0', true],
    ['backend.replicaCount=two', false],
    ['backend.resources.limits.cpu=2', true],
    ['backend.resources.limits.cpu=0.5', true],
    ['backend.resources.limits.cpu=1e3', true],
    ['backend.resources.limits.cpu=0', false],
    ['backend.resources.limits.cpu=-1', false],
    ['backend.resources.limits.memory=1.5Gi', true],
    ['backend.resources.limits.memory=1GB', false],
    ['backend.resources.limits.memory=lots', false],
    ['backend.image.pullPolicy=Sometimes', false],
    ['backend.image.pullPolicy=Never', true],
    ['backend.image.repository=localhost:5000/team/todo', true],
    ['backend.image.repository=todo:latest', false],
    ['backend.image.tag=1.10', true],
    ['backend.image.tag=a b', false],
    ['backend.strategy.maxSurge=25%', true],
    ['backend.strategy.maxSurge=lots', false],
    ['backend.livenessProbe.path=api/health', false],
    ['backend.livenessProbe.periodSeconds=0', false],
    ['backend.securityContext.runAsUser=-1', false],
    ['database.sslModes={require,banana}', false],
    ['database.sslModes={}', false],
    ['database.errorLogPatterns={}', true],
    ['database.connectedLogPatterns={ok(}', false],
    ['database.connectedLogPatterns={^ok$}', true],
    ['loadBalancing.confidence=1', false],
    ['loadBalancing.confidence=0.95', true],
    ['loadBalancing.requests=1000000000', false],
  ])('%s: accepted %s', (assignment, accepted) => {
    expect(accepts(assignment)).toBe(accepted);
  });

  test('lets no text through that would act on a terminal', () => {
    for (const text of ['a\u001b[31m', 'a\u202Eb', 'a\nb']) {
      expect(ContractSchema.safeParse({ backend: { env: { X: text } } }).success).toBe(false);
      expect(ContractSchema.safeParse({ database: { errorLogPatterns: [text] } }).success).toBe(false);
    }
  });
});

describe('the JSON Schema', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(contractJsonSchema());

  test('takes a partial contract, and the whole one', () => {
    expect(validate({ backend: { replicaCount: 4 } })).toBe(true);
    expect(validate(DEFAULT_CONTRACT)).toBe(true);
  });

  test('refuses what the schema refuses', () => {
    expect(validate({ backend: { replicaCount: 'two' } })).toBe(false);
    expect(validate({ backend: { replicas: 2 } })).toBe(false);
    expect(validate({ backend: { service: { type: 'Nodeport' } } })).toBe(false);
    expect(validate({ backend: { service: { nodePort: 70000 } } })).toBe(false);
  });
});

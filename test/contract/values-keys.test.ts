import { describe, expect, test } from '@jest/globals';
import { ownKey } from '../../src/contract/values-keys.js';

/** The paths of a tree of values. */
function paths(tree: object, at = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return typeof value === 'object' && value !== null ? [path, ...paths(value, path)] : [path];
  });
}

describe('what an owner’s chart calls it', () => {
  test.each([
    [
      'as the contract does',
      { backend: { replicaCount: 2 } },
      'backend.replicaCount',
      'backend.replicaCount',
    ],
    [
      'replicas',
      { backend: { replicas: 2 }, frontend: { replicas: 1 } },
      'backend.replicaCount',
      'backend.replicas',
    ],
    [
      'by component',
      { replicaCount: { backend: 1, frontend: 1 } },
      'backend.replicaCount',
      'replicaCount.backend',
    ],
    [
      'a level deeper',
      { backend: { deployment: { replicas: 1 } } },
      'backend.replicaCount',
      'backend.deployment.replicas',
    ],
    [
      'a chart of one component',
      { replicaCount: 1, service: { type: 'ClusterIP' } },
      'backend.service.type',
      'service.type',
    ],
    ['not the frontend’s', { replicaCount: 1, frontend: { replicas: 1 } }, 'backend.replicaCount', undefined],
    ['not a whole mapping', { replicaCount: { frontend: 1 } }, 'backend.replicaCount', undefined],
    ['none', {}, 'backend.service.nodePort', undefined],
    ['limits', { resources: { limits: { cpu: 1 } } }, 'backend.resources.limits.cpu', 'resources.limits.cpu'],
    ['settings', { config: { LOG_LEVEL: 'INFO' } }, 'backend.env.LOG_LEVEL', 'config.LOG_LEVEL'],
    [
      'a secret in camel case',
      { secrets: { databaseUrl: '' } },
      'backend.secrets.DATABASE_URL',
      'secrets.databaseUrl',
    ],
    [
      'the backend’s own of two',
      { backend: { databaseUrl: '' }, jobs: { databaseUrl: '' } },
      'backend.secrets.DATABASE_URL',
      'backend.databaseUrl',
    ],
    [
      'of two that are nobody’s none',
      { a: { databaseUrl: '' }, b: { databaseUrl: '' } },
      'backend.secrets.DATABASE_URL',
      undefined,
    ],
  ])('%s', (_, tree, key, expected) => {
    expect(ownKey(key, paths(tree))).toBe(expected);
  });
});

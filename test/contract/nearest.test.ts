import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/contract/nearest.js';

const KEYS = [
  'replicaCount',
  'image',
  'resources',
  'service',
  'env',
  'livenessProbe',
  'securityContext',
  'secrets',
];

describe('nearest', () => {
  test.each([
    ['replicacount', 'replicaCount'],
    ['replicasCount', 'replicaCount'],
    ['replica-count', 'replicaCount'],
    ['replicas', 'replicaCount'],
    ['relpicaCount', 'replicaCount'],
    ['images', 'image'],
    ['imgae', 'image'],
    ['resource', 'resources'],
    ['liveness', 'livenessProbe'],
    ['securitycontext', 'securityContext'],
    ['ENV', 'env'],
  ])('%s is meant as %s', (key, expected) => {
    expect(nearest(key, KEYS)).toBe(expected);
  });

  test.each([
    'nodeSelector',
    'tolerations',
    'affinity',
    'ingress',
    'autoscaling',
    'serviceAccount',
    'startupProbe',
    'envFrom',
  ])('%s is a key of its own', (key) => {
    expect(nearest(key, KEYS)).toBeUndefined();
  });
});

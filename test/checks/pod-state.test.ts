import { describe, expect, test } from '@jest/globals';
import { ago, ending, isActive, isFinished, isTerminating } from '../../src/kube/pod-state.js';
import { healthyEvidence, NOW } from '../support/healthy.js';

describe('pod state', () => {
  test('a terminating or finished pod is not active', () => {
    const [pod] = healthyEvidence().pods;
    if (!pod) throw new Error('no pod');
    expect(isActive(pod)).toBe(true);
    const terminating = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-02-09T14:04:59Z' } };
    expect([isTerminating(terminating), isActive(terminating)]).toEqual([true, false]);
    const evicted = { ...pod, status: { phase: 'Failed' } };
    expect([isFinished(evicted), isActive(evicted)]).toEqual([true, false]);
    expect(isActive({ ...pod, status: undefined })).toBe(true);
  });

  test.each([
    [40, '40 s ago'],
    [-5, '0 s ago'],
    [180, '3 min ago'],
    [3 * 3600, '3 h ago'],
    [5 * 86_400, '5 days ago'],
  ])('%d seconds', (seconds, text) => {
    expect(ago(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(text);
  });

  test('an ending names reason, exit code and signal', () => {
    expect(ending({ exitCode: 137, reason: 'OOMKilled' })).toBe('OOMKilled, exit code 137');
    expect(ending({ exitCode: 0, signal: 9 })).toBe('ended, exit code 0, signal 9');
  });
});

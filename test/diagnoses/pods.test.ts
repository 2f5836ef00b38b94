/** Pods that do not start or do not stay: each cause from the words in which Kubernetes tells it, found first. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { PODS } from './shown/pods.js';

/** The application serves as it should: nothing fails. */
const WARNED_OF: readonly string[] = ['deployment/paused', 'pods/terminating-stuck'];

describe('each cause is found first, and no check is left without it', () => {
  test.each(PODS)('%s', async (cause, change) => {
    const { causes, diagnoses, unexplained, exitCode } = await diagnosed(change, { topic: 'pods' });
    expect(causes).toEqual([cause]);
    expect(unexplained).toEqual([]);
    const [first] = diagnoses;
    expect(first?.evidence.length).toBeGreaterThan(0);
    expect(first?.fix.length).toBeGreaterThan(0);
    expect(first?.summary).not.toContain('{pods}');
    expect(exitCode).toBe(WARNED_OF.includes(cause) ? 0 : 1);
  });
});

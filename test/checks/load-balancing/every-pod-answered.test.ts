import { describe, expect, test } from '@jest/globals';
import { judged } from '../../load/judged.js';
import { podLoad } from '../../support/load-facts.js';

describe('a good run', () => {
  test('passes every check', async () => {
    const { exitCode, statuses } = await judged([4, 3, 3]);
    expect(exitCode).toBe(0);
    expect(statuses).toEqual({
      'pods-ready': 'pass',
      'every-pod-answered': 'pass',
      'no-errors': 'pass',
      'even-spread': 'pass',
    });
  });

  test('with requests whose pod is not known, where that changes nothing', async () => {
    const { statuses } = await judged([500, 498], (facts) => {
      facts.completed = 1000;
      facts.openToSteady = 2;
      facts.unattributed = [{ what: 'late', requests: 2 }];
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'pass', 'even-spread': 'pass' });
  });
});

describe('a ready pod that answered nothing', () => {
  test('fails when it cannot be chance', async () => {
    const { exitCode, messages, messageIds, statuses } = await judged([21, 21, 0]);
    expect(messageIds).toEqual(['unserved']);
    expect(exitCode).toBe(1);
    expect(messages[0]).toBe(
      'pod-2 answered none of 42 requests; the probability of that by chance is less than 0.000001',
    );
    expect(statuses).toMatchObject({ 'every-pod-answered': 'fail', 'even-spread': 'blocked' });
  });

  test('is inconclusive when it can', async () => {
    const { exitCode, messages } = await judged([6, 4, 0]);
    expect(exitCode).toBe(3);
    expect(messages[0]).toBe(
      'inconclusive: pod-2 answered none of 10 requests, which with 3 pods happens by chance with probability 0.052; ' +
        '15 requests would decide it',
    );
  });

  test('fails at once when requests reached it and failed', async () => {
    const { exitCode, messages, messageIds } = await judged([6, 2, 2], (facts) => {
      const problems = [{ what: 'no answer in time', requests: 2 }];
      facts.pods[2] = podLoad('pod-2', 2, { latency: null, errors: 2, problems });
      facts.problems = problems;
    });
    expect(exitCode).toBe(1);
    expect(messageIds).toContain('failing');
    expect(messages).toContain(
      'pod-2 answered none of the 2 requests that reached it: 2 × no answer in time',
    );
  });

  test('is unknown where it may have answered those whose pod is not known', async () => {
    const { exitCode, messages } = await judged([10, 0], (facts) => {
      facts.completed = 20;
      facts.openToSteady = 10;
      facts.unattributed = [{ what: 'the log of pod pod-1 could not be read', requests: 10 }];
    });
    expect(exitCode).toBe(3);
    expect(messages[0]).toBe(
      'which pod served 10 of 20 requests is not known: the log of pod pod-1 could not be read',
    );
  });

  test('is not asked of pods that the way cannot lead to', async () => {
    const { exitCode, report } = await judged([10, 0], (facts) => {
      facts.dataPath.externalTrafficPolicy = 'Local';
      facts.dataPath.node = { name: 'minikube' };
      Object.assign(facts.pods[1] ?? {}, { node: 'other' });
    });
    expect(exitCode).toBe(0);
    expect(report.load?.pods.map((pod) => pod.judged)).toEqual([true, false]);
    expect(report.load?.notes[0]).toMatch(/Local/);
  });

  test('that pins a client fails the run, and what undoes that is the fix', async () => {
    const { report, messages, messageIds } = await judged([10, 0], (facts) => {
      facts.dataPath.sessionAffinity = 'ClientIP';
    });
    expect(messageIds).toEqual(['pinned']);
    expect(messages[0]).toMatch(/^pod-1 answered none of 10 requests: sessionAffinity .* ClientIP/);
    expect(report.next).toMatch(/patch service .*"sessionAffinity":"None"/);
    expect(report.load?.expectedShare).toBeNull();
  });

  test('on which no request came through says nothing of single pods', async () => {
    const { statuses, messages } = await judged([0, 0], (facts) => {
      facts.completed = 10;
      facts.lost = [{ what: 'no answer in time', requests: 10 }];
      facts.problems = facts.lost;
    });
    expect(statuses).toMatchObject({ 'every-pod-answered': 'unknown', 'no-errors': 'fail' });
    expect(messages[0]).toBe('no request reached a pod that was ready all the time');
  });
});

import type { Finding } from '../../src/rule/finding.js';
import { describe, expect, test } from '@jest/globals';
import check from '../../src/checks/deployment/resources.js';
import type { AnyCheck, Verdict } from '../../src/checks/check.js';
import { DEFAULT_CONTRACT, type Accepted } from '../../src/contract/contract.js';
import { accept } from '../../src/engine/accept.js';
import { TARGET } from '../support/check-context.js';
import { NOW } from '../support/healthy.js';

const finding = (messageId: string, name = 'todo'): Finding => ({
  messageId,
  data: { kind: 'limits', resource: 'cpu', expected: '1', found: 'not set' },
  object: { kind: 'Deployment', namespace: 'default', name },
});
const failing: Verdict = { status: 'fail', findings: [finding('missing'), finding('differs')] };
const entry = (more: Partial<Accepted> = {}): Accepted => ({
  check: 'deployment/resources',
  reason: 'a small cluster',
  ...more,
});
const with_ = (entries: Accepted[], verdict: Verdict = failing, knownWeaknesses: string[] = []) =>
  accept(check as AnyCheck, verdict, {
    contract: { ...structuredClone(DEFAULT_CONTRACT), accepted: entries, knownWeaknesses },
    target: TARGET,
    now: NOW,
  });
const idsOf = (verdict: Verdict) =>
  'findings' in verdict ? (verdict.findings ?? []).map(({ messageId }) => messageId) : [];

describe('accepted deviations', () => {
  test('pass, and are told with their reason', () => {
    const { verdict, accepted } = with_([entry()]);
    expect(verdict).toEqual({ status: 'pass', fact: 'accepted: a small cluster' });
    expect(accepted).toMatchObject([
      { reason: 'a small cluster', until: null },
      { object: { name: 'todo' } },
    ]);
  });

  test('are those that are meant: one finding, one object', () => {
    expect(idsOf(with_([entry({ finding: 'missing' })]).verdict)).toEqual(['differs']);
    expect(with_([entry({ object: 'Deployment/todo' })]).verdict.status).toBe('pass');
    expect(idsOf(with_([entry({ object: 'Deployment/other' })]).verdict)).toEqual([
      'missing',
      'differs',
      'acceptance-unused',
    ]);
  });

  test('of another check do not matter', () => {
    expect(with_([entry({ check: 'deployment/image' })]).verdict).toBe(failing);
  });

  test('warn when they have ended; the last day still counts', () => {
    expect(with_([entry({ until: '2026-02-09' })]).verdict.status).toBe('pass');
    const { verdict } = with_([entry({ until: '2026-02-08' })]);
    expect(verdict.status).toBe('warn');
    expect(idsOf(verdict)).toEqual(['acceptance-expired', 'acceptance-expired']);
  });

  test('warn when they meet nothing any more', () => {
    const { verdict } = with_([entry()], { status: 'pass', fact: 'all is well' });
    expect(verdict.status).toBe('warn');
    expect(idsOf(verdict)).toEqual(['acceptance-unused']);
  });

  test('say nothing of what could not be seen', () => {
    const unknown: Verdict = { status: 'unknown', reason: 'forbidden' };
    expect(with_([entry()], unknown).verdict).toBe(unknown);
  });
});

test('a known weakness warns, and passes once it is fixed', () => {
  expect(with_([], failing, ['deployment/resources']).verdict.status).toBe('warn');
  expect(with_([], { status: 'pass', fact: '' }, ['deployment/resources']).verdict.status).toBe('pass');
  expect(with_([], failing, ['deployment/image']).verdict.status).toBe('fail');
});

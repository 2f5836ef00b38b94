import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { buildReport } from '../../src/engine/build-report.js';
import type { CheckResult, Status } from '../../src/engine/report.js';
import { fix, look, text } from '../../src/rule/fix.js';
import { TARGET } from '../support/check-context.js';

function result(id: string, status: Status, more: Partial<CheckResult> = {}): CheckResult {
  return {
    id,
    suite: 'pods',
    title: '',
    status,
    severity: 'error',
    message: '',
    findings: [],
    remedy: null,
    fix: [],
    blockedBy: [],
    why: '',
    contractSection: '',
    durationMs: 0,
    ...more,
  };
}

function report(results: CheckResult[], more: Partial<Parameters<typeof buildReport>[0]> = {}) {
  return buildReport({
    version: '0.0.0',
    command: 'verify',
    context: { contract: DEFAULT_CONTRACT, target: TARGET, now: 0 },
    server: undefined,
    route: undefined,
    results,
    notices: [],
    strict: false,
    interruptedBy: undefined,
    startedAt: 1000,
    finishedAt: 1500,
    ...more,
  });
}

describe('the next step', () => {
  const symptom = result('deployment/replicas', 'fail', {
    fix: [fix('kubectl rollout undo deployment api')],
  });
  const root = result('service/exists', 'fail', {
    fix: [text('Put it back:'), fix('kubectl apply -f service.yaml', 'as it was')],
  });
  const blocked = result('pods/ready', 'blocked', { blockedBy: ['service/exists'] });

  test('is none when all is well', () => {
    expect(report([result('pods/ready', 'pass')]).next).toBeNull();
  });

  test('is the fix of the check that stands in the way of most, without its comment', () => {
    expect(report([symptom, root, blocked]).next).toBe('kubectl apply -f service.yaml');
  });

  test('is the doctor where the check’s only command is a look', () => {
    expect(report([result('service/exists', 'fail', { fix: [look('kubectl get svc')] })]).next).toBe(
      'todo-k8s doctor',
    );
  });

  test('is the doctor where the check shows only what follows from something', () => {
    expect(report([result('pods/running', 'fail', { fix: [look('kubectl logs api-1')] })]).next).toBe(
      'todo-k8s doctor',
    );
  });

  test('explains the check where the fix needs a variable to be set, is no command, or is not there', () => {
    for (const parts of [
      [fix('helm upgrade x --set-string url="${URL:?}"', undefined, ['URL'])],
      [text('kubectl get pods')],
      [],
    ]) {
      expect(report([result('config/secret', 'fail', { fix: parts })]).next).toBe(
        'todo-k8s checks explain config/secret',
      );
    }
  });

  test('a failure outranks what is unknown, which outranks a warning', () => {
    const unknown = result('config/secret', 'unknown');
    const warning = result('pods/restarts', 'warn');
    expect(report([warning, unknown, symptom]).next).toMatch(/^kubectl rollout/);
    expect(report([warning, unknown]).next).toBe('todo-k8s checks explain config/secret');
    expect(report([warning], { strict: true }).next).toBe('todo-k8s checks explain pods/restarts');
  });
});

test('what an interruption left unknown is no next step; what failed before it is', () => {
  const unknown = result('pods/ready', 'unknown', { fix: [look('kubectl get pods')] });
  const more = { interruptedBy: 130 } as const;
  expect(report([unknown]).next).toBe('kubectl get pods');
  expect(report([unknown], more).next).toBeNull();
  expect(
    report([unknown, result('service/exists', 'fail', { fix: [fix('kubectl apply -f svc.yaml')] })], more)
      .next,
  ).toBe('kubectl apply -f svc.yaml');
});

test('a signal’s exit code is the report’s, and the report says that it was interrupted', () => {
  const partial = report([result('pods/ready', 'unknown')], { interruptedBy: 130 });
  expect(partial).toMatchObject({ exitCode: 130, interrupted: true, durationMs: 500 });
});

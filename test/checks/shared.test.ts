import { describe, expect, test } from '@jest/globals';
import { count, failOrWarn, helmOrKubectl, helmUpgrade, labelFindings } from '../../src/checks/shared.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { TARGET } from '../support/check-context.js';
import { NOW } from '../support/healthy.js';

const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };

describe('remedies', () => {
  test('Helm’s command has the release, the namespace and the values', () => {
    expect(helmUpgrade(context, 'backend.replicaCount=2')).toBe(
      'helm upgrade todo-chatbot ./helm/todo-chatbot -n default --reuse-values --set backend.replicaCount=2',
    );
  });

  test('a value that the shell would read otherwise is quoted', () => {
    expect(helmUpgrade(context, "a=b c'; rm -rf ~")).toMatch(/ --set 'a=b c'\\''; rm -rf ~'$/);
  });

  test('kubectl is named where Helm does not manage the Deployment', () => {
    expect(helmOrKubectl(context, 'scale deployment x', 'a=1')).toContain('--set a=1');
    const byHand = { ...context, target: { ...TARGET, helm: undefined } };
    expect(helmOrKubectl(byHand, 'scale deployment x', 'a=1')).toBe('kubectl -n default scale deployment x');
  });
});

test('count puts the noun into the plural', () => {
  expect([count(0, 'pod'), count(1, 'pod'), count(2, 'pod')]).toEqual(['0 pods', '1 pod', '2 pods']);
});

test('failOrWarn fails with failures and warnings, warns with warnings, passes with neither', () => {
  const failure = { messageId: 'a' };
  const warning = { messageId: 'b' };
  expect(failOrWarn([failure], [warning], 'fact')).toEqual({ status: 'fail', findings: [failure, warning] });
  expect(failOrWarn([], [warning], 'fact')).toEqual({ status: 'warn', findings: [warning] });
  expect(failOrWarn([], [], 'fact')).toEqual({ status: 'pass', fact: 'fact' });
});

test('labelFindings asks for any instance where the release is not known', () => {
  const labels = {
    'app.kubernetes.io/name': 'x',
    'app.kubernetes.io/instance': 'whatever',
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/component': 'backend',
    'helm.sh/chart': 'x-1',
  };
  const object = { kind: 'Deployment', name: 'x' };
  expect(labelFindings(labels, { ...TARGET, release: undefined }, object)).toEqual([]);
  expect(labelFindings(labels, TARGET, object)).toMatchObject([{ messageId: 'label-value' }]);
  expect(labelFindings(undefined, TARGET, object)).toHaveLength(5);
});

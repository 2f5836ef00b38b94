import { describe, expect, test } from '@jest/globals';
import { count } from '../../src/count.js';
import { describePod, patchContainer, pointer, setValues } from '../../src/fixes/commands.js';
import { failOrWarn, labelFindings } from '../../src/checks/shared.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { remedyText } from '../../src/rule/fix.js';
import { TARGET } from '../support/check-context.js';
import { NOW } from '../support/healthy.js';

const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };

describe('fixes', () => {
  const SCALE = 'scale deployment x --replicas=3';
  const told = (target: Partial<typeof TARGET>, ...assignments: string[]) =>
    remedyText(setValues({ ...context, target: { ...TARGET, ...target } }, SCALE, ...assignments));
  const helm = (values?: string[]) => ({
    helm: { chart: 'todo-chatbot-0.1.0', revision: 1, status: 'deployed', values },
  });

  test('name the container and the labels that are there', () => {
    const owners = { ...context, target: { ...TARGET, container: 'api', podLabels: 'app=todo' } };
    // With the contract's name kubectl would add a second container.
    expect(patchContainer(owners, {})).toContain('"containers":[{"name":"api"}]');
    expect(remedyText(describePod(owners, [], ''))).toContain('describe pods -l app=todo');
    expect(patchContainer(context, {})).toContain('"containers":[{"name":"backend"}]');
  });

  test('set the chart’s value where Helm manages the release and the chart has it', () => {
    expect(told(helm(['backend', 'backend.replicaCount']), 'backend.replicaCount=3')).toBe(
      'helm upgrade todo-chatbot ./helm/todo-chatbot -n default --reset-then-reuse-values --set backend.replicaCount=3',
    );
  });

  test('change the object where the chart has no such value, and say what becomes of that', () => {
    const words = told(helm(['backend.replicaCount']), 'backend.replicas=3');
    expect(words).toMatch(/^kubectl -n default scale deployment x --replicas=3\nChange the chart/);
  });

  test('take the chart to have the values of the contract where the release could not be read', () => {
    expect(told(helm(), 'backend.replicaCount=3')).toContain('--set backend.replicaCount=3');
    expect(told(helm(), 'backend.env.ANY=1')).toContain('--set backend.env.ANY=1');
    expect(told(helm(), 'backend.startupProbe.path=/x')).toContain('kubectl');
    expect(told(helm(), 'backend.livenessProbe.path=/x')).toContain('helm');
  });

  test('all values or none: half of a fix is no fix', () => {
    expect(told(helm(['backend.replicaCount']), 'backend.replicaCount=3', 'backend.x=1')).toContain(
      'kubectl',
    );
  });

  test('kubectl is named where Helm does not manage the Deployment', () => {
    expect(told({ helm: undefined }, 'backend.replicaCount=3')).toBe(`kubectl -n default ${SCALE}`);
  });

  test.each([
    ['spec.ports[0].nodePort', '/spec/ports/0/nodePort'],
    ["spec.selector['app.kubernetes.io/name']", '/spec/selector/app.kubernetes.io~1name'],
    ["metadata.labels['a~b/c']", '/metadata/labels/a~0b~1c'],
    ['spec.ports', '/spec/ports'],
  ])('the pointer to %s is %s', (field, expected) => {
    expect(pointer(field)).toBe(expected);
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

/** States between two: a release that was uninstalled, an upgrade that was refused half-way, a resize that was not done. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed, type Circumstances } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { podOf, statusOf } from '../support/pod-states.js';
import { together, type Change } from '../support/service-states.js';

const PODS: Circumstances = { topic: 'pods' };

describe('a resize in place', () => {
  const resized =
    (reason: string, message: string): Change =>
    (evidence) => {
      podOf(evidence).status.conditions?.push({ type: 'PodResizePending', status: 'True', reason, message });
    };
  const tooLittle: Change = (evidence) => {
    statusOf(evidence).resources = {
      limits: { cpu: '1', memory: '256Mi' },
      requests: { cpu: '500m', memory: '256Mi' },
    };
  };

  test('that the node can never do', async () => {
    const words = "Node didn't have enough capacity: cpu, requested: 500000, capacity: 2000";
    const { causes, diagnoses, unexplained, exitCode } = await diagnosed(
      together(resized('Infeasible', words), tooLittle),
      PODS,
    );
    expect({ causes, unexplained, exitCode }).toEqual({
      causes: ['pods/resize-pending'],
      unexplained: [],
      exitCode: 1,
    });
    expect(diagnoses[0]?.summary).toContain(`its node can never do it: ${words}.`);
    expect(diagnoses[0]?.fix[0]?.command).toContain(`delete pod ${POD_NAMES[0]}`);
    expect(diagnoses[0]?.symptoms).toContain('pods/as-contracted');
  });

  test('that waits for room is a warning where the container has what the contract wants', async () => {
    const { diagnoses, exitCode } = await diagnosed(resized('Deferred', ''), PODS);
    expect(diagnoses[0]).toMatchObject({ cause: 'pods/resize-pending', severity: 'warning' });
    expect(diagnoses[0]?.summary).toContain('waits for room');
    expect(diagnoses[0]?.fix.at(-1)?.command).toContain('describe node');
    expect(exitCode).toBe(0);
  });
});

test('an upgrade that changes a selector is told before the Service that selects nothing by now', async () => {
  const { causes, diagnoses, unexplained } = await diagnosed(({ release, service, endpoints }) => {
    release.revisions = [
      { revision: 3, status: 'failed' },
      { revision: 2, status: 'deployed' },
    ];
    release.description =
      'Upgrade "todo-chatbot" failed: cannot patch "todo-chatbot-backend" with kind Deployment: Deployment.apps "todo-chatbot-backend" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable';
    service.spec.selector = { app: 'x' };
    endpoints.addresses = [];
  });
  expect(causes).toEqual(['helm/selector-immutable']);
  expect(unexplained).toEqual([]);
  expect(diagnoses[0]?.fix[0]?.command).toContain('rollback todo-chatbot -n default 2');
});

test('a release that was uninstalled and left its history is rolled back to, not installed', async () => {
  const { diagnoses } = await diagnosed((evidence, _, target) => {
    Object.assign(evidence, { deployment: undefined, pods: [], replicaSets: [] });
    target.helm = { chart: undefined, revision: 3, status: 'uninstalled' };
  }, PODS);
  expect(diagnoses[0]?.cause).toBe('deployment/missing');
  expect(diagnoses[0]?.summary).toContain('its Helm release was uninstalled');
  expect(diagnoses[0]?.fix).toHaveLength(1);
  expect(diagnoses[0]?.fix[0]?.command).toContain('rollback todo-chatbot -n default 3');
});

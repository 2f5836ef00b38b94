import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/selector-matches.js';
import { judge, remedyOf, TARGET } from '../../support/check-context.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { NOW, POD_NAMES } from '../../support/healthy.js';

const COMPONENT = 'app.kubernetes.io/component';

describe('service/selector-matches', () => {
  test('passes when the selector takes the backend’s pods only', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'selects 2 of 2 pods and no other' });
  });

  test('names the key that differs', () => {
    const judged = judge(
      check,
      ({ service }) => (service.spec.selector = { ...service.spec.selector, [COMPONENT]: 'api' }),
    );
    expect(judged).toMatchObject({
      status: 'fail',
      ids: ['label-differs'],
      messages: [`the selector asks for ${COMPONENT}=api, the pods have ${COMPONENT}=backend`],
    });
    expect(judged.findings[0]?.data).toMatchObject({
      expected: 'backend',
      found: 'api',
      field: `spec.selector['${COMPONENT}']`,
    });
  });

  test('names a label that the pods do not have', () => {
    const judged = judge(
      check,
      ({ service }) => (service.spec.selector = { ...service.spec.selector, tier: 'web' }),
    );
    expect(judged.messages).toEqual(['the selector asks for tier=web, a label that the pods do not have']);
    expect(judged.ids).toEqual(['label-missing']);
  });

  test('fails without a selector', () => {
    const judged = judge(check, ({ service }) => (service.spec.selector = {}));
    expect(judged).toMatchObject({
      ids: ['empty'],
      messages: ['the Service has no selector, so it selects no pods'],
    });
    expect(judge(check, ({ service }) => delete service.spec.selector).ids).toEqual(['empty']);
  });

  test('names pods of something else that are selected too', () => {
    const judged = judge(check, ({ service, namespacePods }) => {
      service.spec.selector = { 'app.kubernetes.io/name': 'todo-chatbot' };
      for (const index of [1, 2, 3, 4]) {
        namespacePods.push({
          name: `frontend-${index}`,
          ownerName: 'frontend-rs',
          labels: { 'app.kubernetes.io/name': 'todo-chatbot', [COMPONENT]: 'frontend' },
        });
      }
    });
    expect(judged.ids).toEqual(['other-pods']);
    expect(judged.messages).toEqual([
      'the selector also matches 4 pods of something else: frontend-1, frontend-2, frontend-3 and 1 more',
    ]);
  });

  test('adds the labels by which the selector tells other pods apart', () => {
    const shared = { 'app.kubernetes.io/instance': 'todo-chatbot' };
    const { findings } = judge(check, ({ service, namespacePods }) => {
      service.spec.selector = shared;
      namespacePods.push({ name: 'worker-1', ownerName: 'worker-rs', labels: { ...shared, app: 'worker' } });
    });
    const told = remedyOf(check, { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW }, findings);
    const steps = /-p '([^']+)'/.exec(told)?.[1] ?? '[]';
    expect(JSON.parse(steps)).toEqual([
      { op: 'add', path: '/spec/selector/app.kubernetes.io~1name', value: 'todo-chatbot' },
      { op: 'add', path: '/spec/selector/app.kubernetes.io~1component', value: 'backend' },
    ]);
  });

  test('prints no change where the other pods have the Deployment’s own labels', () => {
    const { findings, ids } = judge(check, ({ deployment, namespacePods }) => {
      const labels = deployment.spec.template.metadata?.labels ?? {};
      namespacePods.push({ name: 'copy-1', ownerName: 'copy-rs', labels });
    });
    expect(ids).toEqual(['other-pods']);
    const told = remedyOf(check, { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW }, findings);
    expect(told).toBe('The other pods have the same labels: give them other ones where they are made.');
  });

  test('does not take a pod that has come since for something else', () => {
    const judged = judge(check, ({ namespacePods }) => {
      const [first] = namespacePods;
      if (first) namespacePods.push({ ...first, name: 'todo-chatbot-backend-6d5f9c7b4d-new00' });
    });
    expect(judged.status).toBe('pass');
  });

  test('names a pod whose own labels are not selected', () => {
    const judged = judge(check, ({ pods }) => {
      const labels = pods[1]?.metadata.labels;
      if (labels) labels[COMPONENT] = 'canary';
    });
    expect(judged).toMatchObject({
      ids: ['pod-not-selected'],
      messages: [`pod ${POD_NAMES[1]} is not selected: it has ${COMPONENT}=canary`],
      findings: [{ object: { kind: 'Pod', name: POD_NAMES[1] } }],
    });
  });

  test('does not judge pods that are on their way out', () => {
    const judged = judge(check, ({ pods }) => {
      const metadata = pods[1]?.metadata;
      if (metadata) Object.assign(metadata, { labels: {}, deletionTimestamp: '2026-02-09T14:04:00Z' });
    });
    expect(judged).toMatchObject({ status: 'pass', text: 'selects 1 of 1 pod and no other' });
  });

  test('judges by the template when there are no pods', () => {
    const empty = judge(check, (evidence) => {
      evidence.pods = [];
      evidence.namespacePods = [];
      evidence.service.spec.selector = { [COMPONENT]: 'api' };
    });
    expect(empty.ids).toEqual(['label-differs']);
  });

  test('says that it cannot tell without a Deployment', () => {
    expect(judge(check, (evidence) => Object.assign(evidence, { deployment: undefined })).status).toBe(
      'unknown',
    );
  });
});

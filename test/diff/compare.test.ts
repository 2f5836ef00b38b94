import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import { compareSnapshots } from '../../src/diff/compare.js';
import { compareFields, fieldsOf } from '../../src/diff/fields.js';
import type { Change, DiffResult } from '../../src/diff/model.js';
import { snapshotOf, type Snapshot } from '../../src/diff/snapshot.js';
import type { Report } from '../../src/engine/report.js';
import type { EvidenceKey, Observed } from '../../src/evidence/evidence.js';
import { renderDiff } from '../../src/report/diff.js';
import { decideStyle } from '../../src/report/style.js';
import { TARGET } from '../support/check-context.js';
import { healthyEvidence } from '../support/healthy.js';

type Evidence = ReturnType<typeof healthyEvidence>;

const AT = '2026-02-09T14:05:00.000Z';

function snapshot(
  change: (evidence: Evidence) => void = () => undefined,
  drop: EvidenceKey[] = [],
): Snapshot {
  const facts = healthyEvidence();
  change(facts);
  const evidence = new Map(
    Object.entries(facts).map(([key, value]): [EvidenceKey, Observed<unknown>] => [
      key as EvidenceKey,
      { ok: true, at: AT, value },
    ]),
  );
  for (const key of drop) evidence.set(key, { ok: false, at: AT, why: 'forbidden', detail: 'you may not' });
  const summary = { pass: 1, warn: 0, fail: 0, unknown: 0, blocked: 0, skip: 0 };
  const report = { startedAt: AT, exitCode: 0, summary, checks: [] } as unknown as Report;
  return snapshotOf({ label: 'x.tgz', report, target: TARGET, contract: DEFAULT_CONTRACT, evidence });
}

function diff(change: (evidence: Evidence) => void, drop: EvidenceKey[] = []): DiffResult {
  return compareSnapshots(snapshot(), snapshot(change, drop), '0.0.0');
}

const told = ({ area, object, field, before, after, contract }: Change) =>
  `${area} | ${object} | ${field} | ${before ?? '-'} | ${after ?? '-'} | ${contract ?? '-'}`;

describe('fields', () => {
  test('of lists are told apart by name, not by place', () => {
    const a = fieldsOf({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    });
    const b = fieldsOf({
      env: [
        { name: 'B', value: '3' },
        { name: 'A', value: '1' },
      ],
    });
    expect(compareFields(a, b)).toEqual([{ field: 'env[B].value', before: '2', after: '3' }]);
  });

  test('an empty object is a difference of its own only when nothing else tells it', () => {
    expect(compareFields(fieldsOf({ r: { x: 1 } }), fieldsOf({ r: {} }))).toEqual([
      { field: 'r.x', before: '1', after: null },
    ]);
    expect(compareFields(fieldsOf({ ingress: [] }), fieldsOf({ ingress: [{}] }))).toEqual([
      { field: 'ingress[0]', before: null, after: '{}' },
      { field: 'ingress', before: '[]', after: null },
    ]);
  });

  test('that nest without end do not end the program', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 50_000; depth += 1) deep = { d: deep };
    expect(
      () => fieldsOf({ deep: JSON.parse('1') as unknown, x: (deep as { d: unknown }).d }).size,
    ).not.toThrow();
  });
});

describe('what changed', () => {
  test('nothing', () => {
    const result = diff(() => undefined);
    expect({ changes: result.changes, exitCode: result.exitCode }).toEqual({ changes: [], exitCode: 0 });
  });

  test('specs by field, with what the contract demands', () => {
    const { changes, exitCode } = diff(({ deployment, service, configMap }) => {
      deployment.spec.replicas = 1;
      const [container] = deployment.spec.template.spec.containers;
      if (container) Object.assign(container, { image: 'todo-chatbot-backend:2' });
      service.spec.type = 'ClusterIP';
      configMap.data.LOG_LEVEL = 'DEBUG';
    });
    expect(exitCode).toBe(1);
    expect(changes.map(told)).toEqual([
      'deployment | Deployment todo-chatbot-backend | spec.replicas | 2 | 1 | 2',
      'deployment | Deployment todo-chatbot-backend | spec.template.spec.containers[backend].image | todo-chatbot-backend:latest | todo-chatbot-backend:2 | todo-chatbot-backend:latest',
      'service | Service todo-chatbot-backend | spec.type | NodePort | ClusterIP | NodePort',
      'config | ConfigMap todo-chatbot-backend-config | data.LOG_LEVEL | INFO | DEBUG | INFO',
    ]);
  });

  test('a Secret that was rotated, by when it was written and how long its values are', () => {
    const { changes } = diff(({ secret }) => {
      secret.dataChangedAt = '2026-02-10T08:00:00Z';
      secret.keys = secret.keys.map((key) =>
        key.key === 'BETTER_AUTH_SECRET' ? { ...key, length: 12 } : key,
      );
    });
    expect(changes.map(({ field, after }) => `${field}: ${after ?? ''}`)).toEqual([
      'data.BETTER_AUTH_SECRET: (hidden, 12 characters)',
      'data changed at: 2026-02-10T08:00:00Z',
    ]);
  });

  test('restarts, states, and pods that came and went', () => {
    const { changes } = diff(({ pods }) => {
      const [first, second] = pods;
      const [status] = first?.status?.containerStatuses ?? [];
      if (status) status.restartCount = 4;
      if (second) second.metadata.name = 'todo-chatbot-backend-new';
    });
    expect(changes.map(({ object, field, before, after }) => [object, field, before, after])).toEqual([
      ['Pod todo-chatbot-backend-new', '', null, 'Ready, todo-chatbot-backend:latest'],
      [expect.stringMatching(/^Pod todo-chatbot-backend-/), '', 'Ready, todo-chatbot-backend:latest', null],
      [expect.stringMatching(/^Pod todo-chatbot-backend-/), 'restarts', '0', '4'],
    ]);
  });

  test('hundreds of pods are counted', () => {
    const { changes } = diff((evidence) => {
      const [sample] = evidence.pods;
      evidence.pods = Array.from({ length: 300 }, (_, index) => {
        const pod = structuredClone(sample ?? evidence.pods[0]);
        if (!pod) throw new Error('no pod');
        pod.metadata.name = `new-${index}`;
        return pod;
      });
    });
    const pods = changes.filter(({ area }) => area === 'pods');
    expect(pods.length).toBeLessThan(50);
    expect(pods.map(({ after }) => after)).toContain('280 more new pods');
  });

  test('events since then, grouped, warnings first', () => {
    const event = (uid: string, reason: string, at: string, type = 'Normal') => ({
      metadata: { name: uid, uid },
      type,
      reason,
      message: `${reason}!`,
      count: 2,
      lastTimestamp: at,
      involvedObject: { kind: 'Pod', name: `p-${uid}` },
    });
    const { changes } = diff(({ events }) => {
      events.push(
        event('1', 'Started', '2026-02-09T15:00:00Z'),
        event('2', 'BackOff', '2026-02-09T15:00:01Z', 'Warning'),
        event('3', 'BackOff', '2026-02-09T15:00:02Z', 'Warning'),
        event('4', 'Old', '2026-02-09T13:00:00Z'),
      );
    });
    expect(changes.map(told)).toEqual([
      'events | 2 Pods | BackOff | - | 4 ×, BackOff! | -',
      'events | Pod p-1 | Started | - | 2 ×, Started! | -',
    ]);
  });
});

test('what one side does not know is not called equal', () => {
  const result = diff(() => undefined, ['secret', 'events']);
  expect(result.exitCode).toBe(3);
  expect(result.notCompared).toEqual([
    { evidence: 'secret', reason: 'x.tgz: you may not' },
    { evidence: 'events', reason: 'x.tgz: you may not' },
  ]);
});

test('as text, at 40 columns and without Unicode, nothing is cut off and nothing acts on the terminal', () => {
  const result = diff(({ deployment }) => {
    deployment.spec.replicas = 5;
    const [container] = deployment.spec.template.spec.containers;
    if (container) Object.assign(container, { image: 'evil\u001b[31m\nimage' });
  });
  for (const LANG of ['C', 'C.UTF-8']) {
    const text = renderDiff(result, decideStyle({ isTTY: false, columns: 40, env: { LANG } }));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    expect(text).not.toContain('\u001b');
    expect(text.replace(/\s+/g, ' ')).toContain('(contract: 2)');
    if (LANG === 'C') expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  }
});

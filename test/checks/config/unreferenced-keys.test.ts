import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/config/unreferenced-keys.js';
import type { PodSpec } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

/** Judges with a pod template that uses nothing but what `change` adds. */
const withSpec = (change: (spec: PodSpec) => void) =>
  judge(check, ({ deployment }) => {
    const { spec } = deployment.spec.template;
    for (const container of spec.containers) container.envFrom = [];
    change(spec);
  });
const ALL = ['ENVIRONMENT', 'LOG_LEVEL', 'BETTER_AUTH_SECRET', 'DATABASE_URL'];
const unused = (judged: ReturnType<typeof judge>) => judged.findings.map(({ data }) => data?.key);

describe('config/unreferenced-keys', () => {
  test('passes when envFrom takes both objects whole', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'all 4 keys are used' });
  });

  test('warns of every key when nothing is referenced', () => {
    const judged = withSpec(() => undefined);
    expect(judged.status).toBe('warn');
    expect(unused(judged)).toEqual(ALL);
    expect(judged.ids[0]).toBe('unused');
    expect(judged.messages[0]).toBe('no container uses key ENVIRONMENT');
    expect(judged.findings.map(({ object }) => object?.kind)).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Secret',
      'Secret',
    ]);
  });

  test('counts references by key, of init containers too', () => {
    const judged = withSpec((spec) => {
      const configMap = 'todo-chatbot-backend-config';
      const secret = 'todo-chatbot-backend-secret';
      const [container] = spec.containers;
      if (container) {
        container.env = [
          { name: 'A', valueFrom: { configMapKeyRef: { name: configMap, key: 'ENVIRONMENT' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: secret, key: 'DATABASE_URL' } } },
          { name: 'C', valueFrom: { secretKeyRef: { name: 'another', key: 'BETTER_AUTH_SECRET' } } },
          { name: 'D', value: 'literal' },
        ];
      }
      spec.initContainers = [
        {
          name: 'migrate',
          env: [{ name: 'L', valueFrom: { configMapKeyRef: { name: configMap, key: 'LOG_LEVEL' } } }],
        },
      ];
    });
    expect(unused(judged)).toEqual(['BETTER_AUTH_SECRET']);
  });

  test('counts volumes, projected ones too', () => {
    const plain = withSpec((spec) => {
      spec.volumes = [
        { name: 'c', configMap: { name: 'todo-chatbot-backend-config' } },
        { name: 's', secret: { secretName: 'todo-chatbot-backend-secret' } },
      ];
    });
    expect(plain.status).toBe('pass');
    const projected = withSpec((spec) => {
      spec.volumes = [
        { name: 'p', projected: { sources: [{ secret: { name: 'todo-chatbot-backend-secret' } }] } },
      ];
    });
    expect(unused(projected)).toEqual(['ENVIRONMENT', 'LOG_LEVEL']);
  });

  test('cannot tell when one of the three is not there', () => {
    expect(judge(check, (evidence) => Object.assign(evidence, { secret: undefined })).status).toBe('unknown');
  });
});

import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/service/exists.js';
import { DEFAULT_CONTRACT } from '../../../src/contract/contract.js';
import { judge, TARGET, remedyOf } from '../../support/check-context.js';
import { healthyEvidence, NOW } from '../../support/healthy.js';

describe('service/exists', () => {
  test('passes and names the Service', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'Service todo-chatbot-backend' });
  });

  test('fails when there is none', () => {
    const evidence = { ...healthyEvidence(), service: undefined };
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(check.evaluate(evidence, context)).toEqual({
      status: 'fail',
      findings: [
        {
          messageId: 'missing',
          data: {
            name: 'todo-chatbot-backend',
            namespace: 'default',
            expected: 'Service todo-chatbot-backend',
            found: 'none',
            field: 'metadata.name',
          },
          object: { kind: 'Service', namespace: 'default', name: 'todo-chatbot-backend' },
        },
      ],
    });
  });

  test('is put right by Helm, or by kubectl where Helm does not manage the release', () => {
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, [])).toMatch(/^helm upgrade todo-chatbot /);
    expect(remedyOf(check, { ...context, target: { ...TARGET, helm: undefined } }, [])).toBe(
      'kubectl -n default expose deployment todo-chatbot-backend --name=todo-chatbot-backend --type=NodePort ' +
        `--port=8000 --target-port=8000 --overrides='{"spec":{"ports":[{"port":8000,"targetPort":8000,"nodePort":30081}]}}'`,
    );
  });

  test('fails when it is being deleted', () => {
    const judged = judge(check, ({ service }) => {
      service.metadata.deletionTimestamp = '2026-02-09T14:04:00Z';
    });
    expect(judged).toMatchObject({ status: 'fail', ids: ['deleted'] });
    const context = { contract: DEFAULT_CONTRACT, target: TARGET, now: NOW };
    expect(remedyOf(check, context, judged.findings)).toContain(
      'wait --for=delete service/todo-chatbot-backend',
    );
  });
});

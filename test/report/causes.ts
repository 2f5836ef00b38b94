/** Causes as doctor tells them. */
import type { Diagnosis } from '../../src/rule/diagnosis.js';

export const SECRET = { kind: 'Secret', namespace: 'default', name: 'todo-chatbot-backend-secret' };
export const POD = 'todo-chatbot-backend-6d5f9c7b4d-x2k4p';

export const staleCredentials = (): Diagnosis => ({
  cause: 'db/credentials-stale',
  topic: 'db',
  title: 'The pods still use the old password',
  severity: 'error',
  verdict: 'confirmed',
  object: SECRET,
  summary: `The password in Secret ${SECRET.name} was changed at 14:00:03, but both pods started before.`,
  headline: `The password in Secret ${SECRET.name} was changed at 14:00:03, but both pods started before.`,
  pods: [],
  evidence: [
    {
      source: 'managedFields',
      object: SECRET,
      field: 'data.DATABASE_URL',
      value: 'changed by kubectl-edit',
      at: '2026-02-09T14:00:03Z',
    },
    {
      source: 'log',
      object: { kind: 'Pod', namespace: 'default', name: POD },
      field: null,
      value: 'password authentication failed for user "todo"',
      at: '2026-02-09T14:02:11Z',
    },
  ],
  fix: [
    {
      kind: 'fix',
      description: 'Restart the pods.',
      command: 'kubectl -n default rollout restart deployment/todo-chatbot-backend',
      helmValue: null,
    },
    {
      kind: 'text',
      description: 'Or put the old password back.',
      command: null,
      helmValue: 'backend.secrets.DATABASE_URL=…',
    },
  ],
  then: 'todo-k8s doctor db --watch',
  wouldConfirm: null,
  ruledOut: ['DNS', 'egress policy', 'TLS'],
  symptoms: ['pods/ready', 'functional/health'],
  folded: ['health/database-down'],
  path: [
    { hop: 'secret', state: 'good', detail: 'is there', ms: null },
    { hop: 'tcp', state: 'good', detail: 'connected', ms: 1.2 },
    { hop: 'login', state: 'broken', detail: 'password authentication failed', ms: 9 },
    { hop: 'query', state: 'not-reached', detail: 'lies behind login', ms: null },
  ],
});

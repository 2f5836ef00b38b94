/** A report of doctor's. */
import type { Diagnosis } from '../../src/rule/diagnosis.js';
import type { Report } from '../../src/engine/report.js';
import { POD, staleCredentials } from './causes.js';
import { sample } from './samples.js';
import { look } from '../../src/rule/fix.js';

/** What doctor says: a cause that explains two checks, something that could not be read, a warning, and one open check. */
export const diagnosed = (): Report => {
  const stale = staleCredentials();
  const unread: Diagnosis = {
    ...stale,
    cause: 'db/timeout',
    title: 'The database does not answer in time',
    verdict: 'inconclusive',
    object: null,
    summary: 'Nothing can be said: the pods may not be looked into.',
    evidence: [],
    fix: [],
    then: null,
    wouldConfirm: 'todo-k8s doctor db, with create pods/exec',
    ruledOut: [],
    symptoms: [],
    folded: [],
    path: [],
  };
  const waking: Diagnosis = { ...unread, cause: 'db/waking', verdict: 'likely', severity: 'warning' };
  const failed = { status: 'fail' as const, fix: [look('kubectl get pods')] };
  return sample(
    {
      'pods/ready': { ...failed, message: '0 of 2 pods are Ready' },
      'functional/health': { ...failed, message: 'HTTP 503' },
      'service/type': { ...failed, message: 'Service is of another type' },
    },
    {
      command: 'doctor db',
      exitCode: 1,
      next: 'kubectl -n default rollout restart deployment/todo-chatbot-backend',
      diagnoses: [stale, unread, waking],
      topics: [{ topic: 'db', path: stale.path }],
      unexplained: ['service/type'],
      memory: {
        containers: [
          {
            pod: POD,
            container: 'backend',
            requestBytes: 512 * 2 ** 20,
            limitBytes: 2 ** 30,
            usageBytes: 900 * 2 ** 20,
            oomKilledAt: null,
          },
          {
            pod: 'killed',
            container: 'backend',
            requestBytes: null,
            limitBytes: null,
            usageBytes: null,
            oomKilledAt: '2026-02-09T14:01:00Z',
          },
        ],
        omitted: 3,
      },
    },
  );
};

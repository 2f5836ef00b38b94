import setUrl from '../../checks/config/frontend-backend-url.js';
import { fixesFrom } from '../../fixes/described.js';
import { observed } from '../../rule/seen.js';
import type { Finding } from '../../rule/finding.js';
import { cause } from '../../rule/cause.js';

export default cause({
  id: 'frontend/wrong-backend',
  topic: 'service',
  title: 'The frontend asks the backend at a wrong address',
  severity: 'error',
  why: 'its environment names a Service, a port or a host at which the backend is not: its pages open, and nothing in them works',
  seen: 'a variable of the frontend’s Deployment names a Service or port that does not exist, its own pod, or no URL',
  remedy: 'set it to the backend’s Service and port; what is built into the image needs a new build',
  explains: ['config/frontend-backend-url'],
  reads: ['frontendUrls'],
  judge({ frontendUrls: { deployment = '' } }, { context, check }) {
    return (check('config/frontend-backend-url')?.findings ?? []).map((finding) => {
      const { object, data, message } = finding;
      const isMild = finding.messageId === 'loopback';
      return {
        verdict: isMild ? 'likely' : 'confirmed',
        ...(isMild && { severity: 'warning' as const }),
        object: object ?? { kind: 'Deployment', name: deployment },
        summary: `The frontend does not reach the backend: ${message}.`,
        evidence: [
          observed(String(data.field ?? 'environment'), object ?? null, String(data.found ?? '')),
          observed('the backend', null, String(data.expected ?? '')),
        ],
        fix: fixesFrom(
          'Tell the frontend where the backend is.',
          setUrl.meta.remedy(context, [finding as Finding]),
        ),
        ...(isMild && { wouldConfirm: 'the frontend’s log: connection refused at that address' }),
      };
    });
  },
});

import cors from '../../checks/functional/cors.js';
import { serviceRef } from '../../rule/object-ref.js';
import { observed } from '../../rule/seen.js';
import type { Finding } from '../../rule/finding.js';
import { fixesFrom } from '../../fixes/described.js';
import { cause } from '../../rule/cause.js';

export default cause({
  id: 'cors/origin-refused',
  topic: 'service',
  title: 'The backend does not allow the frontend’s origin',
  severity: 'error',
  why: 'browsers ask the backend before they send a request of a page from another host or port, and send nothing without its permission',
  seen: 'OPTIONS with the origin of the frontend’s pages is answered without access-control-allow-origin for it',
  remedy: 'add the origin to those that the backend’s CORSMiddleware allows',
  explains: ['functional/cors'],
  reads: ['cors'],
  judge({ cors: { preflights } }, { context, check }) {
    const result = check('functional/cors');
    return (result?.findings ?? []).map((finding) => {
      const { data, message } = finding;
      const asked = preflights.find(({ origin }) => origin === data.origin);
      const isSure = result?.status === 'fail' && asked?.certain === true;
      return {
        verdict: isSure ? 'confirmed' : 'likely',
        ...(!isSure && {
          severity: 'warning' as const,
          wouldConfirm:
            'the browser’s console, which says so for each request; or --origin with the address in its location bar',
        }),
        object: finding.object ?? serviceRef(context.target),
        summary: `Browsers keep the frontend’s pages from asking the backend: ${message}.`,
        evidence: [
          observed(`OPTIONS ${String(data.url ?? '')}`, null, `Origin: ${String(data.origin ?? '')}`),
          observed('answer', null, String(data.found ?? '')),
        ],
        fix: fixesFrom('Allow it.', cors.meta.remedy(context, [finding as Finding])),
      };
    });
  },
});

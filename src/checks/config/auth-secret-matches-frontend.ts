import { defineCheck, pass, skip, unknown } from '../check.js';
import { failWith, secretRef } from '../shared.js';
import { setSecretKey } from '../secret-command.js';

const KEY = 'BETTER_AUTH_SECRET';

export default defineCheck({
  meta: {
    id: 'config/auth-secret-matches-frontend',
    title: 'Backend and frontend sign with the same BETTER_AUTH_SECRET',
    failureTitle: 'Backend and frontend have different values of BETTER_AUTH_SECRET',
    why: 'the backend rejects every token that the frontend signs with another secret: nobody can use the application',
    remedy: (context) => [
      setSecretKey(context, KEY, `read -rs ${KEY}`, 'asks for the value: paste the frontend’s'),
    ],
    severity: 'error',
    reads: ['secret', 'frontend'],
    needs: ['config/secret'],
    messages: { differs: 'BETTER_AUTH_SECRET differs from the one in the frontend’s {found}' },
    contractSection: 'Kubernetes Resources: Secret',
  },
  evaluate({ frontend }, { target }) {
    if (!frontend.installed) return skip('no frontend of this release is installed');
    const where = frontend.secretName === undefined ? 'configuration' : `Secret ${frontend.secretName}`;
    if (frontend.authSecretMatches === undefined)
      return unknown(`the frontend’s ${KEY} could not be found in its ${where}`);
    if (frontend.authSecretMatches) return pass(`same value as in the frontend’s ${where}`);
    const data = { expected: 'the same value in both', found: where, field: `data.${KEY}` };
    return failWith('differs', data, secretRef(target));
  },
});

import { secretRef } from '../../rule/object-ref.js';
import { kubectl, word } from '../../rule/command.js';
import { look } from '../../rule/fix.js';
import { defineCheck, pass, skip, unknown } from '../check.js';
import { failWith } from '../shared.js';
import { setSecretKey } from '../../fixes/secret-command.js';

export default defineCheck({
  meta: {
    id: 'config/auth-secret-matches-frontend',
    title: 'Backend and frontend sign with the same BETTER_AUTH_SECRET',
    failureTitle: 'Backend and frontend have different values of BETTER_AUTH_SECRET',
    why: 'the backend rejects every token that the frontend signs with another secret: nobody can use the application',
    remedy: (context, findings) => {
      const key = context.contract.secrets.authSecretKey;
      const absent = findings.find(({ messageId }) => messageId === 'missing');
      if (absent !== undefined)
        return [
          look(
            kubectl(context, `describe secret ${word(absent.object?.name ?? '')}`),
            `give it the backend’s ${key}: without it the frontend’s pods do not start`,
          ),
        ];
      return [setSecretKey(context, key, `read -rs ${key}`, 'asks for the value: paste the frontend’s')];
    },
    severity: 'error',
    reads: ['secret', 'frontend'],
    needs: ['config/secret'],
    messages: {
      differs: '{key} differs from the one in the frontend’s {found}',
      missing: 'the frontend takes {key} from Secret {secret}, which {found}',
    },
    contractSection: 'Kubernetes Resources: Secret',
  },
  evaluate({ frontend }, { target, contract }) {
    const key = contract.secrets.authSecretKey;
    if (!frontend.installed) return skip('no frontend of this release is installed');
    if (frontend.signs === false) return skip(`the frontend is not given ${key}`);
    const where = frontend.secretName === undefined ? 'configuration' : `Secret ${frontend.secretName}`;
    const { missing } = frontend;
    if (missing !== undefined) {
      const found = missing.key === undefined ? 'does not exist' : `has no key ${missing.key}`;
      const data = { key, secret: missing.name, expected: 'the backend’s value', found };
      return failWith('missing', data, { ...secretRef(target), name: missing.name });
    }
    if (frontend.authSecretMatches === undefined)
      return unknown(`the frontend’s ${key} could not be found in its ${where}`);
    if (frontend.authSecretMatches) return pass(`same value as in the frontend’s ${where}`);
    const data = { key, expected: 'the same value in both', found: where, field: `data.${key}` };
    return failWith('differs', data, secretRef(target));
  },
});

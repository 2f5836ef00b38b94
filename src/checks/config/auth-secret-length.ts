import { text } from '../../rule/fix.js';
import { defineCheck, pass, unknown, skip } from '../check.js';
import { count, failWith } from '../shared.js';
import { placeOf, variableOf } from './_variable.js';
import { setSecretKey } from './_secret-command.js';

const KEY = 'BETTER_AUTH_SECRET';

export default defineCheck({
  meta: {
    id: 'config/auth-secret-length',
    title: 'BETTER_AUTH_SECRET is long enough',
    failureTitle: 'BETTER_AUTH_SECRET is too short',
    why: 'a short signing secret can be guessed from one token, and then anyone can sign in as anyone',
    remedy: (context) => [
      setSecretKey(context, KEY, `${KEY}="$(openssl rand -hex 32)"`),
      text('The frontend needs the same value: copy it from this Secret.'),
    ],
    severity: 'error',
    reads: ['secret', 'environment'],
    needs: ['config/secret'],
    messages: { 'too-short': '{key} has {found}' },
    contractSection: 'Security Requirements: Secret Management',
  },
  evaluate({ secret, environment }, { contract, target }) {
    const { authSecretKey: key } = contract.secrets;
    if (!contract.backend.requiredSecretKeys.includes(key)) return skip(`the contract demands no ${key}`);
    // What the container gets is what counts; what the Secret holds, only where the container gets nothing.
    const variable = variableOf(environment, key);
    const length = variable?.length ?? secret?.keys.find((each) => each.key === key)?.length;
    if (length === undefined) return unknown(`Secret ${target.names.secret} has no key ${key} to judge`);
    const least = contract.secrets.authSecretMinLength;
    const found = count(length, 'character');
    if (length >= least) return pass(found);
    const { object, field } = placeOf(variable, key, target);
    return failWith(
      'too-short',
      { key, expected: `at least ${count(least, 'character')}`, found, field },
      object,
    );
  },
});

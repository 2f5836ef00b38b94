import { defineCheck, pass, unknown } from '../check.js';
import { count, failWith, secretRef } from '../shared.js';
import { setSecretKey } from './_secret-command.js';

const KEY = 'BETTER_AUTH_SECRET';

export default defineCheck({
  meta: {
    id: 'config/auth-secret-length',
    title: 'BETTER_AUTH_SECRET is long enough',
    failureTitle: 'BETTER_AUTH_SECRET is too short',
    why: 'a short signing secret can be guessed from one token, and then anyone can sign in as anyone',
    remedy: (context) =>
      `export ${KEY}="$(openssl rand -hex 32)" && ${setSecretKey(context, KEY, `$${KEY}`)}   # and the same in the frontend’s Secret`,
    severity: 'error',
    reads: ['secret'],
    needs: ['config/secret'],
    messages: { 'too-short': 'BETTER_AUTH_SECRET has {found}' },
    contractSection: 'Security Requirements: Secret Management',
  },
  evaluate({ secret }, { contract, target }) {
    const entry = secret?.keys.find(({ key }) => key === KEY);
    if (!entry) return unknown(`Secret ${target.names.secret} has no key ${KEY} to judge`);
    const least = contract.secrets.authSecretMinLength;
    const found = count(entry.length, 'character');
    if (entry.length >= least) return pass(found);
    return failWith(
      'too-short',
      { expected: `at least ${count(least, 'character')}`, found, field: `data.${KEY}` },
      secretRef(target),
    );
  },
});

import { text } from '../../rule/fix.js';
import { defineCheck, unknown, skip, type Finding } from '../check.js';
import { count } from '../../count.js';
import { failOrWarn } from '../shared.js';
import { placeOf, variableOf } from '../../computed/variable-place.js';
import { setSecretKey } from '../../fixes/secret-command.js';

const KEY = 'BETTER_AUTH_SECRET';

type Message = 'too-short' | 'white-space';

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
    messages: {
      'too-short': '{key} has {found}',
      'white-space':
        '{key} has {found} of white space around it: it is part of the value, and the frontend’s needs the same',
    },
    contractSection: 'Security Requirements: Secret Management',
  },
  evaluate({ secret, environment }, { contract, target }) {
    const { authSecretKey: key } = contract.secrets;
    if (!contract.backend.requiredSecretKeys.includes(key)) return skip(`the contract demands no ${key}`);
    // What the container gets is what counts; what the Secret holds, only where the container gets nothing.
    const variable = variableOf(environment, key);
    const entry = variable?.length === undefined ? secret?.keys.find((each) => each.key === key) : variable;
    if (entry?.length === undefined) {
      return unknown(`Secret ${target.names.secret} has no key ${key} to judge`);
    }
    const { object, field } = placeOf(variable, key, target);
    const failures: Finding<Message>[] = [];
    const warnings: Finding<Message>[] = [];
    const padding = entry.blank === true ? entry.length : (entry.padding ?? 0);
    // White space makes it no harder to guess.
    const length = entry.length - padding;
    const least = contract.secrets.authSecretMinLength;
    const found = count(length, 'character');
    if (length < least) {
      const data = { key, expected: `at least ${count(least, 'character')}`, found, field };
      failures.push({ messageId: 'too-short', data, object });
    }
    if (padding > 0) {
      const data = { key, expected: 'none', found: count(padding, 'character'), field };
      warnings.push({ messageId: 'white-space', data, object });
    }
    return failOrWarn(failures, warnings, `${key} of ${found}`);
  },
});

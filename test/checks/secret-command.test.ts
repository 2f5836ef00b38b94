import { describe, expect, test } from '@jest/globals';
import { setSecretKeys, type SecretKey } from '../../src/fixes/secret-command.js';
import { DEFAULT_CONTRACT } from '../../src/contract/contract.js';
import type { Target } from '../../src/contract/target.js';
import { TARGET } from '../support/check-context.js';
import { NOW } from '../support/healthy.js';

const command = (target: Partial<Target>, keys: SecretKey[] = ['DATABASE_URL'], exists = true) =>
  setSecretKeys({ contract: DEFAULT_CONTRACT, target: { ...TARGET, ...target }, now: NOW }, keys, exists);
const helm = (...values: string[]) => ({ chart: 'todo-app-1.0.0', revision: 1, status: 'deployed', values });

describe('where a secret is written', () => {
  test('the key that the template refers to, in whatever Secret it is', () => {
    const written = command({
      helm: undefined,
      secretKeys: { DATABASE_URL: 'todo-database-secret/database-url' },
    });
    expect(written).toBe(
      ': "${DATABASE_URL:?}" && kubectl -n default create secret generic todo-database-secret' +
        ' --from-file=database-url=<(printf %s "$DATABASE_URL") --dry-run=client -o json' +
        ' | kubectl -n default patch secret todo-database-secret --type=merge --patch-file=/dev/stdin',
    );
  });

  test('two Secrets, one command each', () => {
    const secretKeys = { DATABASE_URL: 'db/url', BETTER_AUTH_SECRET: 'auth.v2/jwt.key' };
    const written = command({ helm: undefined, secretKeys }, ['DATABASE_URL', 'BETTER_AUTH_SECRET']);
    expect(written).toMatch(/^: "\$\{DATABASE_URL:\?\}" "\$\{BETTER_AUTH_SECRET:\?\}" && /);
    expect(written).toContain('patch secret db --type=merge');
    expect(written).toContain('--from-file=jwt.key=<(printf %s "$BETTER_AUTH_SECRET")');
    expect(written).toContain('patch secret auth.v2 --type=merge');
  });

  test('a key that is no name of a variable gets one that the shell takes', () => {
    const written = command({ helm: undefined }, [{ secret: 'db', key: '1st.data-base' }]);
    expect(written).toContain(': "${_1ST_DATA_BASE:?}"');
    expect(written).toContain('--from-file=1st.data-base=<(printf %s "$_1ST_DATA_BASE")');
  });

  test('the chart’s own value, where it has one', () => {
    expect(command({ helm: helm('backend', 'backend.secrets') })).toContain(
      '--set-file backend.secrets.DATABASE_URL=<(',
    );
    expect(command({ helm: helm('secrets', 'secrets.databaseUrl') })).toContain(
      '--set-file secrets.databaseUrl=<(printf %s "$DATABASE_URL")',
    );
    // A value that the chart does not know is stored and changes nothing.
    expect(command({ helm: helm('replicaCount') })).toContain('patch secret todo-chatbot-backend-secret');
  });

  test('a Secret that is not there is created', () => {
    expect(command({ helm: undefined }, ['DATABASE_URL'], false)).toBe(
      ': "${DATABASE_URL:?}" && kubectl -n default create secret generic todo-chatbot-backend-secret' +
        ' --from-file=DATABASE_URL=<(printf %s "$DATABASE_URL")',
    );
  });
});

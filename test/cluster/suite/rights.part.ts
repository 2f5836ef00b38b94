/** What the printed Role allows, and what is said where a permission of it is missing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, key } from './account.js';
import { HOME, verifyHome } from './home.js';
import { blockedWithoutCause, notPassed, result } from './verify.js';

/**
 * Each permission of the Role, and the checks that are unknown without it (blocked ones aside). None of these may
 * pass, and no check may fail for want of a permission.
 */
const UNKNOWN_WITHOUT: Record<string, string[]> = {};

describe('permissions', () => {
  const account = new Account(HOME.namespace);
  const verify = () => verifyHome(['--kubeconfig', account.kubeconfig, '--set', 'http.healthLatencyWarnMs=60000']);

  beforeAll(async () => {
    await account.create();
  }, 60_000);

  afterAll(async () => {
    await account.remove();
  }, 60_000);

  test('the printed Role is enough', async () => {
    const { report, code } = await verify();
    expect(notPassed(report)).toEqual({});
    expect(code).toBe(0);
  }, 60_000);

  test('the table below has each permission of the Role', () => {
    expect(account.permissions().map(key).sort()).toEqual(Object.keys(UNKNOWN_WITHOUT).sort());
  });

  test.each(Object.entries(UNKNOWN_WITHOUT))(
    'without %s',
    async (name, ids) => {
      const permission = account.permissions().find((each) => key(each) === name);
      if (permission === undefined) throw new Error(`the Role has no ${name}`);
      await account.withhold(permission);
      try {
        const { report, code } = await verify();
        expect(notPassed(report)).toEqual({
          warn: ['cluster/permissions'],
          ...(ids.length > 0 && { unknown: [...ids].sort() }),
        });
        expect(code).toBe(ids.length > 0 ? 3 : 0);
        expect(blockedWithoutCause(report)).toEqual([]);
        for (const id of [...ids, 'cluster/permissions']) {
          const { message, findings } = result(report, id);
          const said = [message, ...findings.map((finding) => finding.message)].join('\n');
          expect(said).toContain(permission.verb);
          expect(said).toContain(permission.resource);
        }
      } finally {
        await account.withhold(undefined);
      }
    },
    90_000,
  );
});

/** What the driver takes from its environment beside the URL is told where it has a say, and nowhere else. */
import { describe, expect, test } from '@jest/globals';
import { DB, notMeasured, says, stopsAt, together, withVariable } from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';

const READ_ONLY = 'ERROR:    app: cannot execute CREATE TABLE in a read-only transaction';
const CAUSE = 'db/client-variable';

describe('a variable that accounts for it', () => {
  test.each([
    ['PGOPTIONS', '-c default_transaction_read_only=on', READ_ONLY],
    ['PGOPTIONS', '-c nosuch=1', 'FATAL:  unrecognized configuration parameter "nosuch"'],
    ['PGOPTIONS', '-c search_path=x', 'ERROR:  no schema has been selected to create in'],
    ['PGOPTIONS', '-c work_mem=1MB', 'FATAL:  unsupported startup parameter: options'],
    ['PGCLIENTENCODING', 'klingon', 'FATAL:  invalid value for parameter "client_encoding": "klingon"'],
    ['PGSSLROOTCERT', '/none.pem', 'root certificate file "/none.pem" does not exist'],
    ['PGHOSTADDR', '10.9.9.9', 'connection to server at "10.9.9.9", port 5432 failed: Connection refused'],
  ])('%s=%s: %s', async (name, value, words) => {
    const { diagnoses } = await diagnosed(together(says(words), notMeasured, withVariable(name, value)), DB);
    expect(diagnoses.map(({ cause }) => cause).filter((cause) => cause !== 'evidence/unreadable')).toEqual([
      CAUSE,
    ]);
    expect(diagnoses[0]?.object?.kind).toBe('Deployment');
    expect(diagnoses[0]?.summary).toContain(name);
    expect(diagnoses[0]?.fix[0]?.command).toContain(`${name}-`);
  });
});

describe('a variable that has no say in it', () => {
  test.each([
    ['PGOPTIONS', 'FATAL:  password authentication failed for user "todo"'],
    ['PGSSLROOTCERT', READ_ONLY],
    ['PGAPPNAME', READ_ONLY],
    ['PGHOSTADDR', READ_ONLY],
  ])('%s: %s', async (name, words) => {
    const { causes } = await diagnosed(together(says(words), notMeasured, withVariable(name, 'x')), DB);
    expect(causes).not.toContain(CAUSE);
    expect(causes).not.toEqual([]);
  });

  test('where the URL’s own way is measured to end: that has nothing of the variable', async () => {
    const { causes } = await diagnosed(
      together(stopsAt('tcp', 'refused', 'Connection refused'), withVariable('PGHOSTADDR', '10.9.9.9')),
      DB,
    );
    expect(causes).toEqual(['db/connection-refused']);
  });

  test('of a pod that was started before it was set', async () => {
    const { causes } = await diagnosed(
      together(says(READ_ONLY), notMeasured, withVariable('PGOPTIONS', '-c x=1'), ({ pods }) => {
        for (const { spec } of pods) delete spec.containers[0]?.env;
      }),
      DB,
    );
    expect(causes).toContain('db/read-only');
  });
});

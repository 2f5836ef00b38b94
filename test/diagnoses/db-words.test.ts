/** What words of drivers and servers mean to the doctor: no meaning is without a rule that tells it. */
import { describe, expect, test } from '@jest/globals';
import { DATABASE_WORDS } from '../../src/vocabulary/database.js';
import { type Change, DB, notMeasured, says, stopsAt, together, url } from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';

describe('whatever words mean is told', () => {
  const rows = [...new Map(DATABASE_WORDS.map((row) => [row.means, row])).values()];

  test.each(rows.map(({ means, example }) => ({ means, example })))('$means', async ({ means, example }) => {
    const { causes } = await diagnosed(
      together(says(`ERROR:    todo.database: database error: ${example}`), notMeasured),
      DB,
    );
    const told = causes.filter((cause) => cause.startsWith('db/'));
    expect(told).toEqual([means === 'statement' ? 'db/other' : means]);
  });

  test('that the database had to wake up is no matter of firewalls, in the log as where it was measured', async () => {
    const words = 'FATAL:  the database system is starting up';
    for (const change of [
      together(says(`ERROR:    todo.database: database error: ${words}`), notMeasured),
      stopsAt('startup', 'server', words, '57P03'),
    ]) {
      const { diagnoses } = await diagnosed(change, DB);
      const told = diagnoses.find(({ cause }) => cause === 'db/waking');
      expect(told).toMatchObject({
        severity: 'warning',
        fix: [{ description: expect.stringContaining('10 s and a retry') as unknown }],
      });
    }
  });
});

test('an invalid sslmode is told before one that is given twice', async () => {
  const twice: Change = ({ secret }) => {
    if (secret.databaseUrl) secret.databaseUrl.duplicateParameters = ['sslmode'];
  };
  const both = await diagnosed(together(url('sslmode-invalid'), twice), DB);
  expect(both.diagnoses).toMatchObject([{ cause: 'db/sslmode-invalid', severity: 'error' }]);
  const alone = await diagnosed(twice, DB);
  expect(alone.diagnoses).toMatchObject([{ cause: 'db/sslmode-invalid', severity: 'warning' }]);
});

test('without a host the driver looks in the container itself: no port is to be compared', async () => {
  const words =
    'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?';
  const { diagnoses } = await diagnosed(
    together(says(...`ERROR:    todo.database: could not connect: ${words}`.split('\n')), notMeasured),
    DB,
  );
  const told = diagnoses.find(({ cause }) => cause === 'db/connection-refused');
  expect(told?.summary).toContain('was given no host');
  expect(told?.fix[0]?.description).toContain('Give the database’s host');
});

test('an address of IPv6 stands in brackets before its port', async () => {
  const { diagnoses } = await diagnosed(
    together(stopsAt('tcp', 'refused', 'Connection refused'), ({ databaseLadder: { pods } }) => {
      if (!pods.ok) return;
      for (const { ladder } of pods.value)
        if (ladder.ok) for (const host of ladder.value.hosts) host.host = '2001:db8::1';
    }),
    DB,
  );
  expect(diagnoses[0]?.summary).toContain('[2001:db8::1]:5432 refuses the connection');
});

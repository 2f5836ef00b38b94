/** What a driver meets before, or beside, the way to the database: its own files and parameters, which no measurement sees. */
import { describe, expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { crashed } from '../support/pod-states.js';
import { type Change, DB, notMeasured, says, together } from '../support/database-states.js';
import { TRACEBACK } from './pod-changes.js';

/** Both pods are in a crash loop, and each ended with these words. */
const loop =
  (words: string): Change =>
  (evidence) => {
    for (const index of [0, 1])
      crashed(evidence, index, { exitCode: 1 }, [
        ...TRACEBACK,
        ...`psycopg.OperationalError: ${words}`.split('\n'),
      ]);
  };

const FILES = [
  'connection failed: could not open certificate file "~root/.postgresql/postgresql.crt": Permission denied',
  'connection failed: could not open certificate file "/root/.postgresql/postgresql.crt": Permission denied',
  'connection failed: certificate present, but not private key file "/root/.postgresql/postgresql.key"',
  'connection failed: root certificate file "/nonexistent/.postgresql/root.crt" does not exist\nEither provide the file, use the system\'s trusted roots with sslrootcert=system, or change sslmode to disable server certificate verification.',
  'connection failed: private key file "/root/.postgresql/postgresql.key" must be owned by the database user or root',
];

describe.each([
  ['measured, and free', (): void => undefined],
  ['not measured', notMeasured],
] as [string, Change][])('a file below the home of a user, the way %s', (_, way) => {
  test.each(FILES)('%s', async (words) => {
    const { causes, diagnoses } = await diagnosed(together(loop(words), way), DB);
    expect(causes).toEqual(['db/tls-rejected']);
    expect(diagnoses[0]).toMatchObject({ severity: 'error', verdict: 'confirmed' });
    const advice = diagnoses[0]?.fix[0]?.description ?? '';
    expect(advice).toContain('HOME of the container’s user');
    expect(advice).toContain('sslcert');
    expect(advice).not.toMatch(/user 1001|chown/);
  });
});

describe('a crash loop is no passing fault, though the way is free when it is measured', () => {
  test.each([
    ["connect() got an unexpected keyword argument 'channel_binding'", 'db/driver-mismatch'],
    ['invalid sslmode value: "Require"', 'db/sslmode-invalid'],
    ['the driver spoke in tongues', 'db/other'],
  ])('%s', async (words, cause) => {
    const { causes, diagnoses } = await diagnosed(loop(words), DB);
    expect(causes).toEqual([cause]);
    expect(diagnoses[0]).toMatchObject({ severity: 'error' });
    expect(diagnoses[0]?.summary).not.toContain('passing fault');
  });

  test('what the measurement would have met is over', async () => {
    const { diagnoses } = await diagnosed(loop('connection failed: Connection refused'), DB);
    expect(diagnoses[0]).toMatchObject({ cause: 'db/connection-refused', severity: 'warning' });
  });

  test('so is an error of a container that has gone on', async () => {
    const { diagnoses } = await diagnosed(says(`ERROR:    app.db: ${FILES[0]}`), DB);
    expect(diagnoses[0]).toMatchObject({ cause: 'db/tls-rejected', severity: 'warning' });
  });
});

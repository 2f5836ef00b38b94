/** A DATABASE_URL that is right, and an application that reads something else: the URL is not blamed. */
import { describe, expect, test } from '@jest/globals';
import type { VariableFacts } from '../../src/evidence/evidence.js';
import {
  DB,
  fromHereNot,
  notMeasured,
  says,
  secretChanged,
  stopsAt,
  together,
  type Change,
} from '../support/database-states.js';
import { diagnosed } from '../support/diagnosed.js';
import { POD_NAMES } from '../support/healthy.js';
import { ago, log } from '../support/pod-states.js';

const CAUSE = 'db/other-variable';
const REFUSED = 'FATAL:  password authentication failed for user "todo"';

const variable = (name: string, source: VariableFacts['source']): VariableFacts => ({
  ...{ name, source, field: 'env[0]', optional: false, hides: [] },
  ...{ length: 20, blank: false },
});
const URL_OF_SECRET = variable('DATABASE_URL', {
  from: 'Secret',
  name: 'todo-chatbot-backend-secret',
  key: 'DATABASE_URL',
});
const OTHER = variable('POSTGRES_URL', { from: 'Secret', name: 'pg', key: 'url' });

const given =
  (...variables: VariableFacts[]): Change =>
  ({ environment, secret }) =>
    Object.assign(environment, { variables, databaseUrl: secret.databaseUrl });

/** The second pod’s log; from inside it nothing can be measured, because it does not run. */
const secondPodSays =
  (words: string): Change =>
  (evidence) => {
    log(evidence, 1, [words]);
    if (!evidence.databaseLadder.pods.ok) return;
    const own = evidence.databaseLadder.pods.value.find(({ pod }) => pod === POD_NAMES[1]);
    if (own)
      own.ladder = { ok: false, at: ago(0), why: 'failed', detail: 'container backend is not running' };
  };

async function rootsOf(...changes: Change[]) {
  const { diagnoses } = await diagnosed(together(...changes), DB);
  return diagnoses.filter(({ severity, cause }) => severity === 'error' && cause !== 'evidence/unreadable');
}

describe('refused, where the Secret’s URL is taken', () => {
  test('of another pod: the other variable is named, and the fix is for its Secret', async () => {
    const [first, ...others] = await rootsOf(
      given(URL_OF_SECRET, OTHER),
      secondPodSays(REFUSED),
      fromHereNot,
    );
    expect(first).toMatchObject({ cause: CAUSE, verdict: 'likely', object: { kind: 'Secret', name: 'pg' } });
    expect(first?.summary).toContain('reads POSTGRES_URL (from Secret pg, key url)');
    expect(first?.fix[0]?.command).toContain('pg');
    expect(first?.evidence.map(({ value }) => value)).toContain(
      'SELECT 1 is answered, with the Secret’s DATABASE_URL',
    );
    expect(others).toEqual([]);
  });

  test('pieces in place of a URL', async () => {
    const piece = variable('DB_PASSWORD', { from: 'ConfigMap', name: 'app', key: 'pw' });
    const [first] = await rootsOf(given(URL_OF_SECRET, piece), says(REFUSED), notMeasured);
    expect(first?.cause).toBe(CAUSE);
    expect(first?.summary).toContain('DB_PASSWORD (from ConfigMap app, key pw)');
  });

  test('without another variable it was before, or is a setting: likely, and not said of the Secret', async () => {
    const [first] = await rootsOf(given(URL_OF_SECRET), says(REFUSED), notMeasured);
    expect(first).toMatchObject({ cause: 'db/authentication-failed', verdict: 'likely' });
    expect(first?.summary).toContain('takes the one that Secret todo-chatbot-backend-secret has now');
    expect(first?.fix[0]?.command).toContain('rollout restart');
  });

  test('a database that is not there', async () => {
    const [first] = await rootsOf(
      given(URL_OF_SECRET, OTHER),
      secondPodSays('FATAL:  database "todos" does not exist'),
    );
    expect(first?.cause).toBe(CAUSE);
  });
});

test.each<[string, VariableFacts['source']]>([
  ['a value in the pod template', { from: 'template', uses: [] }],
  ['another Secret', { from: 'Secret', name: 'other', key: 'DATABASE_URL' }],
  ['another key', { from: 'Secret', name: 'todo-chatbot-backend-secret', key: 'url' }],
])('a DATABASE_URL from %s: that the Secret’s is taken says nothing of it', async (_name, source) => {
  const [first] = await rootsOf(given(variable('DATABASE_URL', source), OTHER), says(REFUSED), notMeasured);
  expect(first?.cause).not.toBe(CAUSE);
});

describe('a place that the URL does not name', () => {
  test.each([
    ['could not translate host name "db-old" to address: Name or service not known', 'host db-old'],
    [
      'connection to server at "ep-cool-1.neon.tech" (3.1.2.4), port 5433 failed: Connection refused',
      'port 5433',
    ],
    [
      'connection to server at "db-old", port 5432 failed: FATAL:  password authentication failed for user "x"',
      'db-old',
    ],
  ])('%s', async (words, place) => {
    const [first] = await rootsOf(
      given(URL_OF_SECRET, OTHER),
      says(`ERROR:    app.database: ${words}`),
      notMeasured,
      fromHereNot,
    );
    expect(first?.cause).toBe(CAUSE);
    expect(first?.summary).toContain(place);
  });
});

describe('the URL itself', () => {
  test.each<[string, Change[], string]>([
    ['refused, and nobody is let in', [says(REFUSED), notMeasured, fromHereNot], 'db/authentication-failed'],
    ['measured to be refused', [stopsAt('login', 'server', REFUSED, '28P01')], 'db/authentication-failed'],
    [
      'its own host and port',
      [
        says(
          'ERROR:    app: connection to server at "ep-cool-1.neon.tech" (3.1.2.4), port 5432 failed: Connection refused',
        ),
        notMeasured,
      ],
      'db/connection-refused',
    ],
    [
      'its own host, in capitals',
      [
        says(
          'ERROR:    app: could not translate host name "EP-COOL-1.neon.tech" to address: Name or service not known',
        ),
        notMeasured,
        fromHereNot,
      ],
      'db/dns-wrong-host',
    ],
    ['an older value', [secondPodSays(REFUSED), secretChanged], 'db/credentials-stale'],
  ])('%s', async (_name, changes, cause) => {
    const roots = await rootsOf(given(URL_OF_SECRET, OTHER), ...changes);
    expect(roots[0]?.cause).toBe(cause);
    expect(roots.map((each) => each.cause)).not.toContain(CAUSE);
  });
});

import { describe, expect, test } from '@jest/globals';
import { isPublic, passwordsIn, secretParts } from '../../src/evidence/secret-parts.js';

/** What of a value must not be shown, each part by itself. */
function closed(value: string): string[] {
  return secretParts(value).map(({ text, open }) =>
    Array.from({ length: text.length }, (_, at) => (open?.[at] === 1 ? ' ' : text.charAt(at)))
      .join('')
      .trim()
      .replace(/ {2,}/g, ' … '),
  );
}

test('quotation marks around a URL do not make its scheme and its host secret', () => {
  expect(closed('"postgresql://app:Secret-77@db.example.com/todos?sslmode=require"')).toEqual([
    'Secret-77',
    'Secret-77',
  ]);
});

test('a character that is not seen before a URL does not make its scheme and its host secret', () => {
  expect(closed('\u200bpostgresql://app:Secret-77@db.example.com/todos')).toEqual(['Secret-77', 'Secret-77']);
});

describe('a password in the user’s place is one', () => {
  test.each(['f1144dc228eb7281a4be902576740757', 'npg_aBcDeFgHiJkL'])('%s', (misplaced) => {
    const hidden = closed(`postgresql://${misplaced}:todo_owner@db.example.com/todos`);
    expect(hidden).toEqual([`${misplaced}:todo_owner`, misplaced]);
  });

  test.each([
    'neondb_owner',
    'postgres.abcdefghijklmnopqrst',
    'u8k3jd0slqpwx2',
    'v-token-app-1a2b3c4d5e6f7g8h9i',
  ])('a name is none: %s', (name) => {
    expect(passwordsIn(`postgresql://${name}:Secret-77@h/db`)).toEqual(['Secret-77']);
  });
});

describe('the passwords of a URL, however it is meant to be read', () => {
  test.each([
    ['a plain one', 'postgresql://app:Secret-77@h/db', ['Secret-77']],
    [
      'an encoded one, and what it means',
      'postgresql://app:Sec%40ret-77@h/db',
      ['Sec%40ret-77', 'Sec@ret-77'],
    ],
    ['an unescaped one, read to the last @', 'postgresql://app:Sec@ret/77@h/db', ['Sec@ret/77', 'Sec']],
    ['an unescaped slash, for databases', 'postgresql://app:Sec/ret-77@h/db', ['Sec/ret-77']],
    ['a parameter', 'postgresql://h/db?user=u&password=Secret-77', ['Secret-77']],
    ['words without a scheme', 'host=h password=Secret-77', ['Secret-77']],
    ['a quoted word', `host=h password='Secret-77'`, ['Secret-77']],
    ['a quoted one', '"postgresql://app:Secret-77@h/db"', ['Secret-77']],
    ['none', 'https://todo.example.com/path', []],
    ['an @ that is a parameter’s', 'postgresql://u:Secret-77@h/db?application_name=a@b', ['Secret-77']],
  ])('%s', (_name, url, expected) => {
    expect(passwordsIn(url)).toEqual(expected);
  });
});

describe('what of a value is secret', () => {
  test.each([
    ['a password: all', 'kNB@6.)_X|5n6d', ['kNB@6.)_X|5n6d']],
    [
      'of a URL its password, not its host',
      'postgresql://app:Secret-77@db.example.com/todos',
      ['Secret-77', 'Secret-77'],
    ],
    ['of a URL with a key as its user, that', 'https://0f9a8b7c6d@sentry.example/17', ['0f9a8b7c6d']],
    ['of a webhook its token', 'https://hooks.example/services/T0AB12CD34/x', ['T0AB12CD34']],
    [
      'of a connection string its key',
      'Endpoint=https://a.example;AccountKey=Zm9vYmFy',
      ['Zm9vYmFy', 'Zm9vYmFy'],
    ],
    ['of JSON its values, not its names', '{"client_email": "robot77"}', ['{ … robot77"}']],
    ['of a key in PEM not its armour', '-----BEGIN KEY-----\nMIIEvQIB\n-----END KEY-----', ['MIIEvQIB']],
    ['a URL without a password: nothing', 'redis://cache:6379/0', []],
    [
      'a URL in base64: its password',
      Buffer.from('postgresql://a:Secret-77@h/d').toString('base64'),
      expect.arrayContaining(['Secret-77']),
    ],
  ])('%s', (_name, value, expected) => {
    expect(closed(value)).toEqual(expected);
  });
});

describe('values of Secrets that are none', () => {
  test.each([
    ...[
      'status',
      'Connected',
      'DATABASE',
      'healthy',
      'true',
      'backend',
      'default',
      'production',
      'RollingUpdate',
    ],
    ...[
      'IfNotPresent',
      'database-url',
      '5432',
      '10.96.0.1:5432',
      '2026-02-09T14:05:00Z',
      'v1.34.1',
      'xxxxxxxxxxxx',
    ],
    ...['db.internal.example.com', '/var/run/secrets/tls.crt', '$(OTHER)'],
  ])('%s', (value) => {
    expect(isPublic(value)).toBe(true);
    expect(secretParts(value)).toEqual([]);
  });

  test.each(['correct-horse-battery-staple', 'database1234', 'admin-2024', 'dAtAbAsE', '/wEPDwUKMTY3/x9'])(
    '%s is one',
    (value) => {
      expect(isPublic(value)).toBe(false);
    },
  );
});

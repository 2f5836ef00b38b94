import { describe, expect, test } from '@jest/globals';
import { lintDatabaseUrl } from '../../src/evidence/database-url.js';
import type { DatabaseUrlProblem } from '../../src/evidence/evidence.js';

const GOOD = 'postgresql://app:Secret-77@ep-x.neon.tech:5432/todos?sslmode=require';

const problems = (url: string | undefined) => lintDatabaseUrl(url).problems;

describe('a good URL', () => {
  test('gives every fact', () => {
    expect(lintDatabaseUrl(GOOD)).toEqual({
      length: GOOD.length,
      problems: [],
      scheme: 'postgresql',
      sslmode: 'require',
      sslParameter: 'sslmode',
      duplicateParameters: [],
      hosts: [{ host: 'ep-x.neon.tech', port: 5432 }],
      hasPassword: true,
    });
  });

  test.each([
    ['postgres://', 'postgres://u:pw@h/db?sslmode=require'],
    ['psycopg', 'postgresql+psycopg://u:pw@h/db?sslmode=verify-full'],
    ['psycopg2', 'postgresql+psycopg2://u:pw@h/db?sslmode=verify-ca&channel_binding=require'],
    ['asyncpg', 'postgresql+asyncpg://u:pw@h/db?ssl=require'],
    ['ssl=true for libpq', 'postgresql://u:pw@h/db?ssl=true'],
    ['a colon in the password', 'postgresql://u:a:b@h/db?sslmode=require'],
    ['an encoded password', 'postgresql://u:p%40ss%2F%23@h/db?sslmode=require'],
    ['an encoded endpoint', 'postgresql://u:pw@h/db?sslmode=require&options=endpoint%3Dep-x'],
    ['no database', 'postgresql://u:pw@h?sslmode=require'],
    ['a socket’s folder in the host’s place', 'postgresql://u:pw@%2Frun%2Fpg/db?sslmode=require'],
    ['a socket path as host parameter', 'postgresql://u:pw@h/db?host=/run/pg&sslmode=require'],
  ])('%s', (_name, url) => {
    expect(problems(url)).toEqual([]);
  });

  test('several hosts, IPv6 and default ports, as libpq has them', () => {
    expect(
      lintDatabaseUrl('postgresql://u:pw@a.x:6000,b.x,[2001:db8::1]:5433/db?sslmode=require').hosts,
    ).toEqual([
      { host: 'a.x', port: 6000 },
      { host: 'b.x', port: 5432 },
      { host: '2001:db8::1', port: 5433 },
    ]);
  });

  test('asyncpg’s parameter is told apart', () => {
    expect(lintDatabaseUrl('postgresql+asyncpg://u:pw@h/db?ssl=verify-full')).toMatchObject({
      scheme: 'postgresql+asyncpg',
      sslmode: 'verify-full',
      sslParameter: 'ssl',
    });
  });

  test('whether there is a password', () => {
    expect(lintDatabaseUrl('postgresql://u@h/db?sslmode=require').hasPassword).toBe(false);
    expect(lintDatabaseUrl('postgresql://u@h/db?sslmode=require&password=pw').hasPassword).toBe(true);
  });
});

describe('as libpq reads it (checked against libpq’s own parser)', () => {
  test.each([
    ['postgresql://u:pw@h/db?sslmode=require&', 'require'],
    ['postgresql://u:pw@/db?host=h&sslmode=require', 'require'],
    ['postgresql://u@:5432/db?host=h&sslmode=verify-ca', 'verify-ca'],
    ['postgresql:///db?host=h&user=u&password=pw&sslmode=require', 'require'],
    ['postgresql://u:pw@h/db?application_name=a@b&sslmode=require', 'require'],
    ['postgresql://h/db?application_name=a@b&sslmode=require', 'require'],
    ['postgresql://u:pw@h/db?sslmode=disable&ssl=true', 'require'],
    ['postgresql://u:pw@h/db?requiressl=1', 'require'],
    ['postgresql://u:pw@h/db?ssl%6Dode=require', 'require'],
    ['postgresql://u:pw@h:/db?sslmode=require', 'require'],
    ['postgresql+psycopg://u:pw@h/db?requiressl=1', 'require'],
    ['postgresql://u:pw@h/db?sslmode=verify-full&ssl=true', 'require'],
  ])('accepts %s', (url, sslmode) => expect(lintDatabaseUrl(url)).toMatchObject({ problems: [], sslmode }));

  test.each<[string, DatabaseUrlProblem]>([
    ['postgresql://u:pw@h/db?sslmode=require&requiressl=0', 'sslmode-weak'],
    ['postgresql://u:pw@h/db?requiressl=true', 'sslmode-weak'],
    ['postgresql://u:pw@h/db?ssl=true&sslmode=prefer', 'sslmode-weak'],
    ['postgresql://u:pw@h/db?sslmode=', 'sslmode-invalid'],
    ['postgresql://u:pw@h/db?sslmode=require#x', 'sslmode-invalid'],
    ['postgresql://u:pw@h/db?&sslmode=require', 'url-malformed'],
    ['postgresql://u:pw@h/db?sslmode=require&&application_name=x', 'url-malformed'],
    ['postgresql://u:pw@h/db?SSLMODE=require&sslmode=require', 'driver-mismatch'],
    ['postgresql://u:pw@h/db?ssl=false&sslmode=require', 'driver-mismatch'],
    ['postgresql+psycopg://u:pw@h/db?ssl=true&sslmode=require', 'driver-mismatch'],
    ['postgresql+psycopg://u:pw@a:1,b:2/db?sslmode=require', 'url-malformed'],
  ])('refuses %s', (url, problem) => expect(problems(url)).toEqual([problem]));

  test.each([
    'postgresql://u:pw@h/db?sslmode=disable&ssl=true',
    'postgresql://u:pw@h/db?sslmode=verify-full&ssl=true',
    'postgresql://u:pw@h/db?sslmode=require&requiressl=0',
  ])('a mode that is written twice is told: %s', (url) =>
    expect(lintDatabaseUrl(url).duplicateParameters).toEqual(['sslmode']),
  );
});

describe('which parameters a driver accepts is taken from its signature', () => {
  test.each([
    'command_timeout=5',
    'statement_cache_size=0',
    'prepared_statement_cache_size=0',
    'target_session_attrs=any',
  ])('asyncpg accepts %s', (more) =>
    expect(problems(`postgresql+asyncpg://u:pw@h/db?ssl=require&${more}`)).toEqual([]),
  );
  test.each([
    'application_name=x',
    'sslrootcert=x',
    'connect_timeout=5',
    'options=x',
    'pgbouncer=true',
    'anything=1',
  ])('asyncpg refuses %s', (more) =>
    expect(problems(`postgresql+asyncpg://u:pw@h/db?ssl=require&${more}`)).toEqual(['driver-mismatch']),
  );
  test.each(['sslmode=require', 'ssl=true', 'connect_timeout=5'])('pg8000 refuses %s', (more) =>
    expect(problems(`postgresql+pg8000://u:pw@h/db?${more}`)).toContain('driver-mismatch'),
  );
});

describe('what was never a URL of one’s own', () => {
  test.each<[DatabaseUrlProblem, string]>([
    ['url-placeholder', 'postgresql://user:password@ep-x.neon.tech/db?sslmode=require'],
    ['url-placeholder', 'postgresql://todo:Secret-77@host.neon.tech:5432/db?sslmode=require'],
    ['url-placeholder', 'postgresql://<user>:<password>@<host>/db?sslmode=require'],
    ['url-placeholder', 'postgresql://postgres:[YOUR-PASSWORD]@db.x.supabase.co:5432/postgres'],
    ['url-placeholder', 'postgresql://todo:CHANGE_ME@h/db?sslmode=require'],
    ['url-placeholder', 'postgresql://your-user:your-password@h/db?sslmode=require'],
    ['url-placeholder', 'postgresql://todo:${DB_PASSWORD}@h/db?sslmode=require'],
    ['url-placeholder', '${DATABASE_URL}'],
    ['url-placeholder', '$(DB_URL)'],
    ['url-placeholder', '$DATABASE_URL'],
    ['url-placeholder', '{{ .Values.database.url }}'],
    ['url-placeholder', '<your connection string>'],
    ['url-shell-line', "psql 'postgresql://u:pw@h/db?sslmode=require'"],
    ['url-shell-line', 'psql "postgresql://u:pw@h/db?sslmode=require"'],
    ['url-shell-line', 'DATABASE_URL=postgresql://u:pw@h/db?sslmode=require'],
    ['url-shell-line', 'DATABASE_URL="postgresql+asyncpg://u:pw@h/db?ssl=require"'],
    ['url-malformed', 'host=h port=5432 dbname=db user=u password=pw sslmode=require'],
    ['url-shell-line', 'export DATABASE_URL=postgresql://u:pw@h/db?sslmode=require'],
    ['url-sqlite', 'sqlite:///./todo.db'],
    ['url-sqlite', 'sqlite+aiosqlite:///todo.db'],
  ])('%s: %s', (problem, url) => expect(problems(url)).toEqual([problem]));

  test.each([
    'postgresql://username7:Secret-77@h/db?sslmode=require',
    'postgresql://todo:password1@hostess.example.net/db?sslmode=require',
    'postgresql://user:Secret-77@h/user?sslmode=require',
  ])('is one: %s', (url) => expect(problems(url)).toEqual([]));
});

const BAD: [DatabaseUrlProblem, string | undefined][] = [
  ['url-missing', undefined],
  ['url-empty', ''],
  ['url-empty', ' \n'],
  ['url-whitespace', `${GOOD}\n`],
  ['url-whitespace', `\ufeff${GOOD}`],
  ['url-whitespace', GOOD.replace('neon', 'ne\u200bon')],
  ['url-whitespace', 'postgresql://u:p w@h/db?sslmode=require'],
  ['url-whitespace', 'postgresql://u:pw@h/db?sslmode=require\0'],
  ['url-quoted', `"${GOOD}"`],
  ['url-quoted', `'${GOOD}'`],
  ['url-quoted', `“${GOOD}”`],
  ['url-double-encoded', Buffer.from(GOOD).toString('base64')],
  ['url-scheme', 'mysql://u:pw@h/db?sslmode=require'],
  ['url-scheme', 'PostgreSQL://u:pw@h/db?sslmode=require'],
  ['url-scheme', 'postgres+asyncpg://u:pw@h/db?ssl=require'],
  ['url-scheme', 'postgresql+nodriver://u:pw@h/db?sslmode=require'],
  ['url-malformed', 'nonsense'],
  ['url-shell-line', `DATABASE_URL=${GOOD}`],
  ['url-malformed', 'postgresql://u:pw@h/db?sslmode'],
  ['url-malformed', 'postgresql://u:pw@h/db?options=endpoint=x&sslmode=require'],
  ['url-malformed', 'postgresql://u:pw@h/db%zz?sslmode=require'],
  ['url-malformed', 'postgresql://u:pw@/db?sslmode=require'],
  ['url-malformed', 'postgresql://u:pw@[::1/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:p@ss@h/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:p/ss@h/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:p#ss@h/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:p?ss@h/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:p%ss@h/db?sslmode=require'],
  ['url-unescaped', 'postgresql://u:a@b?c@h/db?sslmode=require'],
  ['url-port', 'postgresql://u:pw@h:99999/db?sslmode=require'],
  ['url-port', 'postgresql://u:pw@h:abc/db?sslmode=require'],
  ['url-port', 'postgresql://u:pw@h:0/db?sslmode=require'],
  ['url-port', 'postgresql://u:pw@h/db?port=abc&sslmode=require'],
  ['url-malformed', 'postgresql+psycopg://u:pw@%2Frun%2Fpg/db?sslmode=require'],
  ['sslmode-missing', 'postgresql://u:pw@h/db'],
  ['sslmode-missing', 'postgresql+asyncpg://u:pw@h/db'],
  ['sslmode-weak', 'postgresql://u:pw@h/db?sslmode=disable'],
  ['sslmode-weak', 'postgresql://u:pw@h/db?sslmode=allow'],
  ['sslmode-weak', 'postgresql://u:pw@h/db?sslmode=prefer'],
  ['sslmode-weak', 'postgresql+asyncpg://u:pw@h/db?ssl=prefer'],
  ['sslmode-invalid', 'postgresql://u:pw@h/db?sslmode=banana'],
  ['sslmode-invalid', 'postgresql://u:pw@h/db?sslmode=Require'],
  ['sslmode-invalid', 'postgresql+asyncpg://u:pw@h/db?ssl=true'],
  ['driver-mismatch', 'postgresql+asyncpg://u:pw@h/db?sslmode=require'],
  ['driver-mismatch', 'postgresql+asyncpg://u:pw@h/db?ssl=require&channel_binding=require'],
  ['driver-mismatch', 'postgresql+psycopg://u:pw@h/db?sslmode=require&ssl=require'],
  ['driver-mismatch', 'postgresql://u:pw@h/db?sslmode=require&pgbouncer=true'],
  ['driver-mismatch', 'postgresql://u:pw@h/db?sslmode=require&schema=public'],
];

describe('each problem', () => {
  test.each(BAD)('%s: %j', (problem, url) => {
    expect(problems(url)).toEqual([problem]);
  });

  test('keywords and values, as libpq also takes them, are not the contract’s form', () => {
    expect(problems('host=h user=u password=pw sslmode=require')).toEqual(['url-malformed']);
  });

  test('several at once, in the order in which they matter', () => {
    expect(problems(`"postgresql+asyncpg://u:pw@h:70000/db?sslmode=prefer"\n`)).toEqual([
      'url-quoted',
      'url-whitespace',
      'url-port',
      'driver-mismatch',
      'sslmode-weak',
    ]);
  });

  test('of a duplicate parameter the last one counts', () => {
    expect(lintDatabaseUrl('postgresql://u:pw@h/db?sslmode=require&sslmode=disable')).toMatchObject({
      problems: ['sslmode-weak'],
      sslmode: 'disable',
      duplicateParameters: ['sslmode'],
    });
  });

  test('the lengths are characters', () => {
    expect(lintDatabaseUrl('postgresql://u:é👍@h/db').length).toBe(22);
  });
});

describe('no field is given where the parse is ambiguous', () => {
  test.each(BAD.filter(([problem]) => problem.startsWith('url-') && problem !== 'url-quoted'))(
    '%s: %j',
    (problem, url) => {
      const facts = lintDatabaseUrl(url);
      // A blank after the URL, and what has no width, is cut off before parsing; what is left is not ambiguous.
      if (problem === 'url-whitespace' && url?.includes('Secret-77')) expect(facts.hosts).toHaveLength(1);
      else expect(facts.hosts).toBeUndefined();
    },
  );

  test('without credentials a user and a numeric password would read as host and port', () => {
    expect(lintDatabaseUrl('postgresql://admin:5432/db?sslmode=require').hosts).toBeUndefined();
  });

  test('an unknown scheme is not shown', () => {
    expect(lintDatabaseUrl('hunter2://x').scheme).toBeUndefined();
    expect(lintDatabaseUrl('PostgreSQL://u:p@h/d').scheme).toBe('PostgreSQL');
    expect(lintDatabaseUrl('mysql+pymysql://u:p@h/d').scheme).toBe('mysql+pymysql');
  });
});

describe('whatever user and password are, nothing of them is in the facts', () => {
  // A fixed generator, so that a failure can be repeated.
  const random = (() => {
    let state = 12345;
    return (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
  })();
  const pick = <T>(list: readonly T[]) => list[random(list.length)] as T;
  const ALPHABET = Array.from('QZXJqzxj@@@/:#?%&=[],;+ \t\n"\'`\\|{}$é👍\0');
  const word = () => Array.from({ length: 4 + random(12) }, () => pick(ALPHABET)).join('');

  test('20,000 URLs', () => {
    for (let i = 0; i < 20_000; i++) {
      const user = word();
      const password = word();
      const scheme = pick(['postgresql://', 'postgres://', 'postgresql+asyncpg://', '', 'x://']);
      const host = pick(['h.example.net', 'a.example.net:5433,b.example.net', '[::1]:5432', '']);
      const query = pick([
        '',
        '?sslmode=require',
        '?sslmode=disable&sslmode=require',
        '?ssl=true',
        '?application_name=a@b',
      ]);
      const url = `${scheme}${user}:${password}@${host}/todos${query}`;
      const shown = JSON.stringify(lintDatabaseUrl(url));
      // Runs of letters that stand in credentials only.
      for (const piece of `${user} ${password}`.match(/[QZXJqzxj]{2,}/g) ?? []) {
        if (shown.includes(piece)) throw new Error(`${JSON.stringify(url)} shows ${piece}: ${shown}`);
      }
      const facts = lintDatabaseUrl(url);
      for (const { host: shownHost } of facts.hosts ?? []) {
        expect(['h.example.net', 'a.example.net', 'b.example.net', '::1']).toContain(shownHost);
      }
    }
  });

  describe('what a DATABASE_URL leaves to the driver', () => {
    const leftOut = (url: string) => lintDatabaseUrl(url).leftOut;

    test.each([
      ['postgresql://u:p@h?sslmode=require', ['database']],
      ['postgresql://u:p@h/?sslmode=require', ['database']],
      ['postgresql://u:p@h:5432', ['database']],
      ['postgresql+asyncpg://u:p@h/?ssl=require&database=', ['database']],
      ['postgresql://h/db?sslmode=require', ['user']],
      ['postgresql://:p@h/db?sslmode=require', ['user']],
      ['postgresql://@h/?sslmode=require', ['user', 'database']],
    ])('%s: %s', (url, parts) => expect(leftOut(url)).toEqual(parts));

    test.each([
      'postgresql://u:p@h/db?sslmode=require',
      'postgresql://u:p@h?sslmode=require&dbname=db',
      'postgresql+asyncpg://u:p@h?ssl=require&database=db',
      'postgresql://h/db?sslmode=require&user=u&password=p',
      // Readers disagree about these: nothing is said.
      'postgresql://u:p/w@h?sslmode=require',
      'mysql://u:p@h',
    ])('nothing: %s', (url) => expect(leftOut(url)).toBeUndefined());
  });
});

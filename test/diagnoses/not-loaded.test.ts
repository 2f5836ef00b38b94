/** Programs of any language that end because something they load is not in the image, as they print it. */
import { expect, test } from '@jest/globals';
import { diagnosed } from '../support/diagnosed.js';
import { ended } from './pod-changes.js';

test.each<[language: string, exitCode: number, subject: string, lines: string[]]>([
  [
    'Node.js, CommonJS',
    1,
    'express',
    [
      'node:internal/modules/cjs/loader:1228',
      '  throw err;',
      '  ^',
      "Error: Cannot find module 'express'",
      'Require stack:',
      '- /app/server.js',
      '    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)',
      "  code: 'MODULE_NOT_FOUND',",
      "  requireStack: [ '/app/server.js' ]",
      '}',
      'Node.js v20.20.2',
    ],
  ],
  [
    'Node.js, ES modules',
    1,
    'pg',
    [
      'node:internal/modules/run_main:129',
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'pg' imported from /app/server.mjs",
      '    at packageResolve (node:internal/modules/esm/resolve:854:9)',
      "  code: 'ERR_MODULE_NOT_FOUND'",
      '}',
    ],
  ],
  [
    'Java, the class itself',
    1,
    'com.example.Main',
    [
      'Error: Could not find or load main class com.example.Main',
      'Caused by: java.lang.ClassNotFoundException: com.example.Main',
    ],
  ],
  [
    'Java, a dependency',
    1,
    'org.postgresql.Driver',
    [
      'Exception in thread "main" java.lang.NoClassDefFoundError: org.postgresql.Driver',
      '\tat com.example.Main.main(Main.java:12)',
    ],
  ],
  [
    'Ruby',
    1,
    'sinatra',
    [
      "<internal:/usr/local/lib/ruby/3.3.0/rubygems/core_ext/kernel_require.rb>:136:in `require': cannot load such file -- sinatra (LoadError)",
      "\tfrom server.rb:1:in `<main>'",
    ],
  ],
  [
    'Bundler',
    7,
    'puma-6.5.0',
    ['Could not find puma-6.5.0 in locally installed gems (Bundler::GemNotFound)'],
  ],
  [
    'Go with cgo',
    127,
    'libpq.so.5',
    [
      '/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory',
    ],
  ],
  [
    'musl',
    127,
    'libgcc_s.so.1',
    ['Error loading shared library libgcc_s.so.1: No such file or directory (needed by /app/server)'],
  ],
  [
    '.NET',
    134,
    'Npgsql, Version=9.0.3.0',
    [
      "Unhandled exception. System.IO.FileNotFoundException: Could not load file or assembly 'Npgsql, Version=9.0.3.0'. The system cannot find the file specified.",
    ],
  ],
])('%s', async (_, exitCode, subject, lines) => {
  const { causes, diagnoses } = await diagnosed(ended(exitCode, lines));
  expect(causes[0]).toBe('crash/import-error');
  expect(diagnoses[0]?.summary).toContain(subject);
});

test('a module that is spoken of and not missed is none', async () => {
  const { causes } = await diagnosed(ended(1, ['INFO module express found', 'Error: listen failed']));
  expect(causes[0]).not.toBe('crash/import-error');
});

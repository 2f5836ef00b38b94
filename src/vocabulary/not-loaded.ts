/** Modules, classes and libraries that are not there, in the words of other languages than Python. */
import type { Words } from './vocabulary.js';

/** `$1` is what is missing. */
export const NOT_LOADED: readonly Words<'crash/import-error'>[] = [
  {
    says: /\bCannot find (?:module|package) '([^'\n]{1,300})'/,
    by: 'Node.js: MODULE_NOT_FOUND, ERR_MODULE_NOT_FOUND',
    means: 'crash/import-error',
    example: "Error: Cannot find module 'express'",
  },
  {
    says: /\bThe requested module '([^'\n]{1,300})' does not provide an export named|\b(?:Directory import|Package subpath) '([^'\n]{1,300})' is not (?:supported|defined)/,
    by: 'Node.js: ECMAScript modules',
    means: 'crash/import-error',
    example: "SyntaxError: The requested module './app.js' does not provide an export named 'app'",
  },
  {
    says: /\berror: (?:Module not found|Cannot resolve module|Cannot find package) "([^"\n]{1,300})"/i,
    by: 'Bun, Deno',
    means: 'crash/import-error',
    example: 'error: Module not found "server.ts"',
  },
  {
    says: /\bCould not find or load main class ([\w.$/-]{1,300})/,
    by: 'Java',
    means: 'crash/import-error',
    example: 'Error: Could not find or load main class com.example.Main',
  },
  {
    says: /\b(?:ClassNotFoundException|NoClassDefFoundError): ([\w.$/-]{1,300})/,
    by: 'Java',
    means: 'crash/import-error',
    example: 'Caused by: java.lang.ClassNotFoundException: org.postgresql.Driver',
  },
  {
    says: /\bcannot load such file -- (\S{1,300})/,
    by: 'Ruby: LoadError',
    means: 'crash/import-error',
    example:
      "<internal:/usr/lib/ruby/kernel.rb>:136:in 'require': cannot load such file -- sinatra (LoadError)",
  },
  {
    says: /\bCould not find ([\w.-]{1,100}(?:, [\w.-]{1,100}){0,20}) in (?:locally installed gems|any of the sources)/,
    by: 'Bundler',
    means: 'crash/import-error',
    example: 'Could not find rack-3.1.8, puma-6.5.0 in locally installed gems (Bundler::GemNotFound)',
  },
  {
    says: /\bFailed opening required '([^'\n]{1,300})'|\bClass ["']([^"'\n]{1,200})["'] not found/,
    by: 'PHP',
    means: 'crash/import-error',
    example: "PHP Fatal error:  Uncaught Error: Failed opening required '/app/vendor/autoload.php'",
  },
  {
    says: /\bCould not load file or assembly '([^'\n]{1,300})'/,
    by: '.NET',
    means: 'crash/import-error',
    example: "System.IO.FileNotFoundException: Could not load file or assembly 'Npgsql, Version=9.0.3.0'",
  },
  {
    says: /\berror while loading shared libraries: ([^:\s]{1,200}): cannot open shared object file|\bError loading shared library ([^:\s]{1,200}): No such file/,
    by: 'glibc’s and musl’s loader (Go with cgo, C, Rust)',
    means: 'crash/import-error',
    example:
      '/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory',
  },
];

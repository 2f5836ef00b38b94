/** Runs before each test file. */
import { Console } from 'node:console';
import { afterEach } from '@jest/globals';

// Jest's own console decorates every line with a stack, which hides what a command prints.
globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr });

// In a terminal Jest sets it for its workers, and what commands print would be coloured there alone.
delete process.env.FORCE_COLOR;

// Nor may the terminal or the locale of whoever runs the tests decide which characters are printed.
delete process.env.TERM;
delete process.env.LC_ALL;
delete process.env.LC_CTYPE;
delete process.env.LANG;
delete process.env.COLUMNS;
delete process.env.NO_COLOR;

// Commands report through process.exitCode; it must not leak into Jest's own result.
afterEach(() => {
  process.exitCode = undefined;
});

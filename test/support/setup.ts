/** Runs before each test file. */
import { Console } from 'node:console';
import { afterEach } from '@jest/globals';

// Jest's own console decorates every line with a stack, which hides what a command prints.
globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr });

// In a terminal Jest sets it for its workers, and what commands print would be coloured there alone.
delete process.env.FORCE_COLOR;

// Commands report through process.exitCode; it must not leak into Jest's own result.
afterEach(() => {
  process.exitCode = undefined;
});

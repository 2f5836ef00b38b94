/** Code that a command loads while it runs comes from the cache, too: a start that finds all its code there writes nothing. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildIfStale, ROOT } from '../faults/support/program.js';

let home: string;

beforeAll(() => {
  buildIfStale();
  home = mkdtempSync(join(tmpdir(), 'todo-k8s-kept-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function start(argv: readonly string[], cache: string): void {
  const env = { ...process.env, XDG_CACHE_HOME: cache, NODE_OPTIONS: undefined };
  execFileSync(process.execPath, [join(ROOT, 'bin/run.js'), ...argv], { env, stdio: 'ignore' });
}

test.each([
  ['verify', ['verify', '--lab']],
  ['verify-diagnose', ['verify', '--diagnose', '--lab']],
  ['doctor', ['doctor', '--lab']],
])('%s', (name, argv) => {
  const cache = mkdtempSync(join(home, `${name}-`));
  start(argv, cache);
  const [file = ''] = readdirSync(join(cache, 'todo-k8s'));
  const kept = join(cache, 'todo-k8s', file);
  utimesSync(kept, 1e9, 1e9);
  start(argv, cache);
  expect(statSync(kept).mtimeMs).toBe(1e12);
});

/**
 * Tests the tests: with every check forced to pass, the test file of each check must have a test that fails.
 * A test file imports no check but its own (which is looked at, too), so each check's tests stand for themselves.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface JestResults {
  testResults: { name: string; message: string; assertionResults: { status: string }[] }[];
}

const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-mutation-'));
const output = path.join(folder, 'results.json');
spawnSync(
  process.execPath,
  [
    ...[
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ],
    ...['--config', 'test/mutation/jest.mutation.config.js', '--json', '--outputFile', output, '--silent'],
  ],
  { cwd: root, stdio: 'ignore' },
);
const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as JestResults;
rmSync(folder, { recursive: true });

const byFile = new Map(testResults.map((result) => [path.relative(root, result.name), result]));
const checks = checkIds();
const problems = checks.flatMap((id) => {
  const file = `test/checks/${id}.test.ts`;
  const result = byFile.get(file);
  if (result === undefined) return [`${id}: ${file} was not run`];
  if (result.assertionResults.length === 0) return [`${id}: ${file} could not be run: ${result.message}`];
  const others = importedChecks(file).filter((other) => other !== id);
  if (others.length > 0) return [`${id}: ${file} imports ${others.join(', ')} as well`];
  if (result.assertionResults.some(({ status }) => status === 'failed')) return [];
  return [`${id}: forced to pass, and no test in ${file} fails`];
});
for (const problem of problems) console.error(problem);
console.log(
  `${checks.length - problems.length} of ${checks.length} checks: a test fails when the check is forced to pass`,
);
process.exitCode = problems.length === 0 && checks.length > 0 ? 0 : 1;

function checkIds(): string[] {
  const folder = path.join(root, 'src/checks');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[a-z-]+\/[a-z][a-z-]*\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
}

function importedChecks(file: string): string[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...source.matchAll(/from '[./]+src\/checks\/([a-z-]+\/[a-z][a-z-]*)\.js'/g)].map(
    ([, id = '']) => id,
  );
}

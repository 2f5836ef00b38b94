/**
 * Tests the tests: with every check forced to pass, the test file of each check must have a test that fails, and one
 * that passes as long as the check is left alone. A test file imports no check but its own (which is looked at, too),
 * so each check's tests stand for themselves.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface TestFile {
  name: string;
  message: string;
  assertionResults: { fullName: string; status: string }[];
}

const root = path.resolve(import.meta.dirname, '..');
const sighted = runTests('jest.config.js', ['test/checks/']);
const blinded = runTests('test/mutation/jest.mutation.config.js');
const checks = checkIds();
const problems = checks.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
console.log(
  `${checks.length - new Set(problems.map((problem) => problem.split(':')[0])).size} of ${checks.length} checks: ` +
    'a test fails when the check is forced to pass',
);
process.exitCode = problems.length === 0 && checks.length > 0 ? 0 : 1;

function problemsOf(id: string): string[] {
  const file = `test/checks/${id}.test.ts`;
  const before = sighted.get(file);
  const after = blinded.get(file);
  if (before === undefined || after === undefined) return [`${id}: ${file} was not run`];
  if (before.assertionResults.length === 0) return [`${id}: ${file} could not be run: ${before.message}`];
  if (after.assertionResults.length === 0) return [`${id}: ${file} could not be run: ${after.message}`];
  const others = importedChecks(file).filter((other) => other !== id);
  if (others.length > 0) return [`${id}: ${file} imports ${others.join(', ')} as well`];
  const passed = named(before, 'passed');
  return [...named(after, 'failed')].some((name) => passed.has(name))
    ? []
    : [`${id}: forced to pass, and no test in ${file} fails that passed before`];
}

function named({ assertionResults }: TestFile, wanted: string): Set<string> {
  return new Set(assertionResults.filter(({ status }) => status === wanted).map(({ fullName }) => fullName));
}

/** What became of each test file, by its path in the project. */
function runTests(config: string, patterns: string[] = []): Map<string, TestFile> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-mutation-'));
  const output = path.join(folder, 'results.json');
  spawnSync(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--config', config],
      ...['--json', '--outputFile', output, '--silent', ...patterns],
    ],
    { cwd: root, stdio: 'ignore' },
  );
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as { testResults: TestFile[] };
  rmSync(folder, { recursive: true });
  return new Map(testResults.map((result) => [path.relative(root, result.name), result]));
}

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

/**
 * Tests the tests: with a check forced to pass whatever it finds, a test that passes otherwise must fail. The checks of
 * `verify` are all forced at once: the test file of each imports no other check (which is looked at, too), so its tests
 * stand for it alone. Those of `loadbalance` are judged together, as a run is, and are forced one at a time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LOAD_CHECKS } from '../src/checks/of-load-run.js';

interface TestFile {
  name: string;
  message: string;
  assertionResults: { fullName: string; status: string }[];
}
type Run = ReadonlyMap<string, TestFile>;

const root = path.resolve(import.meta.dirname, '..');
const CHECKS = 'test/checks/[a-z-]+/[a-z]';

const loadbalance = LOAD_CHECKS.map(({ meta }) => meta.id as string);
const verify = checkIds().filter((id) => !loadbalance.includes(id));
const sighted = runTests('jest.config.js', [CHECKS]);
const blinded = runTests('test/mutation/jest.mutation.config.js', [CHECKS]);
const problems = new Map([
  ...verify.map((id) => [id, problemOf(`test/checks/${id}.test.ts`, blinded) ?? othersImported(id)] as const),
  ...loadbalance.map((id) => {
    const file = `test/checks/${id}.test.ts`;
    const one = runTests('test/mutation/jest.mutation.config.js', [file], { BLINDED: id });
    return [`${id} (loadbalance)`, problemOf(file, one)] as const;
  }),
]);
const unnoticed = [...problems].filter(([, problem]) => problem !== undefined);
for (const [id, problem] of unnoticed) console.error(`${id}: ${problem}`);
console.log(
  `${problems.size - unnoticed.length} of ${problems.size} checks: a test fails when the check is forced to pass`,
);
process.exitCode = unnoticed.length === 0 && verify.length > 0 ? 0 : 1;

/** Why nothing says that the tests of `file` notice; undefined when they do. */
function problemOf(file: string, blind: Run): string | undefined {
  const before = sighted.get(file);
  const after = blind.get(file);
  if (before === undefined || after === undefined) return `${file} was not run`;
  for (const { assertionResults, message } of [before, after])
    if (assertionResults.length === 0) return `${file} could not be run: ${message}`;
  const passed = named(before, 'passed');
  if (![...named(after, 'failed')].some((name) => passed.has(name)))
    return `forced to pass, and no test in ${file} fails that passed before`;
  // Tests of what is in order must go on passing: where all fail, it is not for what the check no longer finds.
  if (named(after, 'passed').size === 0) return `forced to pass, and every test in ${file} fails`;
  return undefined;
}

function named({ assertionResults }: TestFile, wanted: string): Set<string> {
  return new Set(assertionResults.filter(({ status }) => status === wanted).map(({ fullName }) => fullName));
}

/** What became of each test file, by its path in the project. */
function runTests(config: string, patterns: string[], environment: Record<string, string> = {}): Run {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-mutation-'));
  const output = path.join(folder, 'results.json');
  spawnSync(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--config', config],
      ...['--json', '--outputFile', output, '--silent', ...patterns],
    ],
    { cwd: root, stdio: 'ignore', env: { ...process.env, ...environment } },
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

function othersImported(id: string): string | undefined {
  const source = readFileSync(path.join(root, `test/checks/${id}.test.ts`), 'utf8');
  const imported = [...source.matchAll(/from '[./]+src\/checks\/([a-z-]+\/[a-z][a-z-]*)\.js'/g)];
  const others = imported.map(([, other]) => other).filter((other) => other !== id);
  return others.length > 0 ? `its test file imports ${others.join(', ')} as well` : undefined;
}

/**
 * The tests, as the gate runs them. Four workers on two processors, and whatever else the machine does: what fails
 * there is asked once more, one file at a time, and both outcomes are told. What passed only then is named at the end:
 * each is a race to mend, by waiting for a state and not for a time. The last line counts.
 * usage: node .ci/tests.js [FILE…]
 * With SECOND_CHANCES=file that list is appended there, too.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** More files than this do not fail by chance. */
const BY_CHANCE = 5;

const folder = mkdtempSync(join(tmpdir(), 'todo-k8s-tests-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Jest's results: its own summary goes by. */
function run(...argv) {
  const results = join(folder, 'results.json');
  rmSync(results, { force: true });
  const options = ['--json', `--outputFile=${results}`, '--silent', ...argv];
  spawnSync('npm', ['test', '--silent', '--', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  return JSON.parse(readFileSync(results, 'utf8')).testResults;
}

/** What failed in a file: its rows, or the file itself where it could not be loaded. */
function failedRows({ assertionResults }) {
  const rows = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return rows.length > 0 ? rows : ['the file could not be run'];
}

const failedOf = (files) => files.filter(({ status }) => status === 'failed');
const told = (files) => files.forEach(({ name, message }) => console.log(`${name} ${message}`));

let files = run(...process.argv.slice(2));
const secondChances = [];
const failed = failedOf(files);
told(failed);
if (failed.length > 0 && failed.length <= BY_CHANCE) {
  const paths = failed.map(({ name }) => name);
  console.log(`Failed beside the others; once more, one at a time:\n${paths.join('\n')}`);
  const again = run('--runInBand', '--runTestsByPath', ...paths);
  told(failedOf(again));
  for (const file of failed)
    if (!failedOf(again).some(({ name }) => name === file.name))
      for (const row of failedRows(file)) secondChances.push(`${relative(process.cwd(), file.name)}: ${row}`);
  files = [...files.filter(({ name }) => !paths.includes(name)), ...again];
}

const count = (wanted) =>
  files.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === wanted).length;
// A file that could not be loaded has no test that could have failed.
const unread = failedOf(files).filter(
  ({ assertionResults }) => !assertionResults.some(({ status }) => status === 'failed'),
);
// Where a person looks: at the end.
for (const file of failedOf(files))
  for (const row of failedRows(file)) console.log(`failed: ${relative(process.cwd(), file.name)}: ${row}`);
for (const line of secondChances) console.log(`passed only when asked once more: ${line}`);
if (process.env.SECOND_CHANCES)
  appendFileSync(process.env.SECOND_CHANCES, secondChances.map((line) => `${line}\n`).join(''));
const skipped = count('pending') + count('todo');
console.log(`${count('passed')} passed, ${count('failed') + unread.length} failed, ${skipped} skipped`);
process.exitCode = failedOf(files).length > 0 ? 1 : 0;

/**
 * The tests, as the gate runs them. Four workers on two processors, and whatever else the machine does: what fails
 * there is asked once more, one file at a time, and both outcomes are told. Ends with one line that counts.
 * usage: node .ci/tests.js [FILE…]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

const failedOf = (files) => files.filter(({ status }) => status === 'failed');
const told = (files) => files.forEach(({ name, message }) => console.log(`${name} ${message}`));

let files = run(...process.argv.slice(2));
const failed = failedOf(files);
told(failed);
if (failed.length > 0 && failed.length <= BY_CHANCE) {
  const paths = failed.map(({ name }) => name);
  console.log(`Failed beside the others; once more, one at a time:\n${paths.join('\n')}`);
  const again = run('--runInBand', '--runTestsByPath', ...paths);
  told(failedOf(again));
  files = [...files.filter(({ name }) => !paths.includes(name)), ...again];
}

const count = (wanted) =>
  files.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === wanted).length;
// A file that could not be loaded has no test that could have failed.
const unread = failedOf(files).filter(
  ({ assertionResults }) => !assertionResults.some(({ status }) => status === 'failed'),
);
const skipped = count('pending') + count('todo');
console.log(`${count('passed')} passed, ${count('failed') + unread.length} failed, ${skipped} skipped`);
process.exitCode = failedOf(files).length > 0 ? 1 : 0;

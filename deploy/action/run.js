// The step of action.yml that runs the command: annotations and the job's summary (`-o github`), reports as files, outputs.
// Always ends with exit code 0, so that the steps after it run; the last one fails the job.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { env } = process;
/** GitHub's limit for a comment is 65,536 characters. */
const LONGEST_COMMENT = 65_000;
const RESULTS = { 0: 'passed', 1: 'failed', 3: 'not determined' };

const command = env.TODO_K8S_COMMAND || 'verify';
if (!['verify', 'doctor', 'loadbalance'].includes(command)) {
  console.log(
    `::error::command: '${command.replace(/[\r\n%]/g, ' ')}' is none of verify, doctor, loadbalance`,
  );
  output({ 'exit-code': '2', result: 'error' });
  process.exit(0);
}

const folder = mkdtempSync(path.join(env.RUNNER_TEMP ?? '.', 'todo-k8s-report-'));
const files = {
  json: path.join(folder, 'report.json'),
  junit: path.join(folder, 'report.xml'),
  markdown: path.join(folder, 'report.md'),
};
const value = (flag, text) => (text ? [`${flag}=${text}`] : []);
const args = [
  command,
  ...value('--namespace', env.TODO_K8S_NAMESPACE_INPUT),
  ...value('--release', env.TODO_K8S_RELEASE_INPUT),
  ...value('--contract', env.TODO_K8S_CONTRACT_INPUT),
  ...value('--wait', env.TODO_K8S_WAIT_INPUT),
  ...(env.TODO_K8S_STRICT_INPUT === 'true' ? ['--strict'] : []),
  ...(env.TODO_K8S_ARGS ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== ''),
  '--output=github',
  ...Object.entries(files).map(([format, file]) => `--output=${format}=${file}`),
];
const program = path.join(env.RUNNER_TEMP ?? '.', 'todo-k8s/lib/node_modules/todo-k8s/bin/run.js');
const { status, signal, error } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' });
if (error) console.log(`::error::todo-k8s could not be started: ${error.message.replace(/[\r\n]/g, ' ')}`);
const code = status ?? (signal === 'SIGINT' ? 130 : 4);

const report = existsSync(files.json) ? JSON.parse(readFileSync(files.json, 'utf8')) : undefined;
if (report !== undefined)
  writeFileSync(files.markdown, comment(report, readFileSync(files.markdown, 'utf8')));
const failed = (report?.diagnoses ?? [])
  .map(({ cause }) => cause)
  .concat(
    (report?.checks ?? [])
      .filter(
        ({ id, status }) =>
          status === 'fail' && (report.unexplained === undefined || report.unexplained.includes(id)),
      )
      .map(({ id }) => id),
  );
output({
  'exit-code': String(code),
  result: RESULTS[code] ?? 'error',
  failed: [...new Set(failed)].join(' '),
  ...(report !== undefined && files),
});

/** The report behind a mark by which the next run finds the comment: one for each command and release. */
function comment({ target }, markdown) {
  const mark = `<!-- todo-k8s ${command} ${JSON.stringify([target.context, target.namespace, target.release]).replaceAll('-->', '')} -->`;
  const whole = `${mark}\n${markdown}`;
  if (whole.length <= LONGEST_COMMENT) return whole;
  const cut = whole.slice(0, whole.lastIndexOf('\n', LONGEST_COMMENT - 200));
  // What is open where it was cut would swallow the line below it.
  const fence = (cut.match(/^ *```/gm) ?? []).length % 2 === 1 ? '\n```' : '';
  const folds = (cut.match(/<details>/g) ?? []).length - (cut.match(/<\/details>/g) ?? []).length;
  return `${cut}${fence}\n${'</details>\n'.repeat(Math.max(0, folds))}\n_Cut at GitHub's limit; the job's summary has all of it._\n`;
}

/** Outputs of the step, each between two lines that cannot be in it. */
function output(values) {
  const { GITHUB_OUTPUT } = env;
  if (!GITHUB_OUTPUT) return;
  for (const [name, text] of Object.entries(values)) {
    const end = `end-of-${name}-${process.pid}-${Date.now()}`;
    appendFileSync(GITHUB_OUTPUT, `${name}<<${end}\n${text}\n${end}\n`);
  }
}

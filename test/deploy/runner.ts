/** Runs a composite action as GitHub's runner does: expressions, inputs, a shell for each step, files for outputs and summary. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

interface Step {
  name: string;
  id?: string;
  if?: string;
  shell: string;
  env?: Record<string, string>;
  run: string;
}

interface Action {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

export interface RunOutcome {
  /** Of the step that failed; 0 where none did. */
  code: number;
  log: string;
  /** Names of the steps that ran. */
  ran: string[];
  summary: string;
  outputs: Record<string, string>;
}

export class Runner {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-runner-'));
  readonly #action: Action;

  constructor(
    /** The repository that the action is in. */
    readonly root: string,
    /** What the runner has in its environment. */
    readonly env: Record<string, string> = {},
  ) {
    this.#action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;
  }

  /** @throws where an input is none of the action's, or an expression is one that this runner does not know */
  async run(given: Record<string, string>): Promise<RunOutcome> {
    const { inputs: known, outputs, runs } = this.#action;
    for (const name of Object.keys(given)) if (!(name in known)) throw new Error(`no input ${name}`);
    const context: Record<string, string> = { 'github.token': 'the-token' };
    const value = (text: string) =>
      text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => this.#evaluate(expression, context));
    for (const [name, input] of Object.entries(known))
      context[`inputs.${name}`] = given[name] ?? value(input.default ?? '');
    const run = mkdtempSync(path.join(this.folder, 'run-'));
    const file = (name: string) => path.join(run, name);
    const workspace = file('workspace');
    mkdirSync(workspace);
    writeFileSync(file('summary'), '');
    let log = '';
    let code = 0;
    const ran: string[] = [];
    for (const step of runs.steps) {
      if (code !== 0 || (step.if !== undefined && value(step.if) !== 'true')) continue;
      if (step.shell !== 'bash') throw new Error(`${step.name}: no shell ${step.shell}`);
      ran.push(step.name);
      writeFileSync(file('output'), '');
      writeFileSync(file('script.sh'), value(step.run));
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, value(text)]),
      );
      const result = await this.#shell(file('script.sh'), workspace, {
        ...env,
        GITHUB_ACTION_PATH: this.root,
        GITHUB_OUTPUT: file('output'),
        GITHUB_STEP_SUMMARY: file('summary'),
      });
      log += result.log;
      ({ code } = result);
      for (const [name, text] of outputsOf(readFileSync(file('output'), 'utf8')))
        context[`steps.${step.id ?? ''}.outputs.${name}`] = text;
    }
    const named = Object.entries(outputs).map(([name, output]) => [name, value(output.value)]);
    const summary = readFileSync(file('summary'), 'utf8');
    return { code, log, ran, summary, outputs: Object.fromEntries(named) as Record<string, string> };
  }

  #evaluate(expression: string, context: Record<string, string>): string {
    const [, left = '', right] = /^([\w.-]+)(?:\s*==\s*'([^']*)')?$/.exec(expression) ?? [];
    if (left === '') throw new Error(`this runner does not know the expression ${expression}`);
    if (left.startsWith('inputs.') && !(left in context)) throw new Error(`no input ${left}`);
    const value = context[left] ?? '';
    return right === undefined ? value : String(value === right);
  }

  /** As the runner starts `shell: bash`; CI is set, and HOME is an empty folder. */
  #shell(script: string, cwd: string, env: Record<string, string>): Promise<{ code: number; log: string }> {
    return new Promise((resolve) => {
      const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
        cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH ?? '',
          HOME: this.folder,
          CI: 'true',
          GITHUB_ACTIONS: 'true',
          GITHUB_REPOSITORY: 'somebody/app',
          RUNNER_TEMP: this.folder,
          ...this.env,
          ...env,
        },
      });
      let log = '';
      child.stdout.on('data', (chunk) => (log += String(chunk)));
      child.stderr.on('data', (chunk) => (log += String(chunk)));
      child.on('close', (code) => resolve({ code: code ?? 1, log }));
    });
  }
}

/** `name<<end`, lines, `end`; or `name=value`. */
function outputsOf(text: string): [string, string][] {
  const found: [string, string][] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const [, name = '', end] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    if (end !== undefined) {
      const last = lines.indexOf(end, index + 1);
      if (last < 0) throw new Error(`the output ${name} does not end`);
      found.push([name, lines.slice(index + 1, last).join('\n')]);
      index = last;
    } else if (line.includes('='))
      found.push([line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    else if (line !== '') throw new Error(`not an output: ${line}`);
  }
  return found;
}

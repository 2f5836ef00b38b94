/** Completion where it is used: the scripts, sourced in real shells, and what kubectl asks. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { buildIfStale, environment, PROGRAM, ROOT, start } from '../faults/support/program.js';

let folder: string;
let lab: Lab;

beforeAll(async () => {
  buildIfStale();
  lab = await startLab();
  folder = mkdtempSync(join(tmpdir(), 'todo-k8s-completion-'));
  writeFileSync(join(folder, 'todo-k8s'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(join(folder, 'todo-k8s'), 0o755);
  symlinkSync(join(ROOT, 'bin/complete.js'), join(folder, 'kubectl_complete-todo'));
}, 120_000);
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true });
});

const asked = async (...words: string[]) =>
  (await start(['__complete', '--', ...words]).ended).stdout.trimEnd().split('\n');
const wordsOf = (lines: readonly string[]) => lines.map((line) => line.split('\t')[0]);

describe('what is offered', () => {
  test.each([
    [['ver'], ['verify', ':4']],
    [
      ['doctor', 'p'],
      ['pods', ':4'],
    ],
    [
      ['verify', '--no-e'],
      ['--no-exec', ':4'],
    ],
    [
      ['verify', '--lab', 'crash'],
      ['crash-loop', ':4'],
    ],
    [
      ['verify', '--lab=crash'],
      ['--lab=crash-loop', ':4'],
    ],
    [
      ['verify', '--only', 'service,pods/re'],
      ['service,pods/restarts', 'service,pods/ready', ':4'],
    ],
    [
      ['loadbalance', '-o', 'c'],
      ['csv', ':4'],
    ],
    [
      ['checks', 'list', '-o', 'y'],
      ['yaml', ':4'],
    ],
    [
      ['checks', 'explain', 'deployment/str'],
      ['deployment/strategy', ':4'],
    ],
    [
      ['explain', 'memory/oom'],
      ['memory/oom-killed', ':4'],
    ],
    [
      ['lab', 'crash'],
      ['crash-loop', ':0'],
    ],
    [['verify', '--from', ''], [':0']],
    [
      ['completion', 'z'],
      ['zsh', ':4'],
    ],
    [['nonsense', ''], [':4']],
    [['verify', '--context', 'x', '--kubeconfig', '/nowhere', '--namespace', ''], [':4']],
  ])('%j', async (typed, expected) => {
    expect(wordsOf(await asked(...typed))).toEqual(expected);
  });

  test('contexts of the kubeconfig, and namespaces of the cluster', async () => {
    const config = ['verify', '--kubeconfig', lab.kubeconfigPath];
    expect(await asked(...config, '--context', 't')).toEqual(['todo-k8s-lab', ':4']);
    expect(await asked(...config, '-n', 'kube-n')).toEqual(['kube-node-lease', ':4']);
  });

  test('each word of a description is on the candidate’s line', async () => {
    for (const line of await asked('')) expect(line).toMatch(/^(:4|[a-z0-9]+(\t\S.*)?)$/);
  });
});

/** Skipped, and listed as skipped, where the shell is not there. */
const where = (shell: string) => (spawnSync(shell, ['-c', ':']).status === 0 ? test : test.skip);

function inShell(shell: string, args: string[], script: string): string {
  const { PATH = '' } = process.env;
  const { stdout, stderr } = spawnSync(shell, [...args, script], {
    env: environment({ PATH: `${folder}:${PATH}`, HOME: folder }),
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  return stdout;
}

describe('in a shell', () => {
  const bash = (line: string) =>
    inShell(
      'bash',
      ['--norc', '-c'],
      `source <(todo-k8s completion bash); compopt() { :; }; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; _todo_k8s; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  where('bash')('bash', () => {
    expect(bash('todo-k8s verify --lab crash')).toBe('crash-loop\n');
    // The word that bash replaces begins behind the "=".
    expect(bash('todo-k8s verify --lab=crash')).toBe('crash-loop\n');
    expect(bash('todo-k8s doctor  p')).toBe('pods\n');
    expect(bash('todo-k8s completion ')).toBe('bash\nzsh\nfish\npowershell\n');
    expect(bash('todo-k8s nonsense ')).toBe('\n');
  });

  where('zsh')('zsh', () => {
    const zsh = (words: string) =>
      inShell(
        'zsh',
        ['-f', '-c'],
        `compdef() { :; }; source <(todo-k8s completion zsh); _describe() { print -l -- "\${(P@)2}"; }; _files() { print files; }; words=(${words}); CURRENT=\${#words}; _todo_k8s`,
      );
    expect(zsh('todo-k8s verify --lab crash')).toBe('crash-loop\n');
    expect(zsh('todo-k8s doctor po')).toMatch(/^pods:Pods that do not start/);
    expect(zsh("todo-k8s verify --from ''")).toBe('files\n');
  });

  where('fish')('fish', () => {
    const fish = (line: string) =>
      inShell('fish', ['--no-config', '-c'], `todo-k8s completion fish | source; complete -C '${line}'`);
    expect(fish('todo-k8s verify --lab crash')).toBe('crash-loop\n');
    expect(fish('todo-k8s explain memory/oom')).toMatch(/^memory\/oom-killed\t/);
    expect(fish('todo-k8s verify --lab=crash')).toBe('--lab=crash-loop\n');
  });

  test('each of the scripts names the program that it is for', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { stdout, exitCode } = await start(['completion', shell]).ended;
      expect({ shell, exitCode }).toEqual({ shell, exitCode: 0 });
      expect(stdout).toContain('todo-k8s');
      expect(stdout).toContain('__complete --');
    }
  });

  test.each([
    [['verify', '--lab', 'crash'], 'crash-loop\n:4\n'],
    // kubectl’s scripts put the flag in front of each candidate.
    [['verify', '--lab=crash'], 'crash-loop\n:4\n'],
    [['verify', '--via='], 'nodeport\nproxy\nport-forward\n:4\n'],
    [['verify', '--contract='], ':0\n'],
  ])('kubectl todo: what kubectl runs for TAB behind %j', (typed, expected) => {
    const { stdout } = spawnSync(join(folder, 'kubectl_complete-todo'), typed, {
      env: environment(),
      encoding: 'utf8',
    });
    expect(stdout).toBe(expected);
  });
});

test('autocomplete still works, and names what replaces it, in its help and in one line on stderr', async () => {
  const env = { XDG_CACHE_HOME: join(folder, 'cache') };
  const used = await start(['autocomplete', 'bash'], env).ended;
  expect(used.exitCode).toBe(0);
  expect(used.stdout).toContain('autocomplete');
  const warnings = used.stderr.split('\n').filter((line) => line.includes('Warning'));
  expect(warnings).toEqual([expect.stringContaining('autocomplete is deprecated: use todo-k8s completion.')]);
  const help = await start(['autocomplete', '--help'], env).ended;
  expect(help.stdout).toContain('Deprecated: use todo-k8s completion');
  // What has replaced it says nothing of that.
  expect((await start(['completion', 'bash'], env).ended).stderr).toBe('');
});

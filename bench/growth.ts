/**
 * What a command uses as the deployment grows: CPU, memory, requests, and the longest time for which it heard nothing, on a
 * lab with so many pods; and `verify --all-releases` on one with so many releases. Ratios of one step to the one before.
 *
 * npm run bench:growth [pods…]                625 1250 2500 5000 where none are given
 * npm run bench:growth -- --releases 200 [--namespaces 20]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { releases: { type: 'string' }, namespaces: { type: 'string' } },
  allowPositionals: true,
});
const releases = Number(values.releases ?? 0);
const namespaces = Number(values.namespaces ?? 1);
const steps = positionals.length > 0 ? positionals.map(Number) : [625, 1250, 2500, 5000];
const bin = path.resolve(import.meta.dirname, '../bin/run.js');
const usageModule = path.resolve(import.meta.dirname, 'usage.mjs');
const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-bench-'));

interface Usage {
  cpuMs: number;
  rssMiB: number;
  wallMs: number;
  deafMs: number;
  requests: number;
  exitCode: number | null;
}

interface Lab {
  process: ChildProcess;
  kubeconfig: string;
}

/** A lab in a process of its own. @throws Error when it ends before it is up */
function startLab(pods: number, count: number): Promise<Lab> {
  const script = path.resolve(import.meta.dirname, 'many-lab.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, String(pods), String(count), '', String(namespaces)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('\n')) return;
      resolve({ process: child, kubeconfig: (JSON.parse(said) as { kubeconfig: string }).kubeconfig });
    });
    child.once('exit', (code) => reject(new Error(`the lab ended with ${String(code)}: ${said}`)));
  });
}

/** One run of the program. @throws Error where it does not say what it has used */
async function usageOf(argv: readonly string[]): Promise<Usage> {
  const file = path.join(folder, 'usage.json');
  rmSync(file, { force: true });
  const child = spawn(process.execPath, ['--import', usageModule, bin, ...argv], {
    env: { ...process.env, USAGE_FILE: file, NODE_EXTRA_CA_CERTS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let calls = 0;
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
    calls += text.match(/ {2}\d+ ms$/gm)?.length ?? 0;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (exitCode === 2 || exitCode === 4) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${said}`);
  const used = JSON.parse(readFileSync(file, 'utf8')) as Omit<Usage, 'exitCode' | 'requests'>;
  return { ...used, requests: calls, exitCode };
}

function line(name: string, usage: Usage, before: Usage | undefined, growth: number): string {
  const ratio = before ? `${(usage.cpuMs / before.cpuMs / growth).toFixed(2)} × the ratio` : '';
  const cells = [
    name.padEnd(28),
    `${(usage.cpuMs / 1000).toFixed(2)} s CPU`.padStart(12),
    `${Math.round(usage.rssMiB)} MiB`.padStart(9),
    `${(usage.wallMs / 1000).toFixed(1)} s`.padStart(8),
    `deaf ${Math.round(usage.deafMs)} ms`.padStart(14),
    `exit ${String(usage.exitCode)}`.padStart(7),
    ratio,
  ];
  return `${cells.join('  ')}\n`;
}

async function growWithPods(): Promise<void> {
  const before = new Map<string, Usage>();
  for (const [index, pods] of steps.entries()) {
    const lab = await startLab(pods, 1);
    const target = ['--kubeconfig', lab.kubeconfig, '--set', `backend.replicaCount=${pods}`];
    for (const command of ['doctor', 'verify', 'collect']) {
      const file = command === 'collect' ? ['-o', path.join(folder, 'bundle.tgz')] : [];
      const usage = await usageOf([command, ...file, ...target]);
      const growth = pods / (steps[index - 1] ?? pods);
      process.stdout.write(line(`${command}, ${pods} pods`, usage, before.get(command), growth));
      before.set(command, usage);
    }
    lab.process.stdin?.end();
  }
}

async function growWithReleases(): Promise<void> {
  const lab = await startLab(2, releases);
  const all = namespaces > 1 ? '-A' : '--all-releases';
  const usage = await usageOf(['verify', all, '--kubeconfig', lab.kubeconfig]);
  process.stdout.write(line(`verify, ${releases} releases`, usage, undefined, 1));
  const { requests } = await usageOf(['verify', all, '-v', '--kubeconfig', lab.kubeconfig]);
  process.stdout.write(`${requests} calls of the API server\n`);
  lab.process.stdin?.end();
}

try {
  await (releases > 0 ? growWithReleases() : growWithPods());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

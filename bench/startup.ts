/**
 * What starting costs, as ratios in one run on one lab: `--version` against `node -e 0`, and `verify` against the
 * commands that the contract asks a person to type (8 kubectl, 4 curl). Runs are interleaved, medians are compared.
 *
 * npm run bench:startup [runs]
 */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { startLab } from '../src/lab/lab.js';

const runs = Number(process.argv[2] ?? 9);
const bin = path.resolve(import.meta.dirname, '../bin/run.js');
const env = { ...process.env };
// Node 20 parses these certificates at every start, which would hide what is measured.
delete env.NODE_EXTRA_CA_CERTS;

const lab = await startLab('healthy');
const kubectl = `kubectl --kubeconfig ${lab.kubeconfigPath}`;
const label = '-l app.kubernetes.io/component=backend';
/** The contract's Verification Steps, word for word but for the lab's address. */
const contractCommands = [
  `${kubectl} get deployment todo-chatbot-backend`,
  `${kubectl} get pods ${label}`,
  `${kubectl} get service todo-chatbot-backend`,
  `curl -s ${lab.url}/api/health`,
  `curl -s ${lab.url}/docs`,
  `${kubectl} logs ${label} | grep -i database`,
  `curl -s ${lab.url}/api/tasks`,
  `${kubectl} get endpoints todo-chatbot-backend`,
  `for i in 1 2 3 4 5 6 7 8 9 10; do curl -s ${lab.url}/api/health | grep -o pod-name; done; true`,
].join('; ');

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const candidates: Record<string, [string, ...string[]]> = {
  'node -e 0': [process.execPath, '-e', '0'],
  'todo-k8s --version': [process.execPath, bin, '--version'],
  'todo-k8s --help': [process.execPath, bin, '--help'],
  'todo-k8s verify': [process.execPath, bin, 'verify', '--kubeconfig', lab.kubeconfigPath, '--url', lab.url],
  ...(hasKubectl
    ? { 'contract’s kubectl and curl': ['sh', '-c', contractCommands] as [string, ...string[]] }
    : {}),
};

async function wallMs([command, ...args]: [string, ...string[]]): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - began;
}

const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
try {
  for (let round = -1; round < runs; round += 1) {
    for (const [name, command] of Object.entries(candidates)) {
      const ms = await wallMs(command);
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
} finally {
  await lab.close();
}

const of = (name: string) => median(times.get(name) ?? []);
for (const name of times.keys())
  console.log(`${name.padEnd(30)} ${of(name).toFixed(0).padStart(6)} ms median of ${runs}`);
const ratio = (a: string, b: string) =>
  console.log(`${`${a} ÷ ${b}`.padEnd(52)} ${(of(a) / of(b)).toFixed(2)}`);
console.log();
ratio('todo-k8s --version', 'node -e 0');
ratio('todo-k8s --help', 'node -e 0');
if (hasKubectl) ratio('todo-k8s verify', 'contract’s kubectl and curl');
else console.log('kubectl is not installed: verify was not compared with the contract’s commands');

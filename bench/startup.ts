/**
 * What starting costs, as ratios in one run on one lab: `--version` and `--help` against `node -e 0`, `verify`
 * against the commands that the contract asks a person to type, and `loadbalance` against the least that `verify` does;
 * and how long `loadbalance` says nothing. Runs are interleaved, medians are compared.
 *
 * npm run bench:startup [runs]
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const runs = Number(process.argv[2] ?? 9);
const bin = path.resolve(import.meta.dirname, '../bin/run.js');
const env = { ...process.env };
// Node 20 parses these certificates at every start, which would hide what is measured.
delete env.NODE_EXTRA_CA_CERTS;

type CommandLine = readonly [string, ...string[]];

/** Of the lab, a process of its own: it must not share a thread with the clock. */
interface Lab {
  process: ChildProcess;
  kubeconfig: string;
  url: string;
}

/** Starts `todo-k8s lab` and reads from what it prints where it is. @throws Error when it ends before it is up */
function startLab(): Promise<Lab> {
  const child = spawn(process.execPath, [bin, 'lab'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const kubeconfig = /^ +kubeconfig +(\S+)$/m.exec(said)?.[1];
      const url = /^ +backend +(\S+)$/m.exec(said)?.[1];
      if (kubeconfig !== undefined && url !== undefined) resolve({ process: child, kubeconfig, url });
    });
    child.once('exit', (code) => reject(new Error(`the lab ended with ${String(code)}: ${said}`)));
  });
}

/** The contract's Verification Steps as they are written, but for the address and that curl and kubectl find the lab. */
function contractCommands({ url }: Lab): string {
  const label = '-l app.kubernetes.io/component=backend';
  return [
    'kubectl get deployment todo-chatbot-backend',
    `kubectl get pods ${label}`,
    'kubectl get service todo-chatbot-backend',
    `curl -s ${url}/api/health`,
    `curl -s ${url}/docs`,
    `kubectl logs ${label} | grep -i database`,
    `curl -s ${url}/api/tasks`,
    'kubectl get endpoints todo-chatbot-backend',
    `for i in 1 2 3 4 5 6 7 8 9 10; do curl -s ${url}/api/health | grep -o pod-name; done`,
    // What grep has found is not what is measured.
    'true',
  ].join('; ');
}

/** Milliseconds from the start to the first output, and to the end. */
interface Times {
  first: number;
  wall: number;
}

/** @throws Error when it ends with anything but 0 */
async function timesOf([command, ...args]: CommandLine): Promise<Times> {
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let first = Number.NaN;
  child.stdout.once('data', () => (first = performance.now() - began)).resume();
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
  return { first, wall: performance.now() - began };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const missing = ['kubectl', 'curl'].filter((program) => spawnSync(program, ['--help']).error !== undefined);
const lab = await startLab();
env.KUBECONFIG = lab.kubeconfig;
const BARE = 'node -e 0';
const CONTRACT = 'the contract’s kubectl and curl';
const LOAD = 'todo-k8s loadbalance --requests 10';
const LEAST = 'todo-k8s verify --only cluster';
const candidates: Record<string, CommandLine> = {
  [BARE]: [process.execPath, '-e', '0'],
  'todo-k8s --version': [process.execPath, bin, '--version'],
  'todo-k8s --help': [process.execPath, bin, '--help'],
  'todo-k8s verify': [process.execPath, bin, 'verify', '--url', lab.url],
  [LEAST]: [process.execPath, bin, 'verify', '--only', 'cluster'],
  [LOAD]: [process.execPath, bin, 'loadbalance', '--requests', '10', '--url', lab.url],
  ...(missing.length === 0 ? { [CONTRACT]: ['sh', '-c', contractCommands(lab)] as const } : {}),
};
const times = new Map<string, Times[]>(Object.keys(candidates).map((name) => [name, []]));
try {
  // The first round fills caches and is not counted.
  for (let round = -1; round < runs; round += 1) {
    for (const [name, command] of Object.entries(candidates)) {
      const measured = await timesOf(command);
      if (round >= 0) times.get(name)?.push(measured);
    }
  }
} finally {
  lab.process.kill();
}

const of = (name: string) => (times.get(name) ?? []).map(({ wall }) => wall);
console.log(`${process.version}, ${runs} runs, milliseconds of wall time:         median    best`);
for (const name of times.keys()) {
  const values = of(name);
  const column = (value: number) => value.toFixed(0).padStart(8);
  console.log(`  ${name.padEnd(52)}${column(median(values))}${column(Math.min(...values))}`);
}
const ratio = (a: string, b: string) =>
  console.log(`  ${`${a} ÷ ${b}`.padEnd(52)}${(median(of(a)) / median(of(b))).toFixed(2).padStart(8)}`);
console.log('\nratios of the medians:');
ratio('todo-k8s --version', BARE);
ratio('todo-k8s --help', BARE);
ratio(LOAD, LEAST);
if (missing.length === 0) ratio('todo-k8s verify', CONTRACT);
else
  console.log(
    `  ${missing.join(' and ')} not installed: verify was not compared with the contract’s commands`,
  );
const silence = (times.get(LOAD) ?? []).map(({ first }) => first);
console.log(
  `\n${LOAD}, not on a terminal: first output after ${median(silence).toFixed(0)} ms (best ${Math.min(...silence).toFixed(0)})`,
);

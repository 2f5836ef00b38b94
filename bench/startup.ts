/**
 * What starting costs, as ratios in one run on one lab: `--version` and `--help` against `node -e 0`, `verify`
 * against the commands that the contract asks a person to type, and `loadbalance` against the least that `verify` does;
 * and how long `loadbalance` says nothing. Runs are interleaved; a ratio is the median of those of each round.
 * Needs bash, in which the contract's commands are written, and which measures.
 *
 * npm run bench:startup [runs]
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { FURTHER_COMMANDS, VERIFICATION_STEPS, type ContractCommand } from './contract-commands.js';

const runs = Number(process.argv[2] ?? 9);
const bin = path.resolve(import.meta.dirname, '../bin/run.js');
const env = { ...process.env };
// Node 20 parses these certificates at every start, which would hide what is measured.
delete env.NODE_EXTRA_CA_CERTS;

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

/** Milliseconds to the first output and to the end, and of CPU (user and system, of the command and all that it starts). */
interface Times {
  first: number;
  wall: number;
  cpu: number;
}

/** @param commands in bash, whose own start is not counted @throws Error when the last one ends with anything but 0 */
async function timesOf(commands: string): Promise<Times> {
  const timed = `TIMEFORMAT='%3R %3U %3S'; time { ${commands}; } 2>/dev/null`;
  const began = performance.now();
  const child = spawn('bash', ['-c', timed], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let first = Number.NaN;
  let said = '';
  child.stdout.once('data', () => (first = performance.now() - began)).resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const [wall = Number.NaN, user = Number.NaN, sys = Number.NaN] = said.trim().split(' ').map(Number);
  if (code !== 0 || Number.isNaN(wall + user + sys))
    throw new Error(`${commands} ended with ${String(code)}: ${said}`);
  return { first, wall: wall * 1000, cpu: (user + sys) * 1000 };
}

/** What the commands find is not what is measured: `true` ends them well. */
const typed = (commands: readonly ContractCommand[]) =>
  [...commands.map(({ command }) => command), 'true'].join('; ');

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const missing = ['kubectl', 'curl'].filter((program) => spawnSync(program, ['--help']).error !== undefined);
const lab = await startLab();
Object.assign(env, { NODE: process.execPath, BIN: bin, KUBECONFIG: lab.kubeconfig, URL: lab.url });
const BARE = 'node -e 0';
const STEPS = 'the contract’s Verification Steps';
const ALL = 'all its commands that verify answers';
const VERIFY = 'todo-k8s verify';
const LOAD = 'todo-k8s loadbalance --requests 10';
const LEAST = 'todo-k8s verify --only cluster';
const candidates: Record<string, string> = {
  [BARE]: '$NODE -e 0',
  'todo-k8s --version': '$NODE $BIN --version',
  'todo-k8s --help': '$NODE $BIN --help',
  [VERIFY]: '$NODE $BIN verify --url $URL',
  [LEAST]: '$NODE $BIN verify --only cluster',
  [LOAD]: '$NODE $BIN loadbalance --requests 10 --url $URL',
};
const times = new Map<string, Times[]>();
try {
  if (missing.length === 0) {
    candidates[STEPS] = typed(VERIFICATION_STEPS);
    candidates[ALL] = typed([...VERIFICATION_STEPS, ...FURTHER_COMMANDS]);
    const backend = 'app.kubernetes.io/component=backend';
    const name = ['get', 'pods', '-l', backend, '-o', 'jsonpath={.items[0].metadata.name}'];
    env.POD = spawnSync('kubectl', name, { env, encoding: 'utf8' }).stdout;
  }
  // The first round fills caches and is not counted.
  for (let round = -1; round < runs; round += 1) {
    for (const [candidate, commands] of Object.entries(candidates)) {
      const measured = await timesOf(commands);
      if (round >= 0) times.set(candidate, [...(times.get(candidate) ?? []), measured]);
    }
  }
} finally {
  lab.process.kill();
}

const of = (candidate: string, what: keyof Times) => (times.get(candidate) ?? []).map((each) => each[what]);
const column = (text: string) => text.padStart(9);
const row = (title: string, values: readonly string[]) =>
  console.log(`  ${title.padEnd(66)}${values.map(column).join('')}`);

console.log(`${process.version}, ${runs} rounds, milliseconds\n`);
row('', ['wall', 'best', 'CPU', 'best']);
for (const candidate of times.keys()) {
  const values = (['wall', 'cpu'] as const).flatMap((what) => {
    const measured = of(candidate, what);
    return [median(measured), Math.min(...measured)];
  });
  row(
    candidate,
    values.map((value) => value.toFixed(0)),
  );
}

/** Round by round, because what else the machine does changes meanwhile; and of the bests, which it disturbed least. */
const ratio = (a: string, b: string) => {
  const values = (['wall', 'cpu'] as const).flatMap((what) => {
    const divisors = of(b, what);
    const ratios = of(a, what).map((value, round) => value / (divisors[round] ?? Number.NaN));
    return [median(ratios), Math.min(...of(a, what)) / Math.min(...divisors)];
  });
  row(
    `${a} ÷ ${b}`,
    values.map((value) => value.toFixed(2)),
  );
};
console.log('\nratios: the median of those of each round, and that of the bests');
ratio('todo-k8s --version', BARE);
ratio('todo-k8s --help', BARE);
ratio(LOAD, LEAST);
if (missing.length === 0) {
  ratio(VERIFY, STEPS);
  ratio(VERIFY, ALL);
} else {
  console.log(
    `  ${missing.join(' and ')} not installed: verify was not compared with the contract’s commands`,
  );
}
const silence = of(LOAD, 'first');
console.log(
  `\n${LOAD}, not on a terminal: first output after ${median(silence).toFixed(0)} ms (best ${Math.min(...silence).toFixed(0)})`,
);

/**
 * What `verify` takes from far away, against the contract's own commands on the same lab, behind proxies that hold back
 * everything. How much longer it takes for each millisecond of a round trip is the number of round trips that wait for each
 * other. Runs are interleaved; each figure is the median of the rounds. Needs bash, kubectl and curl for the comparison.
 *
 * npm run bench:distance [rounds]
 * npm run bench:distance -- --trace          one run at 200 ms: what ended after how many round trips
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FURTHER_COMMANDS, VERIFICATION_STEPS } from './contract-commands.js';
import { openWays } from './delay.js';

const { values, positionals } = parseArgs({
  options: { trace: { type: 'boolean' } },
  allowPositionals: true,
});
const rounds = Number(positionals[0] ?? 5);
const [NEAR_MS, FAR_MS] = [100, 500];
const TRACE_MS = 200;
/** The node port on an address that nothing else has: the lab's own node is elsewhere, and no way leads there but this one. */
const NODE = '127.81.81.81';
const bin = path.resolve(import.meta.dirname, '../bin/run.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'todo-k8s-bench-'));
const env: NodeJS.ProcessEnv = { ...process.env, KUBECONFIG: path.join(folder, 'kubeconfig'), NO_COLOR: '1' };
delete env.NODE_EXTRA_CA_CERTS;

interface Lab {
  process: ChildProcess;
  kubeconfig: string;
  server: string;
  url: string;
}

/** @throws Error when it ends before it is up */
function startLab(): Promise<Lab> {
  const script = path.resolve(import.meta.dirname, 'many-lab.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, '2', '1', NODE], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve({ process: child, ...(JSON.parse(said) as Omit<Lab, 'process'>) });
    });
    child.once('exit', (code) => reject(new Error(`the lab ended with ${String(code)}: ${said}`)));
  });
}

/** Milliseconds. @throws Error when the last command ends with anything but 0 */
async function wallOf(commands: string, onLine: (line: string, atMs: number) => void): Promise<number> {
  const began = performance.now();
  const child = spawn('bash', ['-c', commands], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    for (const line of text.trimEnd().split('\n')) onLine(line, performance.now() - began);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${commands} ended with ${String(code)}: ${said}`);
  return performance.now() - began;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const lab = await startLab();
const { hostname, port } = new URL(lab.url);
const nodePort = Number(port);
const server = new URL(lab.server);
const ways = await openWays([
  { host: '127.0.0.1', port: 0, to: { host: server.hostname, port: Number(server.port) } },
  { host: NODE, port: nodePort, to: { host: hostname, port: nodePort } },
]);
const [apiPort = 0] = ways.ports;
writeFileSync(
  path.join(folder, 'kubeconfig'),
  readFileSync(lab.kubeconfig, 'utf8').replace(lab.server, `https://127.0.0.1:${apiPort}`),
);
Object.assign(env, { NODE: process.execPath, BIN: bin, URL: `http://${NODE}:${nodePort}` });

const VERIFY = 'todo-k8s verify';
const ALL = 'the contract’s commands that verify answers';
const candidates: Record<string, string> = { [VERIFY]: '$NODE $BIN verify' };
const figures = new Map<string, { near: number[]; far: number[]; connections: number[] }>();
try {
  if (values.trace === true) {
    await wallOf('$NODE $BIN verify', () => undefined);
    ways.setRoundTrip(TRACE_MS);
    const lines: string[] = [];
    const wall = await wallOf('$NODE $BIN verify -v', (line, at) =>
      lines.push(`${(at / TRACE_MS).toFixed(1).padStart(6)}  ${line}`),
    );
    console.log(`round trips of ${TRACE_MS} ms from the start, and what had ended by then\n`);
    console.log([...lines, `${(wall / TRACE_MS).toFixed(1).padStart(6)}  the end`].join('\n'));
  } else {
    const missing = ['kubectl', 'curl'].filter((each) => spawnSync(each, ['--help']).error !== undefined);
    if (missing.length === 0) {
      const backend = 'app.kubernetes.io/component=backend';
      const name = ['get', 'pods', '-l', backend, '-o', 'jsonpath={.items[0].metadata.name}'];
      env.POD = spawnSync('kubectl', name, { env, encoding: 'utf8' }).stdout;
      candidates[ALL] = [
        ...[...VERIFICATION_STEPS, ...FURTHER_COMMANDS].map(({ command }) => command),
        'true',
      ].join('; ');
    }
    // The first round fills caches and is not counted.
    for (let round = -1; round < rounds; round += 1) {
      for (const [candidate, commands] of Object.entries(candidates)) {
        const measured = figures.get(candidate) ?? { near: [], far: [], connections: [] };
        figures.set(candidate, measured);
        for (const [ms, list] of [
          [NEAR_MS, measured.near],
          [FAR_MS, measured.far],
        ] as const) {
          ways.setRoundTrip(ms);
          ways.connections();
          const wall = await wallOf(commands, () => undefined);
          if (round < 0) continue;
          list.push(wall);
          measured.connections.push(ways.connections());
        }
      }
    }
    const roundTrips = ({ near, far }: { near: number[]; far: number[] }) =>
      far.map((each, round) => (each - (near[round] ?? Number.NaN)) / (FAR_MS - NEAR_MS));
    console.log(`${process.version}, ${rounds} rounds, medians (bests)\n`);
    for (const [candidate, each] of figures) {
      const [near, far] = [each.near, each.far].map(
        (list) => `${median(list).toFixed(0)} (${Math.min(...list).toFixed(0)}) ms`,
      );
      console.log(
        `${candidate}: ${String(near)} at ${NEAR_MS} ms, ${String(far)} at ${FAR_MS} ms: ` +
          `${median(roundTrips(each)).toFixed(1)} round trips, ${median(each.connections)} connections`,
      );
    }
    const [verify, all] = [figures.get(VERIFY), figures.get(ALL)];
    if (verify === undefined || all === undefined)
      console.log(`not compared: ${missing.join(' and ')} not installed`);
    else
      for (const [ms, key] of [
        [NEAR_MS, 'near'],
        [FAR_MS, 'far'],
      ] as const) {
        const ratios = verify[key].map((each, round) => each / (all[key][round] ?? Number.NaN));
        console.log(`${VERIFY} ÷ ${ALL}, at ${ms} ms: ${median(ratios).toFixed(2)}`);
      }
  }
} finally {
  ways.close();
  lab.process.kill();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * The load engine against hey, ab and wrk: a new connection for each request, nginx on loopback, one machine, one run.
 * Prints requests a second and CPU for each request as ratios to hey (the median of interleaved rounds), what could not
 * be compared, and the memory that attributing a million requests takes.
 *
 * npx tsx bench/load.ts [requests] [rounds]      hey: HEY=/path/to/hey, or on the PATH
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { freePort } from '../test/support/ports.js';

const requests = Number(process.argv[2] ?? 20_000);
const rounds = Number(process.argv[3] ?? 5);
const CONCURRENCY = [1, 16, 64];
const hey = process.env.HEY ?? 'hey';
const work = mkdtempSync(path.join(tmpdir(), 'todo-k8s-bench-'));

interface Figures {
  perSecond: number;
  /** Microseconds of CPU for each request. */
  cpuUs: number;
}

interface Tool {
  name: string;
  command: (concurrency: number, url: string) => string[];
  /** Requests that came to an end, and seconds, from what it printed. */
  read: (output: string) => { requests: number; seconds: number } | undefined;
}

const number = (output: string, pattern: RegExp) => Number(pattern.exec(output)?.[1]);

const tools: Tool[] = [
  {
    name: 'todo-k8s',
    command: (concurrency, url) => [
      process.execPath,
      path.join(work, 'client.mjs'),
      'send',
      url,
      String(requests),
      String(concurrency),
    ],
    read: (output) => ({ requests, seconds: number(output, /seconds ([\d.]+)/) }),
  },
  {
    name: 'hey',
    // hey rounds the number down to a multiple of its workers.
    command: (concurrency, url) => [
      hey,
      '-n',
      String(requests),
      '-c',
      String(concurrency),
      '-disable-keepalive',
      url,
    ],
    read: (output) => ({
      requests: number(output, /\[200\]\s+(\d+) responses/),
      seconds: number(output, /Total:\s+([\d.]+) secs/),
    }),
  },
  {
    name: 'ab',
    command: (concurrency, url) => ['ab', '-q', '-n', String(requests), '-c', String(concurrency), url],
    read: (output) => ({
      requests: number(output, /Complete requests:\s+(\d+)/),
      seconds: number(output, /Time taken for tests:\s+([\d.]+)/),
    }),
  },
  {
    name: 'wrk',
    command: (concurrency, url) => [
      'wrk',
      '-t',
      '1',
      '-c',
      String(concurrency),
      '-d',
      '3s',
      '-H',
      'Connection: close',
      url,
    ],
    read: (output) => ({
      requests: number(output, /(\d+) requests in/),
      seconds: number(output, /requests in ([\d.]+)s/),
    }),
  },
];

/** Runs a command; CPU as bash measures it, children included. */
function measure(tool: Tool, concurrency: number, url: string): Figures | undefined {
  const quoted = tool
    .command(concurrency, url)
    .map((word) => `'${word}'`)
    .join(' ');
  const run = spawnSync('bash', ['-c', `TIMEFORMAT='cpu %U %S'; time ${quoted}`], { encoding: 'utf8' });
  const cpu = /cpu ([\d.]+) ([\d.]+)/.exec(run.stderr);
  const figures = tool.read(run.stdout);
  if (run.status !== 0 || !cpu || !figures || !(figures.requests > 0) || !(figures.seconds > 0))
    return undefined;
  return {
    perSecond: figures.requests / figures.seconds,
    cpuUs: ((Number(cpu[1]) + Number(cpu[2])) / figures.requests) * 1e6,
  };
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The engine as it is shipped: bundled, without a TypeScript loader in its process. */
async function buildClient(): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'load-client.ts')],
    outfile: path.join(work, 'client.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
}

const has = (command: string) => spawnSync('bash', ['-c', `command -v '${command}'`]).status === 0;

await buildClient();
if (!has('nginx')) {
  console.log(
    'not compared: nginx is not installed (Debian: nginx-light), and hey, ab, wrk need a server that is faster than they are',
  );
  rmSync(work, { recursive: true });
  process.exit(1);
}
const port = await freePort();
writeFileSync(
  path.join(work, 'nginx.conf'),
  `worker_processes 1; daemon off; pid ${work}/pid; error_log ${work}/error.log;
events { worker_connections 4096; }
http { access_log off; server { listen 127.0.0.1:${port} backlog=4096; location / { default_type application/json; return 200 '{"status":"healthy"}'; } } }`,
);
const nginx = spawn('nginx', ['-c', path.join(work, 'nginx.conf')], { stdio: 'ignore' });
try {
  const url = `http://127.0.0.1:${port}/api/health`;
  for (
    let tries = 0;
    tries < 50 &&
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ));
    tries += 1
  )
    await sleep(50);
  const commands: Record<string, string> = { 'todo-k8s': process.execPath, hey, ab: 'ab', wrk: 'wrk' };
  const present = tools.filter(({ name }) => has(commands[name] ?? name));
  for (const { name } of tools)
    if (!present.some((tool) => tool.name === name)) console.log(`not compared: ${name} is not installed`);
  console.log(`${requests} requests, ${rounds} rounds, medians; in brackets the ratio to hey`);
  for (const concurrency of CONCURRENCY) {
    const all = new Map<string, Figures[]>(present.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const tool of present) {
        const figures = measure(tool, concurrency, url);
        if (figures) all.get(tool.name)?.push(figures);
      }
    }
    const medians = new Map(
      [...all].map(([name, figures]) => [
        name,
        {
          perSecond: median(figures.map((one) => one.perSecond)),
          cpuUs: median(figures.map((one) => one.cpuUs)),
        },
      ]),
    );
    const base = medians.get('hey');
    const ratio = (value: number, of: number | undefined) =>
      of === undefined ? '' : ` (${(value / of).toFixed(2)})`;
    for (const [name, { perSecond, cpuUs }] of medians) {
      console.log(
        `concurrency ${String(concurrency).padStart(2)}  ${name.padEnd(9)} ${String(Math.round(perSecond)).padStart(6)}/s${ratio(perSecond, base?.perSecond)}` +
          `  ${String(Math.round(cpuUs)).padStart(4)} µs CPU each${ratio(cpuUs, base?.cpuUs)}`,
      );
    }
  }
  const memory = spawnSync(process.execPath, [path.join(work, 'client.mjs'), 'attribute', '1000000'], {
    encoding: 'utf8',
  });
  console.log(memory.stdout.trim());
} finally {
  nginx.kill();
  rmSync(work, { recursive: true, force: true });
}

/**
 * Packs the package, installs the tarball into an empty folder, and runs it there on each supported version of Node:
 * `--version`, `--help`, and a whole `verify` against a lab, which must pass.
 *
 * Node's binaries come from the registry package `node`, kept outside the checkout by version.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

const VERSIONS = ['20.19.0', '20.20.2', '22.23.3', '24.21.0'];
const root = path.resolve(import.meta.dirname, '..');
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'todo-k8s', 'node');
const folder = mkdtempSync(path.join(tmpdir(), 'todo-k8s-pack-'));

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function nodeBinary(version: string): string {
  const place = path.join(cache, version);
  const binary = path.join(place, 'node_modules/node/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, 'package.json'), '{"private":true}\n');
    run('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], place);
  }
  return binary;
}

let failures = 0;
try {
  // Apart from packing, whose JSON the build's own words would spoil.
  run('npm', ['run', 'build'], root);
  const packed = JSON.parse(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root),
  ) as {
    filename: string;
    size: number;
  }[];
  const tarball = packed[0];
  if (!tarball) throw new Error('npm pack made no tarball');
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  run('npm', ['install', '--no-audit', '--no-fund', path.join(folder, tarball.filename)], folder);
  console.log(`${tarball.filename}: ${Math.round(tarball.size / 1024)} KiB, installed into an empty folder`);

  const bin = path.join(folder, 'node_modules/todo-k8s/bin/run.js');
  for (const version of VERSIONS) {
    const node = nodeBinary(version);
    for (const args of [['--version'], ['--help'], ['verify', '--lab', '-o', 'json']]) {
      const { status, stdout, stderr } = spawnSync(node, [bin, ...args], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      });
      const ok = status === 0 && stdout.length > 0 && stderr === '';
      if (!ok) failures += 1;
      console.log(`${ok ? '✔' : '✖'} node ${version.padEnd(8)} todo-k8s ${args.join(' ')}`);
      if (!ok) console.log(`exit ${String(status)}\n${stdout.slice(0, 2000)}\n${stderr.slice(0, 2000)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  failures === 0 ? 'the package runs on every supported version of Node' : `${failures} runs failed`,
);
process.exitCode = failures === 0 ? 0 : 1;

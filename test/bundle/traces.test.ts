/**
 * What the shipped program leaves behind where nobody looks: temporary files, also those that are gone when it ends, and
 * the arguments of processes. A secret is in none of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { buildIfStale, start } from '../faults/support/program.js';
import { CANARIES, canaryForms } from '../scenarios/canaries.js';
import { temporaryFolder } from './support.js';

jest.setTimeout(120_000);

const HOOK = path.join(import.meta.dirname, 'written.cjs');
const FORMATS = ['json', 'yaml', 'junit', 'markdown', 'github', 'html', 'prometheus', 'events'];

const { file, remove } = temporaryFolder();
let lab: Lab;

beforeAll(async () => {
  buildIfStale();
  lab = await startLab('database-down', { secrets: { ...CANARIES } });
});

afterAll(async () => {
  await lab.close();
  remove();
});

interface Trace {
  what: string;
  bytes: Buffer;
}

/** Everything that was written, and with what processes were started; what is packed is unpacked, too. */
function traces(log: string): Trace[] {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const all = lines.map((line) => {
    const { what, base64 } = JSON.parse(line) as { what: string; base64: string };
    return { what, bytes: Buffer.from(base64, 'base64') };
  });
  const byFile = new Map<string, Buffer[]>();
  for (const { what, bytes } of all) byFile.set(what, [...(byFile.get(what) ?? []), bytes]);
  return [...byFile].map(([what, parts]) => {
    const bytes = Buffer.concat(parts);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { what, bytes: isPacked ? Buffer.concat([bytes, gunzipSync(bytes)]) : bytes };
  });
}

test.each([
  ['collect', ['-o', 'BUNDLE']],
  ['verify', ['-v', '--record', 'BUNDLE']],
  ['doctor', ['--record', 'BUNDLE']],
  ['loadbalance', ['--record', 'BUNDLE', '--samples', 'SAMPLES']],
])('%s', async (command, args) => {
  const own = file(command);
  const temporary = path.join(own, 'tmp');
  const written = path.join(own, 'written.log');
  mkdirSync(temporary, { recursive: true });
  const outputs =
    command === 'collect' ? [] : FORMATS.flatMap((name) => ['-o', `${name}=${path.join(own, `r.${name}`)}`]);
  const places = args.map((arg) => (/^[A-Z]+$/.test(arg) ? path.join(own, arg) : arg));
  const { ended } = start([command, '--kubeconfig', lab.kubeconfigPath, ...places, ...outputs], {
    TMPDIR: temporary,
    HOME: own,
    WRITTEN_FILE: written,
    NODE_OPTIONS: `--require=${HOOK}`,
    GITHUB_STEP_SUMMARY: path.join(own, 'summary'),
  });
  const { exitCode, stdout, stderr } = await ended;
  expect([0, 1, 3]).toContain(exitCode);

  const seen = [
    ...traces(written),
    { what: 'stdout', bytes: Buffer.from(stdout) },
    { what: 'stderr', bytes: Buffer.from(stderr) },
  ];
  // The hook does see temporary files, the bundle in them, and the process.
  expect(
    seen.some(
      ({ what, bytes }) => /\.BUNDLE\.\d+\..*\.tmp$/.test(what) && bytes.includes('"todo-k8s-bundle"'),
    ),
  ).toBe(true);
  expect(seen.map(({ what }) => what)).toContain('process itself');
  const told = canaryForms().flatMap((form) =>
    seen.filter(({ bytes }) => bytes.includes(form)).map(({ what }) => `${what} has ${form}`),
  );
  expect(told).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(own).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('the hook takes down what is written and started, so that this test can fail', () => {
  const log = file('hook.log');
  const script = file('script.cjs');
  writeFileSync(
    script,
    `const fs = require('node:fs'); const { execFileSync } = require('node:child_process');
     const path = ${JSON.stringify(file('leak.tmp'))};
     const descriptor = fs.openSync(path, 'w'); fs.writeFileSync(descriptor, 'first '); fs.writeSync(descriptor, 'leak');
     fs.unlinkSync(path); execFileSync(process.execPath, ['-e', '0', 'leak-in-argument'], { env: { LEAK: 'leak-in-environment' } });`,
  );
  spawnSync(process.execPath, ['--require', HOOK, script], { env: { WRITTEN_FILE: log } });
  const seen = traces(log);
  expect(seen.find(({ what }) => what.endsWith('leak.tmp'))?.bytes.toString()).toBe('first leak');
  const started = seen.find(({ what }) => what === `process ${process.execPath}`)?.bytes.toString();
  expect(started).toContain('leak-in-argument');
  expect(started).toContain('leak-in-environment');
});

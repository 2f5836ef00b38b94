/**
 * Every single mutation of every field of the objects that verify and doctor read (null, another type, huge, negative,
 * unknown, missing, empty), judged: no exception, no exit code 4, nothing that itself failed, no hang.
 * `--every N` takes each N-th; `--scenario NAME` another state of the lab than the healthy one.
 */
import { parseArgs } from 'node:util';
import { complaints, describeMutation, judgeMutated, mutationsOf, recordWorld } from '../test/fuzz/world.js';

/** Milliseconds of CPU that one world may take; a machine that is busy with other things changes only those by the clock. */
const HANG_MS = 5000;
const SHOWN = 40;

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, scenario: { type: 'string', multiple: true } },
});
let judged = 0;
const found = new Map<string, number>();
const codes = new Map<number, number>();
const began = performance.now();

for (const scenario of values.scenario ?? ['healthy', 'crash-loop']) {
  const world = await recordWorld(scenario);
  for (const [index, mutation] of mutationsOf(world).entries()) {
    if (index % Number(values.every) !== 0) continue;
    const begin = process.cpuUsage();
    let bad: string[];
    try {
      const report = await judgeMutated(world, mutation);
      codes.set(report.exitCode, (codes.get(report.exitCode) ?? 0) + 1);
      bad = complaints(report);
    } catch (error) {
      bad = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    }
    const { user, system } = process.cpuUsage(begin);
    const ms = Math.round((user + system) / 1000);
    if (ms > HANG_MS) bad.push(`it took ${ms} ms of CPU`);
    for (const complaint of bad) {
      const count = found.get(complaint) ?? 0;
      found.set(complaint, count + 1);
      if (count === 0 && found.size <= SHOWN)
        console.error(`${scenario}: ${describeMutation(mutation)}\n    ${complaint}`);
    }
    judged += 1;
  }
}

const seconds = Math.round((performance.now() - began) / 1000);
const exits = [...codes].map(([code, count]) => `${count} with exit code ${code}`).join(', ');
console.log(`${judged} mutated worlds judged in ${seconds} s: ${exits}; ${found.size} complaints`);
process.exitCode = found.size > 0 ? 1 : 0;

/**
 * `npm run fuzz:redaction [-- SEED [SECRETS [LINES]]]`: secrets of every alphabet in every form, cut at many places, through
 * everything that a text from the cluster passes. Exit code 1 when eight characters of one came through.
 */
import { DEFAULT_CONTRACT } from '../src/contract/contract.js';
import { createHider } from '../src/evidence/hide.js';
import { createRedactor } from '../src/evidence/redaction.js';
import { EXTENT, fuzzCases, leaked, passedThrough } from '../test/evidence/redaction-fuzz.js';

/** Leaks that are shown. */
const SHOWN = 40;

const [seed = 1, secrets = 20, lines = 250] = process.argv.slice(2).map(Number);
const begin = performance.now();
let count = 0;
const leaks = new Map<string, string[]>();
for (const { secret, cases } of fuzzCases(seed, secrets, lines)) {
  const redactor = createRedactor();
  const hider = createHider(DEFAULT_CONTRACT, redactor);
  hider.learn(secret);
  for (const each of cases) {
    count += each.lines.length;
    const shown = passedThrough(hider, redactor, each.lines);
    const pieces = leaked(each, shown);
    if (pieces.length === 0) continue;
    const kind = `${each.form}, ${each.cut}`;
    leaks.set(kind, [
      ...(leaks.get(kind) ?? []),
      `secret ${JSON.stringify(secret)}\n    line ${JSON.stringify(each.lines)}\n    shown ${JSON.stringify(shown)}\n    piece ${JSON.stringify(pieces[0])}`,
    ]);
  }
}
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
console.log(
  `seed ${seed}: ${count} lines of ${EXTENT.alphabets} alphabets × ${EXTENT.forms} forms × ${EXTENT.frames} frames in ${seconds} s; ` +
    `${[...leaks.values()].flat().length} leaks of ${leaks.size} kinds`,
);
for (const [kind, found] of [...leaks].slice(0, SHOWN))
  console.log(`${kind}: ${found.length} times\n    ${found[0] ?? ''}`);
process.exitCode = leaks.size > 0 ? 1 : 0;

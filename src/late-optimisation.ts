/**
 * V8's optimising compiler in a short run: what it makes of a function is hardly used before the run is over. On Node 20 a `verify` of
 * a few pods spent a tenth of its CPU there, in a thread of its own.
 */
import { setFlagsFromString } from 'node:v8';

/** The only V8 for which this was measured: that of Node 20. Later ones have a cheaper compiler before this one. */
const V8 = 11;
/** V8's own value of `--interrupt-budget`, in bytes of bytecode that a function runs between two looks at it. */
const USUAL = 67_584;
const PATIENT = 20 * USUAL;
/** Milliseconds after which a run is a long one. */
const SHORT_MS = 1000;
/** Pods from which a run is one, too. */
const MANY_PODS = 50;

let timer: NodeJS.Timeout | undefined;

/** Until `optimiseAsUsual`, or for a second at most. No file should be loaded meanwhile: V8 would not take its cached code. */
export function optimiseLate(): void {
  if (timer !== undefined || Number.parseInt(process.versions.v8) !== V8) return;
  setFlagsFromString(`--interrupt-budget=${PATIENT}`);
  timer = setTimeout(() => optimiseAsUsual(), SHORT_MS).unref();
}

/** @param counts of what the run is about to read; fewer pods change nothing */
export function optimiseAsUsual({ pods = Infinity }: { pods?: number } = {}): void {
  if (timer === undefined || pods < MANY_PODS) return;
  clearTimeout(timer);
  timer = undefined;
  setFlagsFromString(`--interrupt-budget=${USUAL}`);
}

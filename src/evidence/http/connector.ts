/** How probes connect: as undici would by itself, but without its parser being optimised for the few that there are. */
import { setFlagsFromString } from 'node:v8';
import type { buildConnector as Build } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';

/** V8's own value of `--wasm-tiering-budget`, which only grows with its versions: 11 is that of Node 20. */
const V8_BUDGET = Number.parseInt(process.versions.v8) < 12 ? 1_800_000 : 13_000_000;
/** Enough for some hundred responses: who sends thousands gets optimised code all the same. */
const PATIENT_BUDGET = V8_BUDGET * 100;

const connect = buildConnector({ timeout: 0, maxCachedSessions: 0 });

let isParserCompiled = false;

/**
 * One for all probes, each of which still has a connection and a TLS handshake of its own; bounds are the probe's.
 *
 * undici parses with WebAssembly. V8 gives that to its optimising compiler as soon as a first response was parsed: one
 * function of 33 KiB, which takes 130 ms of CPU (a third of a whole `verify`), and the process cannot end before it.
 * A module keeps the budget that was set when it was compiled, so it is raised for that moment only: as long as a flag
 * differs, V8 would take no cached code.
 */
export const connector: Build.connector = (options, callback) =>
  connect(options, (...connected) => {
    if (isParserCompiled || connected[0] !== null) {
      callback(...connected);
      return;
    }
    setFlagsFromString(`--wasm-tiering-budget=${PATIENT_BUDGET}`);
    try {
      // The first connection compiles the parser, synchronously.
      callback(...connected);
      isParserCompiled = true;
    } finally {
      setFlagsFromString(`--wasm-tiering-budget=${V8_BUDGET}`);
    }
  });

/** undici's client, as the lanes of a load run use it: its parser is not optimised for few responses, and it ends when told. */
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import buildConnector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';

/** V8's own value of `--wasm-tiering-budget`, which only grows with its versions: 11 is that of Node 20. */
const V8_BUDGET = Number.parseInt(process.versions.v8) < 12 ? 1_800_000 : 13_000_000;
/** Enough for some hundred responses: who sends thousands gets optimised code all the same. */
const PATIENT_BUDGET = V8_BUDGET * 100;

const connect = buildConnector({ timeout: 0, maxCachedSessions: 0 });

let isParserCompiled = false;

/** A client of undici, and its end. */
export interface OneClient {
  client: InstanceType<typeof Client>;
  /**
   * Ends it at once, and its socket. A client that is destroyed while it connects forgets its socket, which would keep
   * the process alive for as long as the kernel tries: two minutes where packets are dropped.
   */
  end: () => void;
}

/**
 * Bounds are the caller's: undici's own timers tick too coarsely. Each connection has a TLS handshake of its own.
 *
 * undici parses with WebAssembly. V8 gives that to its optimising compiler as soon as a first response was parsed: one
 * function of 33 KiB, which takes 130 ms of CPU (a third of what a whole `verify` takes), and the process cannot end before it.
 * A module keeps the budget that was set when it was compiled, so it is raised for that moment only: as long as a flag
 * differs, V8 would take no cached code.
 */
export function openClient(origin: string, pipelining: 0 | 1, at?: string): OneClient {
  let socket: Socket | undefined;
  const client = new Client(origin, {
    pipelining,
    connect: (options, callback) => {
      const { hostname, servername } = options;
      const there =
        at === undefined ? options : { ...options, hostname: at, servername: servername ?? hostname };
      socket = connect(there, (...connected) =>
        withPatientParser(connected[0] === null, () => callback(...connected)),
      );
    },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    client,
    end: () => {
      // Not awaited: a peer that never answers must not hold up the result. Errors after the end concern nobody.
      client.destroy().catch(() => undefined);
      socket?.destroy();
    },
  };
}

/** The first connection compiles the parser, synchronously. */
function withPatientParser(isConnected: boolean, goOn: () => void): void {
  if (isParserCompiled || !isConnected) {
    goOn();
    return;
  }
  setFlagsFromString(`--wasm-tiering-budget=${PATIENT_BUDGET}`);
  try {
    goOn();
    isParserCompiled = true;
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${V8_BUDGET}`);
  }
}

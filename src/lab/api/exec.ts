/** pods/exec over WebSocket: the subprotocols v4 and v5.channel.k8s.io (one byte for the channel, then data). */
import { WebSocket } from 'ws';
import type { ContainerView } from '../container-view.js';
import { runProcess, StartError, type Input } from './process.js';

export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 };

/** Runs the command that the query names, and closes the socket with its outcome. */
export async function serveExec(
  socket: WebSocket,
  query: URLSearchParams,
  view: ContainerView,
): Promise<void> {
  const argv = query.getAll('command');
  const wanted = (name: string) => query.get(name) === 'true' || query.get(name) === '1';
  const send = (channel: number, text: string) => {
    if (socket.readyState === WebSocket.OPEN)
      socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  };
  const echo = wanted('tty') ? (text: string) => send(CHANNEL.stdout, text) : undefined;
  // At once: a client sends what it has as soon as the connection is open.
  const input: Input | undefined = wanted('stdin') ? { chunks: openInput(socket), echo } : undefined;
  // An empty message tells the client that the streams are there.
  send(CHANNEL.stdout, '');
  const out = {
    stdout: (text: string) => (wanted('stdout') ? send(CHANNEL.stdout, text) : undefined),
    stderr: (text: string) => (wanted('stderr') ? send(CHANNEL.stderr, text) : undefined),
  };
  try {
    const exitCode = await runProcess(argv, view, out, input);
    send(CHANNEL.error, JSON.stringify(exitCode === 0 ? success() : exited(exitCode, argv)));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    send(
      CHANNEL.error,
      JSON.stringify(failure('InternalError', `Internal error occurred: ${error.message}`, 500)),
    );
  }
  socket.close(1000);
}

function success(): object {
  return { metadata: {}, status: 'Success' };
}

function exited(code: number, argv: string[]): object {
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: Error executing command ${JSON.stringify(argv)}, exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function failure(reason: string, message: string, code: number): object {
  return { metadata: {}, status: 'Failure', message, reason, code };
}

/** What comes on the stdin channel, kept from now on, until it is closed. */
function openInput(socket: WebSocket): AsyncIterator<string, void> {
  const chunks: (string | undefined)[] = [];
  let wake: () => void = () => undefined;
  const add = (chunk: string | undefined) => {
    chunks.push(chunk);
    wake();
  };
  socket.on('message', (data: Buffer) => {
    if (data[0] === CHANNEL.stdin) add(data.subarray(1).toString('utf8'));
    if (data[0] === CHANNEL.close && data[1] === CHANNEL.stdin) add(undefined);
  });
  socket.once('close', () => add(undefined));
  return {
    next: async () => {
      if (chunks.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const value = chunks.shift();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  };
}

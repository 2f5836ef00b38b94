/** Runs a command in a container and tells output, error output and exit code apart. */
import type WebSocket from 'ws';
import type { Api } from './api.js';
import { checkedName, podSubresource, query, type Call } from './api-path.js';
import { bounded, orStopped } from './bounded.js';
import { KubernetesError, InputRefused, type ExecOptions, type ExecResult } from './client.js';
import type { Progress } from './errors.js';
import { isFields, type Fields } from './kubeconfig-file.js';
import { asText, plainLine } from './text.js';
import { CHANNEL_PROTOCOLS, openChannels } from './websocket.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** With these a server, or a proxy before it, may refuse an exec because it asks for standard input. */
const REFUSED_INPUT = new Set([400, 405, 406, 415, 422, 501]);

/** What container runtimes say when the program is not in the image. */
const NO_PROGRAM = /executable file not found|no such file or directory|exec format error|permission denied/i;

interface ExecTarget {
  namespace: string;
  name: string;
  container: string;
}

/**
 * Each item of argv reaches the container as it is: no shell takes part. Ending the connection does not end the
 * remote process, so the command must bound itself as well.
 *
 * Standard input is never closed before the command's end: v4 cannot, and v5 need not, because whoever reads it knows
 * where what was sent ends.
 * @throws KubernetesError: `unsupported` when the program is not in the image, `timeout`, `forbidden`, `failed` …;
 *   InputRefused
 */
export async function exec(
  api: Api,
  pod: ExecTarget,
  argv: readonly string[],
  options: ExecOptions,
  signal: AbortSignal,
): Promise<ExecResult> {
  const call: Call = {
    action: `exec in container "${checkedName(pod.container)}" of pod "${pod.name}" in namespace "${pod.namespace}"`,
    access: { verb: 'create', group: '', resource: 'pods/exec' },
  };
  const parameters = {
    container: pod.container,
    command: argv,
    stdin: options.stdin !== undefined,
    stdout: true,
    stderr: true,
    tty: false,
  };
  const path = `${podSubresource(pod, 'exec')}${query(parameters)}`;
  const progress: Progress = { phase: 'connecting', received: 0 };
  try {
    await orStopped(signal, () => api.credentials.identity());
    return await bounded(options.timeoutMs, signal, (inner) =>
      run(api, call, path, options, progress, inner),
    );
  } catch (error) {
    const failure = api.failures.thrown(call, error, progress, options.timeoutMs);
    throw options.stdin !== undefined && isInputRefused(failure, call) ? asInputRefused(failure) : failure;
  }
}

/** Forbidden by a rule of admission about standard input, rather than for want of a permission that the server names. */
function isInputRefused(failure: Error, { access }: Call): failure is KubernetesError {
  if (!(failure instanceof KubernetesError)) return false;
  if (failure.status === 403) return failure.access === undefined || failure.access === access;
  return failure.status !== undefined && REFUSED_INPUT.has(failure.status);
}

function asInputRefused({ why, message, status, access }: KubernetesError): InputRefused {
  return new InputRefused(why, message, status, access);
}

async function run(
  api: Api,
  call: Call,
  path: string,
  { maxBytes, stdin }: ExecOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExecResult> {
  const output: Record<number, Buffer[]> = { [STDOUT]: [], [STDERR]: [] };
  const text = (channel: number): string => Buffer.concat(output[channel] ?? []).toString('utf8');
  let onStatus: (frame: Buffer) => void = () => undefined;
  let onFailure: (error: Error) => void = () => undefined;
  const reported = new Promise<Buffer>((resolve, reject) => {
    onStatus = resolve;
    onFailure = reject;
  });
  // It may fail while the connection is still being opened, when no one waits for it yet.
  reported.catch(() => undefined);
  let webSocket: WebSocket | undefined;
  try {
    const handlers = {
      onData: (channel: number, data: Buffer) => {
        // The status is the last frame: servers send it when both outputs have ended.
        if (channel === STATUS) onStatus(data);
        output[channel]?.push(data);
        progress.received += data.length;
        if (progress.received > maxBytes) {
          onFailure(api.failures.of(call, 'failed', `the command printed more than ${maxBytes} bytes`));
        }
      },
      onEnd: (code: number) => {
        const cause = `the connection closed (code ${code}) before the command’s exit code came`;
        const failure = api.failures.of(call, 'failed', cause);
        onFailure(stdin === undefined ? failure : asInputRefused(failure));
      },
    };
    const onConnected = (): string => (progress.phase = 'waiting');
    webSocket = await openChannels(api, call, path, CHANNEL_PROTOCOLS, handlers, signal, onConnected);
    progress.phase = 'reading';
    if (stdin !== undefined) webSocket.send(Buffer.concat([Buffer.of(STDIN), Buffer.from(stdin)]));
    const frame = await orStopped(signal, () => reported);
    const result = { exitCode: exitCode(api, call, frame), stdout: text(STDOUT), stderr: text(STDERR) };
    // cri-dockerd reports a missing program as output and exit code 126 or 127 of a command that never ran.
    const start = `${result.stderr}${result.stdout}`.trimStart();
    if (result.exitCode >= 126 && start.startsWith('OCI runtime exec failed'))
      throw notStarted(api, call, start);
    return result;
  } finally {
    webSocket?.terminate();
  }
}

/** The exit code out of a Status (meta/v1) with reason NonZeroExitCode. @throws KubernetesError when there is none */
function exitCode(api: Api, call: Call, frame: Buffer): number {
  const status = parseStatus(frame);
  if (status?.status === 'Success') return 0;
  if (status?.status !== 'Failure') {
    throw api.failures.of(
      call,
      'failed',
      'the server reported the end of the command in a form that is not known',
    );
  }
  if (status.reason !== 'NonZeroExitCode') throw notStarted(api, call, asText(status.message));
  const details = status.details;
  const causes = isFields(details) && Array.isArray(details.causes) ? (details.causes as unknown[]) : [];
  const cause = causes.filter(isFields).find((one) => one.reason === 'ExitCode');
  const code = Number(cause?.message ?? Number.NaN);
  if (!Number.isInteger(code)) {
    throw api.failures.of(call, 'failed', 'the command failed, but the server did not report its exit code');
  }
  return code;
}

function parseStatus(frame: Buffer): Fields | undefined {
  try {
    const value = JSON.parse(frame.toString('utf8')) as unknown;
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function notStarted(api: Api, call: Call, message: string): KubernetesError {
  const why = NO_PROGRAM.test(message) ? 'unsupported' : 'failed';
  return api.failures.of(call, why, `the command could not be started: ${plainLine(message)}`);
}

/** Reads a file that a user named: bounded in size and time, and told apart from all that is no file. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from './errors.js';

/** Bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Milliseconds that a pipe (`--values <(sops -d values.yaml)`) may keep us waiting in all. */
const PIPE_TIMEOUT_MS = 10_000;
const PIPE_POLL_MS = 10;

/**
 * A file's text.
 * @throws ContractError when it is missing, unreadable, a directory, too large, or not UTF-8
 */
export async function readTextFile(path: string): Promise<string> {
  const fail = (message: string): never => {
    throw new ContractError([{ place: { source: path }, key: '', message }]);
  };
  let bytes: Buffer;
  try {
    bytes = await readBounded(path);
  } catch (error) {
    return fail(reason(error));
  }
  if (bytes.length > MAX_FILE_BYTES) return fail('is larger than 1 MiB, which no contract or values file is');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('is not UTF-8 text');
  }
}

/** At most one byte more than is allowed. */
async function readBounded(path: string): Promise<Buffer> {
  // Non-blocking, so that a pipe that nobody writes to cannot hang a thread that nothing can end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    const deadline = Date.now() + PIPE_TIMEOUT_MS;
    let length = 0;
    while (length < buffer.length) {
      const read = await readSome(file, buffer, length);
      if (read === 0) break;
      if (read !== undefined) length += read;
      else if (Date.now() > deadline) throw Object.assign(new Error(), { code: 'ETIMEDOUT' });
      else await sleep(PIPE_POLL_MS);
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Bytes read; undefined when a pipe has nothing yet. */
async function readSome(file: FileHandle, buffer: Buffer, offset: number): Promise<number | undefined> {
  try {
    return (await file.read(buffer, offset, buffer.length - offset, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory, expected a file',
  ENOTDIR: 'does not exist: part of the path is not a directory',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ELOOP: 'is a symbolic link that leads in a circle',
  ENAMETOOLONG: 'is too long for a path',
  ETIMEDOUT: `gave nothing for ${PIPE_TIMEOUT_MS / 1000} s`,
  ERR_INVALID_ARG_VALUE: 'is not a valid path',
};

function reason(error: unknown): string {
  const code = codeOf(error);
  return REASONS[code] ?? `cannot be read (${code})`;
}

function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

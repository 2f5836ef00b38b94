/** The texts that --manifests names: a file, every manifest below a folder (as `kubectl -R` takes them), or standard input. */
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ManifestError } from './manifest-error.js';

export interface ManifestText {
  /** As it is told: below the folder that was given. */
  file: string;
  text: string;
}

/** Bytes of all files together. Kubernetes refuses a single object of more than 1.5 MiB; CRDs come near it. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 5000;
const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);
/** Milliseconds without a byte after which nobody is taken to write to the pipe any more. */
const PIPE_TIMEOUT_MS = 60_000;
const STDIN_NAME = 'standard input';

const REASONS: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: part of the path is not a folder',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ELOOP: 'is a symbolic link that leads in a circle',
  ENAMETOOLONG: 'is too long for a path',
};

/**
 * @param given a file, a folder, or `-`
 * @throws ManifestError
 */
export async function readManifestTexts(
  given: string,
  stdin: AsyncIterable<Buffer | string> & { isTTY?: boolean } = process.stdin,
): Promise<ManifestText[]> {
  if (given === '-') return [{ file: STDIN_NAME, text: await readStdin(stdin) }];
  const found = await attempt(given, () => stat(given));
  if (!found.isDirectory()) return [{ file: given, text: await readFile(given, MAX_BYTES) }];
  const files = await below(given);
  if (files.some((file) => path.relative(given, file) === 'Chart.yaml'))
    throw new ManifestError(
      `${given} is a Helm chart, whose templates are not rendered yet: --chart ${given}`,
    );
  if (files.length === 0) throw new ManifestError(`${given} has no .yaml, .yml or .json file in it`);
  const texts: ManifestText[] = [];
  let left = MAX_BYTES;
  for (const file of files) {
    const text = await readFile(file, left);
    left -= Buffer.byteLength(text);
    texts.push({ file, text });
  }
  return texts;
}

/** In the order of kubectl: by name, a folder's files where the folder stands. Links to folders are not followed. */
async function below(folder: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    const entries = await attempt(directory, () => readdir(directory, { withFileTypes: true }));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        // What git and npm keep is nobody's manifest.
        if (entry.name !== '.git' && entry.name !== 'node_modules') await visit(at);
      } else if (EXTENSIONS.has(path.extname(entry.name))) files.push(at);
      if (files.length > MAX_FILES)
        throw new ManifestError(`${folder} has more than ${MAX_FILES} manifests in it`);
    }
  };
  await visit(folder);
  return files;
}

async function readFile(file: string, most: number): Promise<string> {
  const handle = await attempt(file, () => open(file));
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) throw tooMuch(file);
      chunks.push(chunk);
    }
    return decode(Buffer.concat(chunks), file);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    throw unreadable(file, error);
  } finally {
    await handle.close();
  }
}

async function readStdin(stdin: AsyncIterable<Buffer | string> & { isTTY?: boolean }): Promise<string> {
  if (stdin.isTTY === true)
    throw new ManifestError(
      'nothing is piped to standard input: kubectl kustomize DIR | todo-k8s verify --manifests -',
    );
  const chunks: Buffer[] = [];
  let length = 0;
  const iterator = stdin[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), timeout()]);
    if (next === 'late')
      throw new ManifestError(`${STDIN_NAME} gave nothing for ${PIPE_TIMEOUT_MS / 1000} s`);
    if (next.done === true) break;
    const chunk = Buffer.from(next.value);
    length += chunk.length;
    if (length > MAX_BYTES) throw tooMuch(STDIN_NAME);
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks), STDIN_NAME);
}

function timeout(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), PIPE_TIMEOUT_MS).unref());
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ManifestError(`${file} is not UTF-8 text`);
  }
}

function tooMuch(file: string): ManifestError {
  return new ManifestError(
    `${file}: the manifests are larger than ${MAX_BYTES / 1024 / 1024} MiB together; give those of the application alone`,
  );
}

async function attempt<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): ManifestError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new ManifestError(`${file} ${REASONS[code] ?? `cannot be read (${code})`}`);
}

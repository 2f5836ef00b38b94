/** Puts outputs where they belong: stdout or files. The only part of reporting that writes. */
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Report } from '../engine/report.js';
import { redactTexts } from '../evidence/redact-texts.js';
import { fileProblem, OutputError, RENDERERS, type Output, type Renderers } from './outputs.js';
import { fileStyle, type Style } from './style.js';
import type { Scope } from './releases.js';
import { measureFor } from './width.js';
import { printed, printedCommands, type Text } from './printed.js';

export interface WriteContext {
  stdout: NodeJS.WritableStream;
  /** How text looks on stdout. */
  style: Style;
  /** Removes secrets from a text. */
  redact: (text: string) => string;
  /** The file of GitHub's job summary ($GITHUB_STEP_SUMMARY), if there is one. */
  stepSummary: string | undefined;
}

/**
 * Renders the report in each format and writes it. Files first: a reader of stdout that goes away (`| head`) must not
 * cost the files.
 * @throws OutputError (4) when a file or stdout could not be written; the other outputs are written all the same
 */
export async function writeReport(
  report: Report,
  outputs: readonly Output[],
  context: WriteContext,
  renderers: Renderers = RENDERERS,
): Promise<void> {
  // Before escaping and wrapping change how a secret looks, and where its texts are still told from ids and names.
  const clean = redactTexts(report, context.redact);
  const measure = await measureFor(JSON.stringify(clean));
  const problems: OutputError[] = [];
  // Events were written while the run went on (events.ts).
  const atEnd = outputs.filter(({ format }) => format !== 'events');
  const byPlace = atEnd.sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
  for (const output of byPlace) {
    try {
      const style = { ...(output.file === undefined ? context.style : fileStyle()), measure };
      const text = await render(clean, output, style, context, renderers);
      if (output.file === undefined) await writeStdout(context.stdout, text);
      else writeFileAtomically(output.file, text, modeOf(output));
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw new OutputError(problems.map(({ message }) => message).join('; '), 4);
}

/** What several releases are shown in, all in one. */
export type Overview = 'text' | 'verdict' | 'name';

/**
 * Several releases on stdout: a table, its verdict alone, or names.
 * @throws OutputError (4) when stdout could not be written
 */
export async function writeOverview(
  reports: readonly Report[],
  overview: Overview,
  {
    scope,
    stdout,
    style,
    redact,
  }: Pick<WriteContext, 'style' | 'redact'> & { stdout: NodeJS.WriteStream; scope: Scope },
): Promise<void> {
  const clean = reports.map((report) => redactTexts(report, redact));
  const measured = { ...style, measure: await measureFor(JSON.stringify(clean)) };
  const { renderNamesOf, renderReleases, renderReleasesVerdict, rowOf } = await import('./releases.js');
  const text = {
    name: () => renderNamesOf(clean),
    verdict: () => renderReleasesVerdict(clean.map(rowOf), measured, scope),
    text: () => renderReleases(clean.map(rowOf), measured, { scope, isCut: stdout.isTTY }),
  }[overview]();
  await writeStdout(stdout, printed(text));
}

/** What collects metrics runs as a user of its own (node_exporter: textfile collector). */
function modeOf({ format }: Output): number | undefined {
  return format === 'prometheus' ? 0o644 : undefined;
}

async function render(
  report: Report,
  { format }: Output,
  style: Style,
  { stepSummary }: WriteContext,
  renderers: Renderers,
): Promise<Text> {
  const renderer = await renderers[format]?.(report);
  if (renderer) return printed(renderer(report, style));
  const markdown = await renderers.markdown?.(report);
  const github = report.diagnoses
    ? (await import('./doctor/github.js')).renderDoctorGithub
    : (await import('./github.js')).renderGithub;
  const { commands, summary } = github(report, markdown?.(report, style) ?? '');
  if (stepSummary) appendSummary(stepSummary, printed(summary));
  return printedCommands(commands);
}

/** Other steps of the job append to the same file. */
function appendSummary(file: string, text: Text): void {
  try {
    appendFileSync(file, `${text}\n`);
  } catch (error) {
    throw new OutputError(`cannot write the job summary ${file}: ${fileProblem(error)}`, 4);
  }
}

/**
 * Writes a file so that its name never shows a half-written one: a temporary file beside it, then a rename. Synchronous on purpose: no signal can come in between and leave the
 * temporary file behind.
 * @param mode less the process's umask; by default its owner's alone, because a report says much about a cluster
 * @throws OutputError (4)
 */
export function writeFileAtomically(
  file: string,
  text: Text | Iterable<Text | Uint8Array>,
  mode = 0o600,
): void {
  let temporary: string | undefined;
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    // A device, a pipe or a directory: no rename may take its place.
    if (existing && !existing.isFile()) {
      writeInPlace(file, text);
      return;
    }
    // Through a link, so that the link stays one.
    const target = existing ? realpathSync(file) : file;
    const name = `.${path.basename(target).slice(0, 100)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
    temporary = path.join(path.dirname(target), name);
    const descriptor = openSync(temporary, 'wx', mode);
    try {
      writeParts(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) unlinkQuietly(temporary);
    throw new OutputError(`cannot write ${file}: ${fileProblem(error)}`, 4);
  }
}

function writeParts(descriptor: number, text: Text | Iterable<Text | Uint8Array>): void {
  for (const part of typeof text === 'string' ? [text] : text) writeFileSync(descriptor, part);
}

function writeInPlace(file: string, text: Text | Iterable<Text | Uint8Array>): void {
  // Opening a pipe that nobody reads from would wait forever; this way it fails at once.
  closeSync(openSync(file, constants.O_WRONLY | constants.O_NONBLOCK));
  const descriptor = openSync(file, constants.O_WRONLY);
  try {
    writeParts(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

function unlinkQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never made, or its folder is gone: what made the write fail is what is told.
  }
}

/** Codes of a reader that went away. */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
const guarded = new WeakSet<NodeJS.WritableStream>();
/** Node forgets the error of stdout as soon as it has told it. */
const gone = new WeakSet<NodeJS.WritableStream>();

/** Whether whoever read the stream has gone (`| head`), as far as writing to it has shown. */
export function readerHasGone(stream: NodeJS.WritableStream): boolean {
  return gone.has(stream);
}

/**
 * Writes all of the text. A reader that went away is no error: it has what it wanted.
 * @throws OutputError (4) on any other failure, such as a full disk behind a redirection
 */
export function writeStdout(stream: NodeJS.WritableStream, text: Text): Promise<void> {
  if (!guarded.has(stream)) {
    guarded.add(stream);
    // The stream emits what it also tells the callback, and an error that nobody listens to ends the process; so does
    // the listener that oclif adds to stdout, which throws everything but EPIPE where nobody can catch it.
    stream.removeAllListeners('error').on('error', () => undefined);
  }
  return new Promise((resolve, reject) => {
    stream.write(text, 'utf8', (error?: (Error & { code?: string }) | null) => {
      if (error && GONE.has(error.code ?? '')) gone.add(stream);
      if (!error || gone.has(stream)) resolve();
      else reject(new OutputError(`cannot write to stdout: ${fileProblem(error)}`, 4));
    });
  });
}

/** Writes a line that is no result: what was recorded where, what went wrong. */
export function writeStderr(text: Text): void {
  process.stderr.write(text);
}

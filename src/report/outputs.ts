/** `-o`: which formats go where. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../engine/report.js';
import type { Style } from './style.js';

export const FORMATS = [
  'text',
  'wide',
  'json',
  'yaml',
  'junit',
  'markdown',
  'github',
  'html',
  'prometheus',
  'events',
  'name',
] as const;
/** Those of a load run, which is one table and not a list of suites. */
export const LOAD_FORMATS = [
  'text',
  'json',
  'yaml',
  'csv',
  'junit',
  'markdown',
  'github',
  'html',
  'prometheus',
  'events',
] as const;
/** `verdict` is what `-q` makes of `text`. */
export type Format = (typeof FORMATS)[number] | (typeof LOAD_FORMATS)[number] | 'verdict';

export interface Output {
  format: Format;
  /** Absolute path; undefined: stdout. */
  file: string | undefined;
}

/** An output that cannot be had. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  constructor(
    message: string,
    /** 2: what was asked for cannot be, known before the run. 4: writing failed when it came to it. Others: a signal. */
    readonly exitCode: 2 | 4 | 130 | 143,
  ) {
    super(message);
  }
}

/**
 * Reads the values of `-o`: `format`, `format=file`, or `format=-` for stdout. Files come in addition: where none
 * goes to stdout, text does.
 * @param cwd what relative paths are relative to
 * @param formats those that the command has
 * @throws OutputError (2) on an unknown format, a missing file name, or two outputs in one place
 */
export function parseOutputs(
  values: readonly string[],
  cwd: string,
  formats: readonly Format[] = FORMATS,
): Output[] {
  const outputs = values.map((value) => parseOutput(value, cwd, formats));
  const onStdout = outputs.filter(({ file }) => file === undefined);
  if (onStdout.length > 1) {
    const formats = onStdout.map(({ format }) => format).join(', ');
    throw usage(
      `-o: only one format can go to stdout, not ${formats}. Write the others to files: -o ${onStdout[1]?.format}=report.txt`,
    );
  }
  const seen = new Set<string>();
  for (const { file } of outputs) {
    if (file !== undefined && seen.has(file)) throw usage(`-o: ${file} is named twice`);
    if (file !== undefined) seen.add(file);
  }
  return onStdout.length === 0 ? [{ format: 'text', file: undefined }, ...outputs] : outputs;
}

function parseOutput(value: string, cwd: string, formats: readonly Format[]): Output {
  const equals = value.indexOf('=');
  const name = equals < 0 ? value : value.slice(0, equals);
  const format = formats.find((each) => each === name);
  if (!format) {
    throw usage(`-o: '${name}' is not a format. Allowed: ${formats.join(', ')}; each also as format=file`);
  }
  if (equals < 0) return { format, file: undefined };
  const file = value.slice(equals + 1);
  if (file === '') throw usage(`-o: a file name is missing after '${value}'`);
  if (file.includes('\0')) throw usage(`-o: the file name after '${format}=' has a NUL character in it`);
  return { format, file: file === '-' ? undefined : path.resolve(cwd, file) };
}

/**
 * `-q`: of the text on stdout only the verdict.
 * @throws OutputError (2) where something else goes there, which has no shorter form
 */
export function quieter(outputs: readonly Output[]): Output[] {
  return outputs.map((output) => {
    if (output.file !== undefined) return output;
    if (output.format !== 'text') throw usage(`-q and -o ${output.format} cannot be used together`);
    return { ...output, format: 'verdict' };
  });
}

function usage(message: string): OutputError {
  return new OutputError(message, 2);
}

/**
 * Finds out before the run, and without writing anything, what would fail after it.
 * @throws OutputError (2) where a file could not be written as things are now
 */
export function checkOutputs(outputs: readonly Partial<Output>[]): void {
  for (const { file } of outputs) {
    if (file === undefined) continue;
    try {
      const existing = statSync(file, { throwIfNoEntry: false });
      if (existing?.isDirectory()) throw usage(`cannot write ${file}: it is a directory`);
      // A device or pipe is written in place; anything else is replaced, for which the folder must be writable.
      accessSync(existing && !existing.isFile() ? file : path.dirname(file), constants.W_OK);
      if (!existing && !statSync(path.dirname(file)).isDirectory())
        throw usage(`cannot write ${file}: its parent is not a directory`);
    } catch (error) {
      throw error instanceof OutputError ? error : usage(`cannot write ${file}: ${fileProblem(error)}`);
    }
  }
}

const PROBLEMS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'its links go round in circles',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'the directory does not exist',
  ENOSPC: 'the disk is full',
  ENXIO: 'nobody reads from the pipe',
  ENOTDIR: 'its parent is not a directory',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
};

/** An error of the file system in words. */
export function fileProblem(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return PROBLEMS[code] ?? (code === '' ? String(error) : code);
}

/** By format; each loads its own code only when it is asked for, for the report that is to be rendered. */
export type Renderers = Partial<
  Record<Format, (report: Report) => Promise<(report: Report, style: Style) => string>>
>;

const json = async () => (await import('./json.js')).renderJson;
const yaml = async () => (await import('./yaml.js')).renderYaml;
const html = async () => (await import('./html/report.js')).renderHtml;
const prometheus = async () => (await import('./prometheus.js')).renderPrometheus;
const junit = async () => (await import('./junit.js')).renderJunit;

export const RENDERERS: Renderers = {
  text: async () => (await import('./text.js')).renderText,
  wide: async () => (await import('./text.js')).renderWide,
  markdown: async () => (await import('./markdown.js')).renderMarkdown,
  name: async () => (await import('./releases.js')).renderNames,
  verdict: async () => (await import('./verdict.js')).renderVerdict,
  json,
  yaml,
  junit,
  html,
  prometheus,
};

/** Those of a load run. Where nothing could be measured there is nothing but checks to tell of. */
export const LOAD_RENDERERS: Renderers = {
  text: async ({ load }) =>
    load ? (await import('./loadbalance/text.js')).renderLoadText : (await import('./text.js')).renderText,
  markdown: async ({ load }) =>
    load
      ? (await import('./loadbalance/markdown.js')).renderLoadMarkdown
      : (await import('./markdown.js')).renderMarkdown,
  html,
  prometheus,
  csv: async () => (await import('./loadbalance/csv.js')).renderLoadCsv,
  json,
  yaml,
  junit,
};

/** Those of `verify --diagnose`: the doctor's where something was found. */
export const DIAGNOSED_RENDERERS: Renderers = {
  ...RENDERERS,
  text: async ({ diagnoses }) =>
    diagnoses ? (await import('./doctor/text.js')).renderDoctorText : (await import('./text.js')).renderText,
  wide: async ({ diagnoses }) =>
    diagnoses ? (await import('./doctor/text.js')).renderDoctorWide : (await import('./text.js')).renderWide,
  markdown: async ({ diagnoses }) =>
    diagnoses
      ? (await import('./doctor/markdown.js')).renderDoctorMarkdown
      : (await import('./markdown.js')).renderMarkdown,
};

/** Those of a diagnosis; JSON, YAML and JUnit are the same documents with more in them. */
export const DOCTOR_RENDERERS: Renderers = {
  ...RENDERERS,
  text: async () => (await import('./doctor/text.js')).renderDoctorText,
  wide: async () => (await import('./doctor/text.js')).renderDoctorWide,
  markdown: async () => (await import('./doctor/markdown.js')).renderDoctorMarkdown,
};

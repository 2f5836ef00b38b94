/** `--record`: what was observed becomes a bundle. The same for every command. */
import type { Report } from '../engine/report.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import type { Packed } from '../evidence/bundle/pack.js';
import { OutputError } from '../report/outputs.js';
import { writeFileAtomically } from '../report/write.js';
import { anonymousOptions, publicArguments } from './command-line.js';
import type { Interruption } from './interruption.js';
import type { Release, Session } from './release.js';

/** Milliseconds of CPU that a bundle may still take once the run was interrupted: most take less. */
const GRACE_MS = 200;

export interface SaveInput {
  /** The bundle's file; replaced when it is there. */
  file: string;
  session: Pick<Session, 'redactor'>;
  interruption: Pick<Interruption, 'exitCode'>;
  release: Release;
  /** What was made of the evidence. */
  report: Report;
  argv: readonly string[];
  /** The options that name the target (`targetOptions`). */
  target: Record<string, string>;
  /** What a replay needs to be the same run. */
  options: Omit<RunOptions, 'target'>;
  /** Host names, addresses and user names become tokens by this key. */
  pseudonymKey?: Buffer;
  /** Bytes, unpacked. */
  maxBytes?: number;
  /** Keeps texts from which not every known value could be removed. */
  includeUnredacted?: boolean;
}

/**
 * Writes the bundle of a run, atomically and readable by its owner alone.
 * @throws OutputError when the file cannot be written (4), or the run was interrupted and the bundle is a long one (130, 143)
 */
export async function saveBundle(input: SaveInput): Promise<Packed> {
  const { report, release, session } = input;
  const { recorder, resolved, target } = release;
  if (!recorder) throw new Error('nothing was recorded');
  const { ledger } = recorder;
  const [{ packBundle }, { sampleLines }] = await Promise.all([
    import('../evidence/bundle/pack.js'),
    import('../report/loadbalance/samples.js'),
  ]);
  const isAnonymous = input.pseudonymKey !== undefined;
  const startedAt = Date.parse(report.startedAt);
  const packed = await packBundle({
    recording: recorder.recording,
    redactor: session.redactor,
    pseudonymKey: input.pseudonymKey,
    maxBytes: input.maxBytes,
    mayGoOn: untilInterrupted(input),
    includeUnredacted: input.includeUnredacted,
    samples: ledger && (() => sampleLines(ledger)),
    head: {
      tool: report.tool,
      run: {
        command: report.command,
        // A command line may name users and files of theirs.
        arguments: isAnonymous ? [] : publicArguments(input.argv),
        options: { ...input.options, target: isAnonymous ? anonymousOptions(input.target) : input.target },
      },
      startedAt: report.startedAt,
      finishedAt: new Date(startedAt + report.durationMs).toISOString(),
      judgedAt: new Date(recorder.judgedAt).toISOString(),
      target,
      contract: resolved.contract,
      origins: Object.fromEntries(resolved.origins),
      notices: report.notices,
      result: { exitCode: report.exitCode, summary: { ...report.summary } },
    },
  });
  writeFileAtomically(input.file, packed.bytes);
  return packed;
}

function untilInterrupted({ interruption, file }: SaveInput): () => void {
  let heard: NodeJS.CpuUsage | undefined;
  return () => {
    if (interruption.exitCode === undefined) return;
    heard ??= process.cpuUsage();
    const { user, system } = process.cpuUsage(heard);
    if (user + system > GRACE_MS * 1000)
      throw new OutputError(`interrupted: ${file} was not written`, interruption.exitCode);
  };
}

/** What `--record` says when it is done. */
export function savedLine(file: string, { manifest, bytes }: Packed): string {
  const size = bytes.reduce((sum, part) => sum + part.length, 0);
  const hidden = manifest.redactions.reduce((sum, { count }) => sum + count, 0);
  const left = manifest.leftOut.length > 0 ? `; left out: ${manifest.leftOut.join(', ')}` : '';
  return `Recorded in ${file} (${kibibytes(size)}): ${hidden} secret ${hidden === 1 ? 'value' : 'values'} left out${left}\n`;
}

export function kibibytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

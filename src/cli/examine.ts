/** What `verify` and `doctor` do alike: open a session, look at each release, show reports, and again with --watch. */
import { openSessionAloud } from './waiting.js';
import type { Config } from '@oclif/core';
import type { EngineEvent, Report } from '../engine/report.js';
import type { RunOptions } from '../evidence/bundle/manifest.js';
import { mapLimited } from '../evidence/concurrency.js';
import type { EventStream } from '../report/events.js';
import { createLive } from '../report/live.js';
import { checkOutputs, parseOutputs, quieter, type Output, type Renderers } from '../report/outputs.js';
import { createProgress } from '../report/progress.js';
import type { Style } from '../report/style.js';
import { clientOptions } from './client-options.js';
import { targetOptions } from './command-line.js';
import { flagsFor } from './following.js';
import { streamStyle } from './stream-style.js';
import {
  readerHasGone,
  writeOverview,
  writeReport,
  writeStderr,
  writeStdout,
  type Overview,
} from '../report/write.js';
import { Interruption, sleep } from './interruption.js';
import { readPseudonymKey } from './pseudonym-key.js';
import { saveBundle, savedLine } from './recording.js';
import { limitForAll, within } from '../time-limit.js';
import { areSeveral, CONCURRENT_RELEASES, type Release, type Session, type SessionFlags } from './release.js';
import { UsageError } from './usage-error.js';
import { WatchClock } from './watch-clock.js';
import { printed, printedLine } from '../report/printed.js';
import { keepHeapSmall } from '../small-heap.js';
import { FAILURE } from './failure.js';

/** Milliseconds between two reports of --watch. */
const WATCH_STEP_MS = 5000;
/** What --all-releases replaces in the name of an output file. */
const RELEASE_PLACE = '{release}';

export interface ExamineFlags extends SessionFlags {
  output?: string[];
  color?: boolean;
  ascii?: boolean;
  quiet?: boolean;
  watch: boolean;
  /** Milliseconds of --wait. */
  wait?: number;
  record?: string;
  pseudonymize?: boolean;
  'include-unredacted'?: boolean;
  publish?: string[];
  'publish-template'?: string;
}

export interface Looked {
  report: Report;
  /** What a replay needs to be the same run. */
  options: RunOptions;
}

export interface Examination {
  flags: ExamineFlags;
  /** As it was typed, for --record. */
  argv: readonly string[];
  config: Pick<Config, 'version' | 'dataDir'>;
  /** As the report names it. */
  command: string;
  /** Looks at one release. */
  look: (
    release: Release,
    hooks: { interruption: Interruption; bound: AbortSignal; emit: (event: EngineEvent) => void },
  ) => Promise<Looked>;
  renderers?: Renderers;
  /** With --watch: whether these reports are what was waited for. */
  enough?: (reports: readonly Report[]) => boolean;
}

/**
 * Sets the process's exit code: the worst of the reports', or the interrupting signal's.
 * @throws UsageError, ContractError, KubeconfigError, OutputError for the base command to say
 */
export async function examine(examination: Examination): Promise<void> {
  const { flags, argv, config, command, look, renderers, enough } = examination;
  const asked = parseOutputs(flags.output ?? [], process.cwd());
  const all = flags.quiet ? quieter(asked) : asked;
  const { outputs, overview } = areSeveral(flags) ? apart(all) : { outputs: all };
  checkOutputs([...outputs, { file: flags.record }]);
  const publisher = await publisherOf(flags);
  const { env, stderr, stdout } = process;
  const style = (stream: NodeJS.WriteStream) => streamStyle(stream, flags);
  // Lines of --verbose and a live display would write over each other.
  const isTTY = stderr.isTTY && !flags.verbose;
  const live = createLive({ screen: stderr, isTTY, style: style(stderr), env });

  const interruption = new Interruption();
  let session: Session | undefined;
  const streams = new Map<Release, EventStream>();
  try {
    session = await openSessionAloud(flags, interruption.signal);
    if (session.releases.length > 1) requirePlaces(outputs, flags.record);
    keepHeapSmall({ releases: session.releases.length });
    for (const release of session.releases) {
      const stream = await openStream(outputs.map(placed(release, flags)), release, session, {
        version: config.version,
        command,
      });
      if (stream) streams.set(release, stream);
    }
    let watching: boolean;
    const clock = flags.watch && stdout.isTTY ? new WatchClock() : undefined;
    do {
      const { releases } = session;
      const isOne = releases.length === 1;
      const limit = within(
        limitForAll(releases.length) + (flags.wait ?? 0),
        interruption.signal,
        `looking at ${releases.length} releases`,
      );
      const progress = isOne ? undefined : createProgress(stderr, isTTY, style(stderr), env);
      let done = 0;
      const looks = await mapLimited(releases, CONCURRENT_RELEASES, async (release) => {
        const stream = streams.get(release);
        const emit = (event: EngineEvent) => {
          // Of several side by side each event would be written over the one of another.
          if (isOne) live?.onEvent(event);
          stream?.onEvent(event);
        };
        // A single release has a bound of its own.
        const bound = isOne ? interruption.signal : limit.signal;
        const looked = await look(release, { interruption, bound, emit });
        // Whoever follows many learns of each as soon as it is judged.
        if (!isOne) await stream?.onReport(looked.report);
        done += 1;
        progress?.show(command, done, releases.length, []);
        return { release, ...looked };
      }).finally(() => {
        limit.dispose();
        progress?.stop();
      });
      live?.stop();
      if (clock !== undefined) stdout.write('\u001b[H\u001b[2J\u001b[3J');
      for (const { release, report, options } of looks) {
        const shown = {
          report,
          outputs: outputs.map(placed(release, flags)),
          stream: isOne ? streams.get(release) : undefined,
        };
        await show(shown, style(stdout), session, renderers);
        const { file } = placed(release, flags)({ file: flags.record });
        if (file === undefined) continue;
        const packed = await saveBundle({
          ...{ file, session, interruption, release, report, argv, options },
          target: targetOptions(flagsFor(release.target, flags)),
          includeUnredacted: flags['include-unredacted'],
          pseudonymKey: flags.pseudonymize ? readPseudonymKey(config.dataDir) : undefined,
        });
        writeStderr(printed(savedLine(file, packed)));
      }
      const seen = looks.map(({ report }) => report);
      if (overview !== undefined)
        await writeOverview(seen, overview, {
          scope: { found: session.found ?? seen.length, shard: flags.shard },
          stdout,
          style: style(stdout),
          redact: session.redactor.redact,
        });
      if (clock !== undefined) {
        const named = looks.map(({ release, report }) => ({ name: nameOf(release.target), report }));
        await writeStdout(stdout, printedLine(clock.line(named, Date.now(), style(stdout).symbols)));
      }
      process.exitCode = interruption.exitCode ?? worst(seen.map(({ exitCode }) => exitCode));
      // What an interrupted run saw is not how things are.
      if (
        interruption.exitCode === undefined &&
        (await publisher?.(looks, session, interruption.signal)) === false
      )
        process.exitCode = FAILURE;
      watching = flags.watch && !readerHasGone(stdout) && enough?.(seen) !== true;
      if (watching) await sleep(WATCH_STEP_MS, interruption.signal);
    } while (watching && interruption.exitCode === undefined);
    if (interruption.exitCode !== undefined) process.exitCode = interruption.exitCode;
  } finally {
    live?.stop();
    for (const stream of streams.values()) stream.close();
    await session?.close();
    interruption.dispose();
  }
}

/** Puts reports where `--publish` says. @returns whether all of them arrived; what did not is told */
type Publisher = (
  looks: readonly { release: Release; report: Report }[],
  session: Session,
  signal: AbortSignal,
) => Promise<boolean>;

/** @throws UsageError for a target that is none */
async function publisherOf(flags: ExamineFlags): Promise<Publisher | undefined> {
  if (flags.publish === undefined) return undefined;
  const { publishTargets } = await import('./publish-targets.js');
  const targets = publishTargets(flags.publish, flags['publish-template'], process.env);
  const inCluster = targets.find(({ kind }) => kind === 'report' || kind === 'event');
  if (flags.lab !== undefined && inCluster !== undefined)
    throw new UsageError(
      `--publish ${inCluster.kind} writes to a cluster, and --lab is gone when the run ends`,
    );
  const { publish } = await import('../publish/publish.js');
  return async (looks, { redactor }, signal) => {
    const problems: string[] = [];
    // Of a cluster that could not be asked there is nothing to tell there.
    const seen = looks.filter(({ release }) => release.target.server !== '');
    // Each result goes to the cluster that it is of.
    for (const context of new Set(seen.map(({ release }) => release.shell.context))) {
      const there = seen.filter(({ release }) => release.shell.context === context);
      const told = there.map(({ report, release }) => ({
        report,
        deployment: release.target.names.deployment,
      }));
      const connection = clientOptions({ ...flags, context });
      problems.push(...(await publish(targets, told, { connection, redact: redactor.redact, signal })));
    }
    for (const problem of problems) writeStderr(printedLine(`todo-k8s: ${problem}`));
    return problems.length === 0;
  };
}

/**
 * The event streams of one release, where some were asked for.
 * @throws OutputError (2) when a file cannot be opened
 */
export async function openStream(
  outputs: readonly Output[],
  { target }: Release,
  { redactor }: Session,
  { version, command }: { version: string; command: string },
): Promise<EventStream | undefined> {
  if (!outputs.some(({ format }) => format === 'events')) return undefined;
  const { EventStream } = await import('../report/events.js');
  const { redact } = redactor;
  return new EventStream(outputs, { stdout: process.stdout, redact, version, command, target });
}

async function show(
  { report, outputs, stream }: { report: Report; outputs: Output[]; stream: EventStream | undefined },
  style: Style,
  session: Session,
  renderers: Renderers | undefined,
): Promise<void> {
  const context = {
    stdout: process.stdout,
    style,
    redact: session.redactor.redact,
    stepSummary: process.env.GITHUB_STEP_SUMMARY,
  };
  try {
    await writeReport(report, outputs, context, renderers);
  } finally {
    await stream?.onReport(report);
  }
}

/** What is shown of several releases in one, apart from what is written of each. */
function apart(outputs: readonly Output[]): { outputs: Output[]; overview: Overview | undefined } {
  const isOverview = (format: string): format is Overview => ['text', 'verdict', 'name'].includes(format);
  const [own] = outputs.flatMap(({ file, format }) =>
    file === undefined && isOverview(format) ? [format] : [],
  );
  return {
    outputs: outputs.filter(({ file, format }) => file !== undefined || format !== own),
    overview: own,
  };
}

/** A failure outranks what could not be determined. */
function worst(codes: number[]): number {
  return [4, 1, 3].find((code) => codes.includes(code)) ?? 0;
}

function requirePlaces(outputs: readonly Output[], record: string | undefined): void {
  if (record?.includes(RELEASE_PLACE) === false) {
    throw new UsageError(`--record: with several releases the file's name must have ${RELEASE_PLACE} in it`);
  }
  const clash = outputs.find(({ file }) => file !== undefined && !file.includes(RELEASE_PLACE));
  if (clash) {
    throw new UsageError(
      `-o ${clash.format}: with several releases the file's name must have ${RELEASE_PLACE} in it`,
    );
  }
}

/** Puts the release's name into the name of a file. */
function placed(
  release: Release,
  flags: ExamineFlags,
): <T extends { file?: string | undefined }>(output: T) => T {
  const { context, namespace, names } = release.target;
  const own = release.target.release ?? names.deployment;
  // The same release may be in several namespaces, and in several clusters.
  const isListed = flags['releases-from'] !== undefined;
  const parts = [
    ...(flags.contexts !== undefined || isListed ? [context.replace(/[^\w.@-]/g, '_')] : []),
    ...(flags['all-namespaces'] || isListed ? [namespace] : []),
    own,
  ];
  const name = parts.join('-');
  return (output) => ({ ...output, file: output.file?.replaceAll(RELEASE_PLACE, name) });
}

/** As no other release of the cluster is called. */
function nameOf({ namespace, release, names }: Release['target']): string {
  return `${namespace}/${release ?? names.deployment}`;
}

/** `-o events`: what happens while a run goes on, as JSON Lines (docs/events.schema.json), and the report at its end. */
import { constants, closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import type { Suite } from '../checks/check.js';
import type { CheckResult, EngineEvent, Report } from '../engine/report.js';
import type { LoadProgress } from '../load/plan.js';
import { redactTexts } from '../evidence/redact-texts.js';
import { safeJson } from './escape.js';
import { publicCheck, publicReport } from './json.js';
import { fileProblem, OutputError, type Output } from './outputs.js';
import { writeStdout } from './write.js';
import { printed, type Text } from './printed.js';

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 500;

/** What every line says: which version of the schema, when, and of which run. */
interface Stamp {
  schemaVersion: 1;
  /** RFC 3339. */
  at: string;
  command: string;
  /** kubeconfig context, or `in-cluster`. */
  context: string;
  namespace: string;
  release: string | null;
}

/** One line. A reader skips types that it does not know. */
export type StreamEvent = Stamp &
  (
    | {
        /** Again for each observation of --wait and --watch. */
        type: 'run-started';
        tool: { name: 'todo-k8s'; version: string };
        checks: { id: string; suite: Suite; title: string }[];
      }
    | { type: 'check-finished'; check: CheckResult }
    | {
        type: 'progress';
        completed: number;
        /** null: as many as the time allows. */
        requests: number | null;
        errors: number;
        elapsedMs: number;
        pods: { pod: string; requests: number }[];
      }
    | { type: 'report'; report: Report }
  );

type Told<T> = T extends StreamEvent ? Omit<T, keyof Stamp> : never;

export interface EventStreamInput {
  stdout: NodeJS.WritableStream;
  redact: (text: string) => string;
  version: string;
  command: string;
  target: { context: string; namespace: string; release?: string | undefined };
}

/** The streams of one release: as many as were asked for, all with the same lines. */
export class EventStream {
  readonly #sinks: readonly Sink[];
  #toldProgressAt = -Infinity;

  /**
   * Opens the files; what was in them is gone.
   * @param outputs those of the release; formats other than events are not this class's
   * @throws OutputError (2) when a file cannot be opened: known before the run
   */
  constructor(
    outputs: readonly Output[],
    private readonly input: EventStreamInput,
  ) {
    this.#sinks = outputs
      .filter(({ format }) => format === 'events')
      .map(({ file }) => (file === undefined ? new StdoutSink(input.stdout) : new FileSink(file)));
  }

  /** Give it every event of the engine, in order. */
  onEvent(event: EngineEvent): void {
    if (event.type === 'run-started') {
      const { version } = this.input;
      const tool = { name: 'todo-k8s' as const, version };
      this.#tell({ type: 'run-started', tool, checks: event.checks });
    } else if (event.type === 'check-finished') {
      this.#tell({ type: 'check-finished', check: publicCheck(event.result) });
    }
  }

  /** Tells how far requests are; not more often than a reader can follow. */
  onProgress({ completed, requests, errors, elapsedMs, pods }: LoadProgress): void {
    const now = performance.now();
    const isLast = completed === requests;
    if (!isLast && now - this.#toldProgressAt < PROGRESS_MS) return;
    this.#toldProgressAt = now;
    this.#tell({
      type: 'progress',
      completed,
      requests: requests ?? null,
      errors,
      elapsedMs: Math.round(elapsedMs),
      pods,
    });
  }

  /** Resolves when the lines are written. @throws OutputError (4) when some could not be */
  async onReport(report: Report): Promise<void> {
    this.#tell({ type: 'report', report: publicReport(report) });
    const problems = await Promise.all(this.#sinks.map((sink) => sink.flushed()));
    const known = problems.filter((problem) => problem !== undefined);
    if (known.length > 0) throw new OutputError(known.map(({ message }) => message).join('; '), 4);
  }

  /** Closes the files. May be called at any time and again. */
  close(): void {
    for (const sink of this.#sinks) sink.close();
  }

  #tell(told: Told<StreamEvent>): void {
    const { command, target, redact } = this.input;
    const stamp: Stamp = {
      schemaVersion: 1,
      at: new Date().toISOString(),
      command,
      context: target.context,
      namespace: target.namespace,
      release: target.release ?? null,
    };
    const { type, ...rest } = told;
    // Before escaping changes how a secret looks.
    const safe = printed(`${safeJson(JSON.stringify(redactTexts({ type, ...stamp, ...rest }, redact)))}\n`);
    for (const sink of this.#sinks) sink.write(safe);
  }
}

interface Sink {
  write(line: Text): void;
  /** Resolves when everything is written, with what went wrong. */
  flushed(): Promise<OutputError | undefined>;
  close(): void;
}

class StdoutSink implements Sink {
  #written: Promise<void> = Promise.resolve();
  #problem: OutputError | undefined;

  constructor(private readonly stream: NodeJS.WritableStream) {}

  write(line: Text): void {
    this.#written = this.#written
      .then(() => writeStdout(this.stream, line))
      .catch((error: unknown) => {
        if (!(error instanceof OutputError)) throw error;
        this.#problem ??= error;
      });
  }

  async flushed(): Promise<OutputError | undefined> {
    await this.#written;
    return this.#problem;
  }

  close(): void {
    // stdout is the process's.
  }
}

/** Written in place, line by line, so that it can be followed; each line in one call, so that none is seen in part. */
class FileSink implements Sink {
  readonly #descriptor: number;
  #isOpen = true;
  #problem: OutputError | undefined;

  constructor(private readonly file: string) {
    try {
      // Not blocking: opening a pipe that nobody reads from would wait forever.
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK;
      this.#descriptor = openSync(file, flags, 0o600);
      if (fstatSync(this.#descriptor).isFile()) {
        // As other outputs: what it says of a cluster is its owner's alone.
        fchmodSync(this.#descriptor, 0o600);
        ftruncateSync(this.#descriptor);
      }
    } catch (error) {
      throw new OutputError(`cannot write ${file}: ${fileProblem(error)}`, 2);
    }
  }

  write(line: Text): void {
    if (this.#problem || !this.#isOpen) return;
    try {
      writeFileSync(this.#descriptor, line);
    } catch (error) {
      this.#problem = new OutputError(`cannot write ${this.file}: ${fileProblem(error)}`, 4);
    }
  }

  flushed(): Promise<OutputError | undefined> {
    return Promise.resolve(this.#problem);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

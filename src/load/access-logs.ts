/** Finds a run's requests in the pods' access logs, while it goes on and after it. */
import { containerName } from '../contract/target.js';
import { mapLimited } from '../evidence/concurrency.js';
import type { FactContext } from '../evidence/fact-context.js';
import { TAIL_LINES as PART_LINES } from '../evidence/log-parts.js';
import { KubernetesError } from '../evidence/kubernetes/client.js';
import type { Pod } from '../evidence/objects.js';
import { backendContainer, statusOf } from '../evidence/pod-state.js';
import type { Ledger } from './ledger.js';
import type { Nonce } from './nonce.js';

/** Logs that are read at a time. */
const CONCURRENT = 6;
/** Bytes of one page of a log; larger ones are asked for where a single second fills it. */
const PAGE_BYTES = 4 << 20;
const MAX_PAGE_BYTES = 64 << 20;
/** Pages of one log that are read in one look. */
const MAX_PAGES = 200;
/** Enough of a last line to hold its timestamp. */
const STAMP_BYTES = 1024;
/** Lines from the end where it is not known since when to read. */
const TAIL_LINES = 5000;

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/;

interface Log {
  /** Timestamp of the last line seen, by the clock of the pod's node: no other clock need agree with it. */
  since: string | undefined;
  /** Why it could not be read when it was last tried. */
  trouble: string | undefined;
  /** Any of the run's requests was in it. */
  hasMarks: boolean;
}

/** Where each pod's log ended at a moment: the timestamp of its last line, undefined for an empty one. */
export type LogEnds = ReadonlyMap<string, string | undefined>;

/** Where the logs end now, so that later only what comes after has to be read. Without those that cannot be read. */
export async function readLogEnds(context: FactContext, pods: readonly Pod[]): Promise<LogEnds> {
  const ends = new Map<string, string | undefined>();
  await mapLimited(
    pods.filter((pod) => hasLog(context, pod)),
    CONCURRENT,
    async (pod) => {
      if (context.signal.aborted) return;
      try {
        const { text } = await readLog(context, pod, { tailLines: 1, limitBytes: STAMP_BYTES });
        ends.set(pod.metadata.name, STAMP.exec(text)?.[0]);
      } catch (error) {
        // Why it cannot be read is told when it is needed.
        if (!(error instanceof KubernetesError)) throw error;
      }
    },
  );
  return ends;
}

export class AccessLogs {
  /** Requests that stand in the logs of two pods. */
  conflicts = 0;
  readonly #logs = new Map<string, Log>();

  /** @param ends where the logs ended before the first request; undefined: not known, so their last lines must do */
  constructor(
    private readonly context: FactContext,
    private readonly nonce: Nonce,
    private readonly ledger: Ledger,
    private readonly ends: LogEnds | undefined,
  ) {}

  /** Reads what has come since the last look. */
  async look(pods: readonly Pod[]): Promise<void> {
    const started = pods.filter((pod) => hasLog(this.context, pod));
    await mapLimited(started, CONCURRENT, async (pod) => {
      const { name } = pod.metadata;
      const log = this.#logs.get(name) ?? {
        since: this.ends?.get(name),
        trouble: undefined,
        hasMarks: false,
      };
      this.#logs.set(name, log);
      try {
        await this.#readOn(pod, log);
        log.trouble = undefined;
      } catch (error) {
        if (!(error instanceof KubernetesError)) throw error;
        log.trouble =
          error.status === 404
            ? `pod ${name} is gone, and its log with it`
            : `the log of pod ${name} could not be read: ${this.context.hider.line(error.message)}`;
      }
    });
  }

  /** Whether no log at all could be read. */
  get areClosed(): boolean {
    return this.#logs.size > 0 && [...this.#logs.values()].every(({ trouble }) => trouble !== undefined);
  }

  /**
   * Whether responses that are not attributed may be of these pods. They are not where each of these logs was read
   * and shows requests, while another pod's log is gone.
   */
  mayConcern(pods: readonly string[]): boolean {
    const concerned = new Set(pods);
    const others = [...this.#logs].filter(([name]) => !concerned.has(name));
    const isExplained = others.some(([, { trouble }]) => trouble !== undefined);
    const areWhole = pods.every((name) => {
      const log = this.#logs.get(name);
      return log?.trouble === undefined && log?.hasMarks === true;
    });
    return !(isExplained && areWhole);
  }

  /** Why responses are not attributed although logs were read. */
  reason(): string {
    const logs = [...this.#logs.values()];
    const trouble = logs.find((log) => log.trouble !== undefined)?.trouble;
    if (trouble !== undefined) return trouble;
    const { name } = this.context.contract.backend.container;
    if (logs.every(({ hasMarks }) => !hasMarks)) {
      return `the log of no pod shows any of the requests: container ${name} writes no access log, or one without the query`;
    }
    return 'no pod’s log shows them: the lines have rotated away or came too late, or something else answered';
  }

  async #readOn(pod: Pod, log: Log): Promise<void> {
    if (log.since === undefined && (await this.#readParts(pod, log))) return;
    let limitBytes = PAGE_BYTES;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { since } = log;
      // An empty log has no last line: then all of it is new. Where none was marked, the end must do.
      const from = since !== undefined ? { sinceTime: since } : this.ends ? {} : { tailLines: TAIL_LINES };
      const { text, truncated } = await readLog(this.context, pod, { ...from, limitBytes });
      this.#scan(text, pod, log);
      log.since = lastStamp(text) ?? since;
      if (!truncated) return;
      // The API knows times to the second: the next page begins with the second that this one ended in.
      if (log.since?.slice(0, 19) === since?.slice(0, 19)) {
        if (limitBytes >= MAX_PAGE_BYTES) return;
        limitBytes *= 4;
      }
    }
  }

  /**
   * For one of many releases: the beginning of the log, and its end where it has more, as the log is read to be judged.
   * @returns whether that was all of it
   */
  async #readParts(pod: Pod, log: Log): Promise<boolean> {
    const { logParts, signal } = this.context;
    if (logParts === undefined) return false;
    const container = containerOf(this.context, pod);
    let part = await logParts.read(container, undefined, signal);
    this.#scan(part.text, pod, log);
    if (part.truncated) {
      part = await logParts.read(container, PART_LINES[0], signal);
      this.#scan(part.text, pod, log);
    }
    log.since = lastStamp(part.text);
    return !part.truncated;
  }

  #scan(text: string, pod: Pod, log: Log): void {
    this.nonce.scan(text, (index) => {
      if (index >= this.ledger.capacity) return;
      log.hasMarks = true;
      if (!this.ledger.attribute(index, pod.metadata.name)) this.conflicts += 1;
    });
  }
}

/** A container that never ran has no log, and served nothing. */
function hasLog(context: FactContext, pod: Pod): boolean {
  const container = backendContainer(pod, containerName(context))?.name ?? '';
  const status = statusOf(pod, container);
  return (status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated) !== undefined;
}

function readLog(
  context: FactContext,
  pod: Pod,
  options: { tailLines?: number; sinceTime?: string; limitBytes: number },
): Promise<{ text: string; truncated: boolean }> {
  return context.client.logs(containerOf(context, pod), options, context.signal);
}

function containerOf(context: FactContext, pod: Pod): Parameters<FactContext['client']['logs']>[0] {
  const container = backendContainer(pod, containerName(context))?.name ?? '';
  return { namespace: context.target.namespace, name: pod.metadata.name, container };
}

/** The timestamp of the last line that is whole. */
function lastStamp(text: string): string | undefined {
  const end = text.lastIndexOf('\n');
  const begin = text.lastIndexOf('\n', end - 1) + 1;
  return end < 0 ? undefined : STAMP.exec(text.slice(begin, begin + 40))?.[0];
}

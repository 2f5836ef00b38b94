/** The log of one run of a container, as the kubelet serves it. */
import { nanos, preciseNow } from './clock.js';

export interface LogEntry {
  /** Milliseconds since the epoch, with a fraction. */
  ms: number;
  text: string;
}

export interface LogQuery {
  tailLines?: number;
  /** Milliseconds since the epoch. */
  sinceMs?: number;
  timestamps?: boolean;
  limitBytes?: number;
}

/** The kubelet's containerLogMaxSize: what is older has rotated away. */
const MAX_BYTES = 10 * 1024 * 1024;

export class ContainerLog {
  #entries: LogEntry[] = [];
  #bytes = 0;
  readonly #followers = new Set<(entry: LogEntry) => void>();

  /** @param ms when it was written; now when left out */
  append(text: string, ms = preciseNow()): void {
    const entry = { ms, text };
    this.#entries.push(entry);
    this.#bytes += text.length;
    if (this.#bytes > MAX_BYTES) this.rotate(Math.ceil(this.#entries.length / 2));
    for (const follower of this.#followers) follower(entry);
  }

  /** Rewrites what was written so far. */
  replace(pattern: RegExp, by: string): void {
    this.#entries = this.#entries.map(({ ms, text }) => ({ ms, text: text.replace(pattern, by) }));
  }

  /** Loses all but the newest `keep` lines. */
  rotate(keep: number): void {
    this.#entries = keep > 0 ? this.#entries.slice(-keep) : [];
    this.#bytes = this.#entries.reduce((sum, entry) => sum + entry.text.length, 0);
  }

  /** The text of a log request without `follow`; `limitBytes` cuts its end, as the kubelet does. */
  read(query: LogQuery): string {
    const text = this.#select(query)
      .map((entry) => line(entry, query.timestamps ?? false))
      .join('');
    if (query.limitBytes === undefined) return text;
    return Buffer.from(text).subarray(0, query.limitBytes).toString('utf8');
  }

  /** Calls `send` with what is there and then with each new line. @returns ends it */
  follow(query: LogQuery, send: (text: string) => void): () => void {
    send(this.read(query));
    const follower = (entry: LogEntry) => send(line(entry, query.timestamps ?? false));
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #select({ sinceMs, tailLines }: LogQuery): LogEntry[] {
    const recent =
      sinceMs === undefined ? this.#entries : this.#entries.filter((entry) => entry.ms >= sinceMs);
    if (tailLines === undefined) return recent;
    return tailLines > 0 ? recent.slice(-tailLines) : [];
  }
}

function line({ ms, text }: LogEntry, timestamps: boolean): string {
  return timestamps ? `${nanos(ms)} ${text}\n` : `${text}\n`;
}

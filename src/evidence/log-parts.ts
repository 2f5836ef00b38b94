/**
 * One reading of each log for all who want its beginning or end, for a run over many releases: what was read once is kept
 * until it was taken, so that finding a load run's requests and judging the log cost one call and not three.
 */
import type { KubernetesClient } from './kubernetes/client.js';

/** Bytes from the beginning of a log, where the application tells how it started. */
export const HEAD_BYTES = 384 * 1024;

/** Bytes from its end; with the head no more than 1 MiB for a pod. */
export const TAIL_BYTES = 640 * 1024;

/** Lines asked for from the end, the fewer the longer they turn out to be. */
export const TAIL_LINES = [4000, 400, 40];

export interface LogPart {
  text: string;
  /** There is more of it than was asked for. */
  truncated: boolean;
}

type Container = Parameters<KubernetesClient['logs']>[0];

export class LogParts {
  readonly #kept = new Map<string, LogPart>();

  constructor(private readonly client: Pick<KubernetesClient, 'logs'>) {}

  /** Reads a part now, and keeps it for whoever takes it. @throws KubernetesError */
  async read(container: Container, lines: number | undefined, signal: AbortSignal): Promise<LogPart> {
    const part = await this.client.logs(container, partOptions(lines), signal);
    this.#kept.set(keyOf(container, lines), part);
    return part;
  }

  /** What was kept, once; else read now. @throws KubernetesError */
  async take(container: Container, lines: number | undefined, signal: AbortSignal): Promise<LogPart> {
    const key = keyOf(container, lines);
    const kept = this.#kept.get(key);
    if (kept === undefined) return this.client.logs(container, partOptions(lines), signal);
    this.#kept.delete(key);
    return kept;
  }
}

/** @param lines from the end; undefined: the beginning */
export function partOptions(lines: number | undefined): { limitBytes: number; tailLines?: number } {
  return lines === undefined ? { limitBytes: HEAD_BYTES } : { limitBytes: TAIL_BYTES, tailLines: lines };
}

function keyOf({ namespace, name, container }: Container, lines: number | undefined): string {
  return `${namespace}/${name}/${container} ${lines ?? 'head'}`;
}

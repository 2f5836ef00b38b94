/** The line below each report of --watch on a terminal: when that was seen, and what has changed since it was watched. */
import { elapsed } from '../kube/pod-state.js';
import type { Report, Status } from '../engine/report.js';
import type { Style } from '../report/style.js';

interface Look {
  name: string;
  report: Pick<Report, 'checks'>;
}

/** Changes that are named; with more their number does. */
const MOST = 2;

export class WatchClock {
  #before: ReadonlyMap<string, Status> | undefined;
  #changes: string[] = [];
  #changedAt = 0;

  /**
   * @param looks of each release one, with a name that no other has
   * @param now milliseconds since the epoch
   * @returns `20:16:59 UTC · changed 12 s ago: pods/ready fail → pass · Ctrl-C ends it`
   */
  line(
    looks: readonly Look[],
    now: number,
    { separator, arrow }: Pick<Style['symbols'], 'separator' | 'arrow'>,
  ): string {
    const statuses = statusesOf(looks);
    const changes = [...statuses].flatMap(([check, status]) => {
      const before = this.#before?.get(check);
      return before === undefined || before === status ? [] : [`${check} ${before} ${arrow} ${status}`];
    });
    this.#before = statuses;
    if (changes.length > 0) {
      this.#changes = changes;
      this.#changedAt = now;
    }
    const left = this.#changes.length - MOST;
    const named = [...this.#changes.slice(0, MOST), ...(left > 0 ? [`${left} more`] : [])].join(', ');
    return [
      `${new Date(now).toISOString().slice(11, 19)} UTC`,
      named === '' ? 'no change so far' : `changed ${elapsed((now - this.#changedAt) / 1000)} ago: ${named}`,
      'Ctrl-C ends it',
    ].join(` ${separator} `);
  }
}

/** By check; of several releases each check with its release. */
function statusesOf(looks: readonly Look[]): Map<string, Status> {
  return new Map(
    looks.flatMap(({ name, report }) =>
      report.checks.map(({ id, status }) => [looks.length === 1 ? id : `${name} ${id}`, status]),
    ),
  );
}

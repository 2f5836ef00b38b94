/**
 * The fixed program that reads the control group of the container that it runs in.
 *
 * It prints `<file> <content>` for each line of each file, `cgroup 1` or `cgroup 2` before, and `end` after:
 *
 *     cgroup 2
 *     memory.max 1073741824
 *     memory.events oom_kill 0
 *     cpu.stat nr_throttled 3
 *     end
 *
 * The shell comes before python3 here: it needs no file but /bin/sh and hardly any memory, and what is looked into may
 * be a container at its limit.
 */
import type { CgroupValues } from '../deep-facts.js';
import { podProgram, type PodProgram } from './program.js';

/** Seconds; it reads a few files. */
export const CGROUP_SECONDS = 3;

/** The program for each tool, in the order in which they are to be tried. */
export const cgroupPrograms = (): readonly PodProgram[] => [
  podProgram('sh', ['cgroup.sh'], []),
  podProgram('python3', ['cgroup.py'], []),
];

/** What version 1 shows for "no limit": the largest multiple of the page size. */
const UNLIMITED = 2 ** 62;

/** @returns undefined when it is not the program's output, or there is no control group to be seen */
export function parseCgroupOutput(stdout: string): CgroupValues | undefined {
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const version = lines.includes('cgroup 2') ? 2 : lines.includes('cgroup 1') ? 1 : undefined;
  if (version === undefined) return undefined;
  const number = (prefix: string): number | undefined => {
    const found = lines.find((line) => line.startsWith(`${prefix} `))?.slice(prefix.length + 1);
    return found !== undefined && /^\d{1,20}$/.test(found) ? Number(found) : undefined;
  };
  if (version === 2) {
    return {
      version,
      memory: {
        limit: lines.includes('memory.max max') ? 'none' : number('memory.max'),
        current: number('memory.current'),
        peak: number('memory.peak'),
        limitHits: number('memory.events max'),
        oomKills: number('memory.events oom_kill'),
      },
      cpu: {
        periods: number('cpu.stat nr_periods'),
        throttledPeriods: number('cpu.stat nr_throttled'),
        throttledMicros: number('cpu.stat throttled_usec'),
      },
    };
  }
  const limit = number('memory/memory.limit_in_bytes');
  const throttledNanos = number('cpu/cpu.stat throttled_time');
  return {
    version,
    memory: {
      limit: limit !== undefined && limit >= UNLIMITED ? 'none' : limit,
      current: number('memory/memory.usage_in_bytes'),
      peak: number('memory/memory.max_usage_in_bytes'),
      limitHits: number('memory/memory.failcnt'),
      oomKills: number('memory/memory.oom_control oom_kill'),
    },
    cpu: {
      periods: number('cpu/cpu.stat nr_periods'),
      throttledPeriods: number('cpu/cpu.stat nr_throttled'),
      throttledMicros: throttledNanos === undefined ? undefined : Math.round(throttledNanos / 1000),
    },
  };
}

/** Loaded before a command (`node --import`): what it has used goes to the file that USAGE_FILE names when it ends. */
import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = {
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    rssMiB: maxRSS / 1024,
    wallMs: performance.now(),
    /** The longest time for which neither a signal nor an answer was heard. */
    deafMs: delay.max / 1e6,
  };
  appendFileSync(process.env.USAGE_FILE ?? '/dev/stderr', `${JSON.stringify(usage)}\n`);
});

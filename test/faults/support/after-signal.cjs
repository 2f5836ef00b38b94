// Preloaded into the program by process.test.ts: writes at the end how much CPU time, in milliseconds, it has used since the
// first signal. That a machine is busy with other things changes the time by the clock, not this.
'use strict';
const { writeFileSync } = require('node:fs');

let atSignal;
const note = () => (atSignal ??= process.cpuUsage());
process.on('SIGINT', note).on('SIGTERM', note);
process.on('exit', () => {
  const { user, system } = process.cpuUsage(atSignal);
  if (atSignal) writeFileSync(process.env.AFTER_SIGNAL, String((user + system) / 1000));
});

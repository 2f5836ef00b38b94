// Preloaded into the program: writes at the end how much CPU time, in milliseconds, it has used in
// all, and the most between two turns of the event loop. For so long no signal is heard, wherever it arrives; that a machine is
// busy with other things does not change it. With SIGNAL_AT=gzip it interrupts itself when it begins to pack a bundle.
'use strict';
const { writeFileSync } = require('node:fs');
const zlib = require('node:zlib');

const used = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let most = 0;
let last = used();
let atSignal;
setInterval(() => {
  const now = used();
  most = Math.max(most, now - last);
  last = now;
}, 5).unref();

if (process.env.SIGNAL_AT === 'gzip') {
  const { gzipSync } = zlib;
  zlib.gzipSync = (...args) => {
    zlib.gzipSync = gzipSync;
    require('node:module').syncBuiltinESMExports();
    atSignal = used();
    process.kill(process.pid, 'SIGINT');
    return gzipSync(...args);
  };
  require('node:module').syncBuiltinESMExports();
}

process.on('exit', () => writeFileSync(process.env.TURNS, JSON.stringify({ most, all: used(), atSignal })));

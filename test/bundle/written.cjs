/**
 * Loaded into the program by `--require`: takes down every byte that is written to any file, finished or temporary,
 * and the arguments and environment of every process that is started.
 */
const childProcess = require('node:child_process');
const fs = require('node:fs');

const { openSync, writeSync } = fs;
const log = openSync(process.env.WRITTEN_FILE, 'a');

const names = new Map();
// A function of fs may be made of others: what the outermost was given is taken down once.
let depth = 0;
const take = (what, data) => {
  if (depth > 0 || data === undefined || data === null) return;
  const bytes = ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(String(data));
  writeSync(log, `${JSON.stringify({ what, base64: bytes.toString('base64') })}\n`);
};
const nameOf = (file) => names.get(file) ?? String(file);

fs.openSync = (file, ...rest) => {
  const descriptor = openSync(file, ...rest);
  names.set(descriptor, String(file));
  return descriptor;
};
for (const name of ['writeFileSync', 'writeSync', 'write', 'appendFile', 'appendFileSync', 'writeFile']) {
  const original = fs[name];
  fs[name] = (file, data, ...rest) => {
    take(`file ${nameOf(file)}`, data);
    depth += 1;
    try {
      return original(file, data, ...rest);
    } finally {
      depth -= 1;
    }
  };
}
for (const name of ['appendFile', 'writeFile']) {
  const original = fs.promises[name];
  fs.promises[name] = (file, data, ...rest) => {
    take(`file ${nameOf(file)}`, data);
    return original(file, data, ...rest);
  };
}
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync', 'fork']) {
  const original = childProcess[name];
  childProcess[name] = (...args) => {
    take(`process ${args[0]}`, JSON.stringify(args.filter((each) => typeof each !== 'function')));
    return original(...args);
  };
}
take('process itself', JSON.stringify([process.argv, process.execArgv, process.title]));

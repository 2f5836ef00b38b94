// Keeps the machine code that V8 made of dist/ for the next start. Node 22.1 and newer do that by themselves; for
// Node 20 this does it: one file in the user's own cache folder, tied to this build, this Node and this machine.
// Whatever goes wrong with it costs only time.
'use strict';
const Module = require('node:module');
const path = require('node:path');

if (typeof Module.enableCompileCache === 'function') Module.enableCompileCache();
else if (process.env.NODE_DISABLE_COMPILE_CACHE === undefined)
  cacheOnNode20(path.join(__dirname, '..', 'dist'));

function cacheOnNode20(dist) {
  const fs = require('node:fs');
  const os = require('node:os');
  const vm = require('node:vm');
  const base = process.env.XDG_CACHE_HOME ?? process.env.LOCALAPPDATA ?? path.join(os.homedir(), '.cache');
  let build;
  try {
    build = fs.statSync(path.join(dist, 'main.cjs')).mtimeMs;
  } catch {
    return;
  }
  const file = path.join(base, 'todo-k8s', `code-${process.version}-${process.arch}-${build}.bin`);

  const known = read(file);
  const scripts = new Map();
  let isComplete = known.size > 0;

  const compile = Module.prototype._compile;
  Module.prototype._compile = function (source, filename) {
    if (!filename.startsWith(dist)) return compile.call(this, source, filename);
    const key = path.relative(dist, filename);
    const cachedData = known.get(key);
    const script = new vm.Script(Module.wrap(source), { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) isComplete = false;
    scripts.set(key, script);
    const require = (id) => this.require(id);
    require.resolve = (request, options) => Module._resolveFilename(request, this, false, options);
    require.main = process.mainModule;
    require.cache = Module._cache;
    return script
      .runInThisContext()
      .call(this.exports, this.exports, require, this, filename, path.dirname(filename));
  };

  // At the end the functions that ran are compiled, too, so that the next start need not.
  process.on('exit', () => {
    if (!isComplete)
      write(
        file,
        new Map([...known, ...[...scripts].map(([key, script]) => [key, script.createCachedData()])]),
      );
  });

  // Layout: length of the index as 32 bits, the index as JSON ({name: [start, length]}), then the data.
  function read(from) {
    try {
      const bytes = fs.readFileSync(from);
      const start = 4 + bytes.readUInt32LE(0);
      const index = JSON.parse(bytes.toString('utf8', 4, start));
      return new Map(
        Object.entries(index).map(([key, [at, length]]) => [
          key,
          bytes.subarray(start + at, start + at + length),
        ]),
      );
    } catch {
      return new Map();
    }
  }

  function write(to, entries) {
    const temporary = `${to}.${process.pid}`;
    try {
      let at = 0;
      const index = {};
      for (const [key, { length }] of entries) {
        index[key] = [at, length];
        at += length;
      }
      const head = Buffer.from(JSON.stringify(index));
      const size = Buffer.alloc(4);
      size.writeUInt32LE(head.length);
      fs.mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
      fs.writeFileSync(temporary, Buffer.concat([size, head, ...entries.values()]), {
        mode: 0o600,
        flag: 'wx',
      });
      fs.renameSync(temporary, to);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }
}

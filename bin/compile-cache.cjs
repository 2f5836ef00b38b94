// Keeps the machine code that V8 made of dist/ for the next start: one file in the user's own cache folder, tied to this
// build, this Node and this machine. Node 20 has nothing for this; what newer ones have (module.enableCompileCache) keeps
// a function only if it was compiled when its file was loaded, which is a tenth of what a run needs.
// Whatever goes wrong with it costs only time.
'use strict';
const { existsSync } = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const path = require('node:path');

const dist = path.join(__dirname, '..', 'dist');
const folder = path.join(cacheFolder(), 'todo-k8s');
const keepDays = 30;

// What is kept is what the first run needed, so a command with files of its own has a cache of its own.
const word = process.argv[2] ?? '';
const isCommand = /^[a-z]+$/.test(word) && existsSync(path.join(dist, 'commands', `${word}.cjs`));
const command = isCommand ? word : 'other';

if (process.env.NODE_DISABLE_COMPILE_CACHE === undefined) cacheCode();

function cacheFolder() {
  try {
    return process.env.XDG_CACHE_HOME ?? process.env.LOCALAPPDATA ?? path.join(os.homedir(), '.cache');
  } catch {
    // A user without a home, as containers have them.
    return os.tmpdir();
  }
}

function cacheCode() {
  const fs = require('node:fs');
  const vm = require('node:vm');
  let build;
  try {
    build = fs.statSync(path.join(dist, 'main.cjs')).mtimeMs;
  } catch {
    return;
  }
  const file = path.join(folder, `code-${process.version}-${process.arch}-${build}-${command}.bin`);

  const known = open(file);
  const scripts = new Map();
  let isComplete = known.names.length > 0;

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
    if (isComplete) return;
    const entries = new Map(known.names.map((name) => [name, known.get(name)]));
    for (const [name, script] of scripts) entries.set(name, script.createCachedData());
    write(new Map([...entries].filter(([, data]) => data !== undefined)));
  });

  // Layout: length of the index as 32 bits, the index as JSON ({name: [start, length]}), then the data, of which each
  // start reads only what it needs.
  function open(from) {
    try {
      const descriptor = fs.openSync(from);
      const read = (at, length) => {
        const bytes = Buffer.allocUnsafeSlow(length);
        return fs.readSync(descriptor, bytes, 0, length, at) === length ? bytes : undefined;
      };
      const start = 4 + read(0, 4).readUInt32LE(0);
      const index = new Map(Object.entries(JSON.parse(read(4, start - 4).toString())));
      const get = (name) => {
        try {
          const [at, length] = index.get(name);
          return read(start + at, length);
        } catch {
          return undefined;
        }
      };
      return { names: [...index.keys()], get };
    } catch {
      return { names: [], get: () => undefined };
    }
  }

  function write(entries) {
    const temporary = `${file}.${process.pid}`;
    try {
      let at = 0;
      const index = {};
      for (const [name, { length }] of entries) {
        index[name] = [at, length];
        at += length;
      }
      const head = Buffer.from(JSON.stringify(index));
      const size = Buffer.alloc(4);
      size.writeUInt32LE(head.length);
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      fs.writeFileSync(temporary, Buffer.concat([size, head, ...entries.values()]), {
        mode: 0o600,
        flag: 'wx',
      });
      fs.renameSync(temporary, file);
      removeOld();
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }

  // Each build leaves a file of about 2 MB.
  function removeOld() {
    const before = Date.now() - keepDays * 86_400_000;
    for (const name of fs.readdirSync(folder)) {
      const old = path.join(folder, name);
      if (/^code-v.*\.bin/.test(name) && fs.statSync(old).mtimeMs < before) fs.rmSync(old, { force: true });
    }
  }
}

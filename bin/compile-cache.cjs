// Keeps the machine code that V8 made of dist/ for the next start, because compiling is a quarter of what a run costs
// (docs/DECISIONS.md, Start-up). Whatever goes wrong with it costs only time.
//
// V8 runs such code without checking it, so none reaches V8 unless
// - its file, and each folder on the way to it, belong to this user or to root, and nobody else may write there, and
// - it has the SHA-256 digest that was kept with it, over the code itself, the source it was made of, and this Node.
// Anything else is ignored and replaced. A user without a home has no cache.
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const path = require('node:path');

const dist = path.join(__dirname, '..', 'dist');
const inDist = dist + path.sep;
/** How long a file is kept, and how many of the newest: enough for each command of a few places of the program. */
const keepDays = 30;
const keepFiles = 24;
/** A file is about 2 MB; what is far larger is not one of ours. */
const maxBytes = 64 * 1024 * 1024;
/** Windows has no user ids; there the folder is one that the system keeps for this user alone. */
const user = process.geteuid?.();

const cacheFolder = process.env.NODE_DISABLE_COMPILE_CACHE === undefined ? usersCacheFolder() : undefined;
if (cacheFolder !== undefined) cacheCode(path.join(cacheFolder, 'todo-k8s'));

/** Absolute path of the folder for caches; undefined where the user has none. */
function usersCacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const folders = process.platform === 'win32' ? [LOCALAPPDATA] : [XDG_CACHE_HOME, cacheInHome()];
  return folders.find((folder) => folder !== undefined && path.isAbsolute(folder));
}

function cacheInHome() {
  try {
    return path.join(os.homedir(), '.cache');
  } catch {
    // A user id without an entry in passwd, as containers have them.
    return undefined;
  }
}

/** Whether only this user and root can put something into the folder, or another folder in its place. */
function isPrivate(folder) {
  if (user === undefined) return true;
  try {
    const real = fs.realpathSync(folder);
    const { uid, mode } = fs.lstatSync(real);
    return uid === user && (mode & 0o022) === 0 && isProtected(folder) && isProtected(real);
  } catch {
    return false;
  }
}

/** Whether nobody else can replace what is at this path: its own owner, and owner and mode of each folder above it. */
function isProtected(place) {
  const { uid } = fs.lstatSync(place);
  if (uid !== user && uid !== 0) return false;
  const above = path.dirname(place);
  if (above === place) return true;
  const folder = fs.statSync(above);
  // In a folder with the sticky bit, such as /tmp, only the owner of a file can replace it.
  const isShared = folder.mode & 0o022 && !(folder.mode & 0o1000);
  return !isShared && (folder.uid === user || folder.uid === 0) && isProtected(above);
}

function cacheCode(folder) {
  const vm = require('node:vm');
  const file = path.join(folder, fileName());
  const known = isPrivate(folder) ? open(file) : nothing();
  const used = new Map();
  /** Whether all that ran was in the cache: then it stays as it is. */
  let isComplete = known.names.length > 0;
  let isDamaged = false;

  const compile = Module.prototype._compile;
  Module.prototype._compile = function (source, filename) {
    if (!filename.startsWith(inDist)) return compile.call(this, source, filename);
    const name = filename.slice(inDist.length);
    const kept = known.get(name);
    const isProven = kept !== undefined && digestOf(name, source, kept.code) === kept.digest;
    const cachedData = isProven ? kept.code : undefined;
    const script = new vm.Script(Module.wrap(source), { filename, cachedData });
    // V8 rejects code that was made with other flags.
    if (!isProven || script.cachedDataRejected) isComplete = false;
    if (kept !== undefined && !isProven) isDamaged = true;
    used.set(name, { source, script });
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
    const entries = new Map();
    // What another run needed and this one did not is proven when it is used; beside damage nothing is kept.
    for (const name of isDamaged ? [] : known.names) {
      const kept = fs.existsSync(path.join(dist, name)) ? known.get(name) : undefined;
      if (kept !== undefined) entries.set(name, kept);
    }
    for (const [name, { source, script }] of used) {
      const code = script.createCachedData();
      entries.set(name, { code, digest: digestOf(name, source, code) });
    }
    write(folder, file, entries);
  });
}

/** What is kept is what the first run needed, so a command with files of its own has a cache of its own. */
function fileName() {
  const word = process.argv[2] ?? '';
  const isCommand = /^[a-z]+$/.test(word) && fs.existsSync(path.join(dist, 'commands', `${word}.cjs`));
  // Two copies of the program on one machine, such as a release and a checkout, must not replace each other's.
  const place = createHash('sha256').update(dist).digest('hex').slice(0, 16);
  return `code-${process.version}-${process.arch}-${place}-${isCommand ? word : 'other'}.bin`;
}

/** Ties machine code to the source it was made of, and to this Node. */
function digestOf(name, source, code) {
  const { version, arch } = process;
  // The lengths keep what ends one part from passing for the start of the next.
  const head = JSON.stringify([version, process.versions.v8, arch, name, source.length, code.length]);
  return createHash('sha256').update(head).update(source).update(code).digest('hex');
}

function nothing() {
  return { names: [], get: () => undefined };
}

/**
 * Layout: length of the index as 32 bits, the index as JSON ({name: [start, length, digest]}), then the code, of which
 * each start reads only what it needs.
 */
function open(file) {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
    const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = fs.fstatSync(descriptor);
    const { size, uid, mode, nlink } = stat;
    const isOurs = user === undefined || (uid === user && (mode & 0o022) === 0 && nlink === 1);
    if (!stat.isFile() || !isOurs || size > maxBytes) {
      fs.closeSync(descriptor);
      return nothing();
    }
    const read = (at, length) => {
      if (!(at >= 0 && length >= 0 && at + length <= size)) return undefined;
      const bytes = Buffer.allocUnsafeSlow(length);
      return fs.readSync(descriptor, bytes, 0, length, at) === length ? bytes : undefined;
    };
    const start = 4 + read(0, 4).readUInt32LE(0);
    const index = new Map(Object.entries(JSON.parse(read(4, start - 4).toString())));
    const get = (name) => {
      try {
        const [at, length, digest] = index.get(name);
        const code = read(start + at, length);
        return code && { code, digest };
      } catch {
        return undefined;
      }
    };
    return { names: [...index.keys()], get };
  } catch {
    return nothing();
  }
}

function write(folder, file, entries) {
  const temporary = `${file}.${process.pid}`;
  try {
    if (!makePrivate(folder)) return;
    let at = 0;
    const index = {};
    for (const [name, { code, digest }] of entries) {
      index[name] = [at, code.length, digest];
      at += code.length;
    }
    const head = Buffer.from(JSON.stringify(index));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length);
    const parts = [size, head, ...[...entries.values()].map(({ code }) => code)];
    try {
      fs.writeFileSync(temporary, Buffer.concat(parts), { mode: 0o600, flag: 'wx' });
      fs.renameSync(temporary, file);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
    removeOld(folder);
  } catch {
    // The next start compiles again.
  }
}

/** Makes the folder, or makes it this user's alone. @returns whether it is, and can stay so */
function makePrivate(folder) {
  const above = path.dirname(folder);
  fs.mkdirSync(above, { recursive: true, mode: 0o700 });
  if (!isPrivate(above)) return false;
  const found = fs.lstatSync(folder, { throwIfNoEntry: false });
  const isOurs = found?.isDirectory() && (user === undefined || found.uid === user);
  // A link, or a folder of somebody else's: out of the way, but nothing in it is touched.
  if (found !== undefined && !isOurs) fs.renameSync(folder, `${folder}.unused-${process.pid}`);
  if (!isOurs) fs.mkdirSync(folder, { mode: 0o700 });
  else if (found.mode & 0o022) fs.chmodSync(folder, 0o700);
  return isPrivate(folder);
}

/** Each Node and each place of the program leave files of about 2 MB, and a run that was killed its temporary one. */
function removeOld(folder) {
  const before = Date.now() - keepDays * 86_400_000;
  const files = fs
    .readdirSync(folder)
    .filter((name) => /^code-v.*\.bin/.test(name))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, at: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.at - one.at);
  for (const [index, { file, at }] of files.entries())
    if (index >= keepFiles || at < before) fs.rmSync(file, { force: true });
}

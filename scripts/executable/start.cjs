// What a single executable starts with: the program's files, which are in it as assets (scripts/executable.ts), are read and
// loaded as if they were in a folder. Nothing is unpacked: there is no place to be kept from other users of the machine.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const sea = require('node:sea');

/** No folder of the machine: what is not among the files is not there. */
const ROOT = '/todo-k8s.executable/';
const names = new Set(JSON.parse(sea.getAsset('names', 'utf8')));

/** undefined: it is none of the program's files. */
function nameOf(file) {
  if (typeof file !== 'string' || !file.startsWith(ROOT)) return undefined;
  const name = path.posix.normalize(file.slice(ROOT.length));
  return names.has(name) ? name : undefined;
}

function bytesOf(name) {
  return Buffer.from(sea.getRawAsset(name));
}

const { readFileSync, existsSync } = fs;
const { readFile } = fs.promises;

fs.readFileSync = (file, options) => {
  const name = nameOf(file);
  if (name === undefined) return readFileSync(file, options);
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding ? bytesOf(name).toString(encoding) : bytesOf(name);
};
fs.existsSync = (file) => nameOf(file) !== undefined || existsSync(file);
fs.promises.readFile = async (file, options) =>
  nameOf(file) === undefined ? readFile(file, options) : fs.readFileSync(file, options);

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const isRelative = request.startsWith('./') || request.startsWith('../');
  const base = isRelative && parent?.filename ? path.join(path.dirname(parent.filename), request) : request;
  const found = [base, `${base}.cjs`, `${base}.js`].find((file) => nameOf(file) !== undefined);
  return found ?? resolve.call(this, request, parent, ...rest);
};
for (const extension of ['.cjs', '.js']) {
  const load = Module._extensions[extension] ?? Module._extensions['.js'];
  Module._extensions[extension] = (module, file) => {
    const name = nameOf(file);
    if (name === undefined) load(module, file);
    else module._compile(bytesOf(name).toString(), file);
  };
}
Module._load(`${ROOT}bin/run.js`, null, true);

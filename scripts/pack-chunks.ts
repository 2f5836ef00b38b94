/**
 * Puts chunks that load together into one file. esbuild makes a chunk for each set of entry points that shares code,
 * so that one command loads fifty; each is a look-up, a read and, where code is cached, a second read.
 */

/** What a pack's file begins with: the chunks in it as functions by name, run when they are first asked for. */
const LOADER = `"use strict";
const loaded = new Map();
exports.load = (id) => {
  const chunk = chunks[id];
  if (chunk === undefined) return require(id);
  let module = loaded.get(id);
  if (module === undefined) {
    loaded.set(id, (module = { exports: {} }));
    chunk(module, module.exports, exports.load);
  }
  return module.exports;
};
exports.load.resolve = require.resolve;
const chunks = {
`;

/** As esbuild writes it, with the chunk's folder and its name. */
const REQUIRE = /\brequire\("((?:\.{1,2}\/)+(?:chunks\/)?)([^"/]+\.cjs)"\)/g;

/**
 * @param files CommonJS by path, `chunks/` being the folder of all chunks; packed ones are taken out, packs put in
 * @param packs names of chunks (without folder) by name of the pack
 */
export function packChunks(files: Map<string, string>, packs: ReadonlyMap<string, readonly string[]>): void {
  const home = new Map([...packs].flatMap(([pack, chunks]) => chunks.map((chunk) => [chunk, pack] as const)));
  const redirected = (code: string, inPack?: string) =>
    code.replace(REQUIRE, (whole, folder: string, name: string) => {
      const pack = home.get(name);
      if (pack === undefined) return whole;
      return pack === inPack ? `require("./${name}")` : `require("${folder}${pack}").load("./${name}")`;
    });
  for (const [pack, chunks] of packs) {
    const functions = chunks.map((chunk) => {
      const code = files.get(`chunks/${chunk}`) ?? '';
      files.delete(`chunks/${chunk}`);
      return `${JSON.stringify(`./${chunk}`)}(module, exports, require) {${redirected(code, pack)}\n},\n`;
    });
    files.set(`chunks/${pack}`, `${LOADER}${functions.join('')}};\n`);
  }
  for (const [path, code] of files)
    if (!packs.has(path.replace('chunks/', ''))) files.set(path, redirected(code));
}

import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** What TypeScript makes of an import when it writes CommonJS: a name that nothing else in the file has. */
const IMPORT = /^(?:const|var) (\w+_\d+) = ((?:__importDefault|__importStar)\()?require\("([^"]+)"\)\)?;$/gm;
/** As TypeScript writes `export * as Name from`. */
const NAMESPACE = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm;

/**
 * Rewrites a module so that what it imports is loaded when it is first used, not when the module is.
 * @param source CommonJS as written by TypeScript
 */
export function withLazyRequires(source: string): string {
  const names: string[] = [];
  let lazy = source
    .replace(IMPORT, (_whole, name: string, wrap: string | undefined, target: string) => {
      names.push(name);
      const value = wrap === undefined ? `require("${target}")` : `${wrap}require("${target}"))`;
      return `const lazy_${name} = { get it() { return this.loaded ??= ${value}; } };`;
    })
    .replace(
      NAMESPACE,
      (_whole, name: string, value: string) =>
        `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => ${value} });`,
    );
  for (const name of names) lazy = lazy.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `lazy_${name}.it`);
  return lazy;
}

/**
 * oclif's modules load each other all, whatever a command needs; most of them are for generating, updating or asking.
 * What that costs: docs/DECISIONS.md, Start-up.
 */
export const lazyOclif: Plugin = {
  name: 'lazy-oclif',
  setup(build) {
    build.onLoad({ filter: /@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, async ({ path }) => ({
      contents: withLazyRequires(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

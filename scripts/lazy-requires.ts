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

/** Expressions of oclif that cost every start milliseconds for nothing, and what stands in their place. */
const CHEAPER: readonly { file: string; from: string; to: string }[] = [
  // Ids are ASCII; the first collation of a process loads ICU's tables.
  { file: 'config/plugin.js', from: 'a.id.localeCompare(b.id)', to: '(a.id < b.id ? -1 : 1)' },
  // Only `--version` shows it, and what runs in WSL runs on Linux. To ask loads child_process and the promises of fs.
  {
    file: 'util/os.js',
    from: "(await import('wsl-utils')).isWsl ? 'wsl' : (0, node_os_1.platform)()",
    to: '(0, node_os_1.platform)()',
  },
];

/** @throws Error when a file no longer has what is to be replaced, as a new version of oclif may not */
export function withCheaperWords(file: string, source: string): string {
  let result = source;
  for (const { from, to } of CHEAPER.filter((each) => file.endsWith(`/${each.file}`))) {
    if (!result.includes(from))
      throw new Error(`${file} has no ${from} any more: see scripts/lazy-requires.ts`);
    result = result.replace(from, () => to);
  }
  return result;
}

/**
 * oclif's modules load each other all, whatever a command needs; most of them are for generating, updating or asking.
 * What that costs: docs/DECISIONS.md, Start-up.
 */
export const lazyOclif: Plugin = {
  name: 'lazy-oclif',
  setup(build) {
    build.onLoad({ filter: /@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, async ({ path }) => ({
      contents: withLazyRequires(withCheaperWords(path.replaceAll('\\', '/'), await readFile(path, 'utf8'))),
      loader: 'js',
    }));
  },
};

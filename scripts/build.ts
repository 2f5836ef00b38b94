/**
 * Bundles the program into dist/: one file per command and shared chunks that load when they are needed.
 *
 * esbuild splits code only for ES modules, and Node starts CommonJS faster (a static `import` of a built-in module
 * costs tens of milliseconds on Node >= 22; Node 20 can cache compiled code for CommonJS alone). So: split as ES modules,
 * then turn each chunk into CommonJS by itself.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform, type Metafile, type Plugin } from 'esbuild';
import { lazyOclif } from './lazy-requires.js';
import { packChunks } from './pack-chunks.js';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
/** Beside it, so that a program that runs meanwhile finds all of its files, old or new. */
const out = path.join(root, `dist.${process.pid}`);

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The generated client has no side effects, though its package does not say so: what is unused may go. */
const shakeClient: Plugin = {
  name: 'shake-kubernetes-client',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path: target, pluginData, ...options }) => {
      if (pluginData === 'inner') return undefined;
      const inside =
        options.importer.includes('@kubernetes/client-node') || target.startsWith('@kubernetes/client-node');
      if (!inside) return undefined;
      const result = await build.resolve(target, { ...options, pluginData: 'inner' });
      return { ...result, sideEffects: false };
    });
  },
};

/** The programs for pods are files of their own; in the bundle they are text. */
const programTexts: Plugin = {
  name: 'program-texts',
  setup(build) {
    build.onLoad({ filter: /[\\/]in-pod[\\/]program-text\.ts$/ }, async ({ path: module }) => {
      const names = await readdir(path.join(path.dirname(module), 'programs'));
      const imports = names.map((name, index) => `import text${index} from './programs/${name}';\n`);
      const entries = names.map((name, index) => `${JSON.stringify(name)}: text${index}`);
      return {
        contents: `${imports.join('')}const texts = { ${entries.join(', ')} };\nexport const programText = (file) => texts[file];\n`,
        resolveDir: path.dirname(module),
      };
    });
  },
};

type Outputs = Metafile['outputs'];

/** What `verify` and `loadbalance` load on their way in any case, besides what they import. */
const ALWAYS = [
  'src/contract/helm-release.ts',
  'src/evidence/http/client.ts',
  'src/evidence/kubernetes/exec.ts',
  'src/load/measure.ts',
  'src/load/plan.ts',
  'src/report/text.ts',
  'node_modules/yaml/browser/index.js',
];

/** One pack for what starts the program, one for what each `verify` needs. */
function chosenPacks(outputs: Outputs): Map<string, string[]> {
  const start = chunksOf(['src/cli/main.ts'], outputs);
  const verify = chunksOf(['src/commands/verify.ts', ...ALWAYS], outputs).filter(
    (file) => !start.includes(file),
  );
  const names = (files: string[]) =>
    files.filter((file) => file.includes('/chunks/')).map((file) => path.posix.basename(file));
  return new Map([
    ['start.cjs', names(start)],
    ['verify.cjs', names(verify)],
  ]);
}

/** Files that these modules' own files load at once, themselves included. */
function chunksOf(modules: readonly string[], outputs: Outputs): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const each of outputs[file]?.imports ?? [])
      if (each.kind === 'import-statement' && !each.external) visit(each.path);
  };
  for (const module of modules) {
    const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint?.endsWith(module));
    if (entry === undefined) throw new Error(`${module} has no file of its own in the bundle`);
    visit(entry);
  }
  return [...found];
}

/**
 * esbuild escapes what is not ASCII but in regular expressions. One such character in a file, and V8 holds all of it in
 * two bytes a character, and reads it slower.
 */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** @param to is there for all but an instant */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${from}.old`;
  if (existsSync(to)) await rename(to, old);
  await rename(from, to);
  await rm(old, { recursive: true, force: true });
}

const commands = await filesBelow(path.join(root, 'src/commands'));
const entryPoints = Object.fromEntries(
  commands.map((file) => [path.relative(path.join(root, 'src'), file).replace(/\.ts$/, ''), file]),
);
/** oclif's plugins are part of the bundle, so that nothing has to be searched for when the program starts. */
const plugins = {
  'commands/help': 'node_modules/@oclif/plugin-help/lib/commands/help.js',
  'commands/autocomplete/index': 'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/index.js',
  'commands/autocomplete/create':
    'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/create.js',
  'commands/autocomplete/script':
    'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js',
};
const result = await build({
  absWorkingDir: root,
  entryPoints: {
    ...entryPoints,
    ...plugins,
    'hooks/not-found': 'src/hooks/not-found.ts',
    main: 'src/cli/main.ts',
  },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outExtension: { '.js': '.cjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // oclif asks for it only where TypeScript sources are run, which a bundle never does.
  external: ['typescript'],
  // The package's build as ES modules: it can be shaken, and its names survive a dynamic import.
  alias: { yaml: path.join(root, 'node_modules/yaml/browser/index.js') },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Modules that ask where they are; each chunk has its own `module` in CommonJS.
  define: {
    'import.meta.url': '__importMetaUrl',
    'import.meta.dirname': '__dirname',
    // oclif would look for its own package.json, which is not there. Which Node is needed says this package's.
    'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
  },
  plugins: [shakeClient, lazyOclif, programTexts],
  loader: { '.py': 'text', '.sh': 'text' },
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const relative = (file: string) => path.relative(out, file).split(path.sep).join('/');
const files = new Map<string, string>();
for (const { path: file, text } of result.outputFiles) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minifyWhitespace: true,
    // A chunk loads the next by `require`: Node's loader for ES modules would only add its own start-up.
    supported: { 'dynamic-import': false },
  });
  const ascii = code.replace(/[^\0-\x7f]/g, escaped);
  const needsUrl = code.includes('__importMetaUrl');
  files.set(
    relative(file),
    needsUrl ? `const __importMetaUrl=require("node:url").pathToFileURL(__filename).href;${ascii}` : ascii,
  );
}
const { outputs } = result.metafile;
packChunks(files, chosenPacks(outputs));
for (const [name, code] of files) {
  const file = path.join(out, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, code);
}
// Node looks for the type of each file's package in every folder above it; here the search ends.
await writeFile(path.join(out, 'package.json'), '{"type":"commonjs"}\n');
if (process.argv.includes('--metafile'))
  await writeFile(path.join(out, 'metafile.json'), JSON.stringify(result.metafile));

await replaceFolder(out, dist);

await import('./manifest.js').then(({ writeManifest }) => writeManifest(root));
const bytes = await Promise.all(
  (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await readFile(path.join(entry.parentPath, entry.name))).length),
);
console.log(
  `dist: ${bytes.length} files, ${Math.round(bytes.reduce((sum, size) => sum + size, 0) / 1024)} KiB`,
);

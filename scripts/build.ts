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
import { transform, type Metafile } from 'esbuild';
import { bundleProgram, ROOT as root } from './bundle.js';
import { packChunks } from './pack-chunks.js';

const dist = path.join(root, 'dist');
/** Beside it, so that a program that runs meanwhile finds all of its files, old or new. */
const out = path.join(root, `dist.${process.pid}`);

type Outputs = Metafile['outputs'];

/** What `verify` and `loadbalance` load on their way in any case, besides what they import. */
const ALWAYS = [
  'src/contract/helm-release.ts',
  'src/evidence/http/client.ts',
  'src/evidence/kubernetes/exec.ts',
  'src/load/proof.ts',
  'src/load/settled.ts',
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

const result = await bundleProgram(out);

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

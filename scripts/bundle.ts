/** What esbuild makes of the program, in memory: split as ES modules (build.ts says why), with what went into each file. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions, type BuildResult, type Plugin } from 'esbuild';
import { lazyOclif } from './lazy-requires.js';

export const ROOT = path.resolve(import.meta.dirname, '..');

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

/** oclif's plugins are part of the bundle, so that nothing has to be searched for when the program starts. */
const PLUGINS = {
  'commands/help': 'node_modules/@oclif/plugin-help/lib/commands/help.js',
  'commands/autocomplete/index': 'src/cli/autocomplete.ts',
  'commands/autocomplete/create':
    'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/create.js',
  'commands/autocomplete/script':
    'node_modules/@oclif/plugin-autocomplete/lib/commands/autocomplete/script.js',
};

type Bundle = BuildResult<BuildOptions & { metafile: true; write: false }>;

/** @param outdir where the files are to be, though nothing is written */
export async function bundleProgram(outdir: string): Promise<Bundle> {
  const commands = await filesBelow(path.join(ROOT, 'src/commands'));
  const entryPoints = Object.fromEntries(
    commands.map((file) => [path.relative(path.join(ROOT, 'src'), file).replace(/\.ts$/, ''), file]),
  );
  return build({
    absWorkingDir: ROOT,
    entryPoints: {
      ...entryPoints,
      ...PLUGINS,
      'hooks/not-found': 'src/hooks/not-found.ts',
      help: 'src/cli/help.ts',
      main: 'src/cli/main.ts',
    },
    outdir,
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
    alias: { yaml: path.join(ROOT, 'node_modules/yaml/browser/index.js') },
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
}

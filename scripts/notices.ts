/**
 * THIRD-PARTY-NOTICES.txt: the licence texts of all packages of which something is bundled into dist/, as esbuild tells
 * it, and the notices inside of their files. Which packages are only installed, for tests or for nothing, does not count.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt';

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Texts of packages that come without a file for them. */
const TEXTS: Readonly<Record<string, string>> = {
  tr46: `The MIT License (MIT)\n\nCopyright (c) Sebastian Mayr\n\n${MIT}`,
};

/** Packages whose published files already contain others, which esbuild cannot know. */
const CONTAINS: Readonly<Record<string, readonly string[]>> = {
  'jsonpath-plus': ['jsep', '@jsep-plugin/assignment', '@jsep-plugin/regex'],
  'junit-report-builder': ['lodash', 'make-dir', 'semver', 'xmlbuilder'],
  tar: ['@isaacs/fs-minipass', 'chownr', 'minipass', 'minizlib', 'yallist'],
};

/** What is contained in another language, and is no package of npm. */
const CONTAINS_FOREIGN: Readonly<Record<string, Notice>> = {
  undici: {
    names: ['llhttp (inside undici, as WebAssembly), MIT'],
    text: `This software is licensed under the MIT License.\n\nCopyright Fedor Indutny, 2018.\n\n${MIT}`,
  },
};

/** Dependencies that were looked at and are not inside: types, or loaded by files that are not bundled. */
const NOT_INSIDE: Readonly<Record<string, readonly string[]>> = {
  '@kubernetes/client-node': ['form-data', 'isomorphic-ws', 'stream-buffers', 'tar-fs'],
  'js-yaml': ['argparse'],
};
const TYPES_ONLY = /^(@types\/|@inquirer\/type$|type-fest$)/;

const LICENCE_FILE = /^(licen[sc]e|copying|notice|unlicense)/i;
const LEGAL_COMMENT = /\/\*[^]*?\*\//g;
const IS_LEGAL = /^\/\*!|@license|@preserve|copyright|\(MIT License\)/i;
const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/;

interface Notice {
  /** What it is for, such as `tar 7.5.23, BlueOak-1.0.0`. */
  names: string[];
  text: string;
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

/**
 * The text of the file.
 * @param root folder to which the paths in the metafile are relative
 * @throws Error when a package has no licence text, or may contain another one that nobody has looked at
 */
export function thirdPartyNotices(metafile: Metafile, root: string): string {
  const bundled = bundledFiles(metafile);
  const names = new Set([...bundled.keys()].map(nameOf));
  const notices: Notice[] = [];
  for (const [folder, files] of bundled) {
    const name = nameOf(folder);
    const sources = files.map((file) => readFileSync(path.join(root, file), 'utf8'));
    expectKnown(manifestOf(path.join(root, folder)), sources.join('\n'), names);
    notices.push(noticeOf(path.join(root, folder), legalComments(sources)));
    for (const inside of CONTAINS[name] ?? [])
      notices.push(noticeOf(installed(inside, path.join(root, folder)), [], ` (inside ${name})`));
    const foreign = CONTAINS_FOREIGN[name];
    if (foreign) notices.push(foreign);
  }
  return asText(notices);
}

/** Files of which something was bundled, by the folder of their package, in the order of the packages' names. */
function bundledFiles({ outputs }: Metafile): Map<string, string[]> {
  const files = new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
  const byFolder = new Map<string, string[]>();
  for (const file of [...files].sort()) {
    const folder = PACKAGE.exec(file)?.[0];
    if (folder !== undefined) byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  return byFolder;
}

const nameOf = (folder: string) => PACKAGE.exec(folder)?.[1] ?? folder;

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Where Node would find a package that one in this folder asks for. @throws Error when it is not installed */
function installed(name: string, from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (existsSync(found)) return found;
    if (path.dirname(folder) === folder) throw new Error(`${name} is not installed (scripts/notices.ts)`);
  }
}

/** A dependency that is neither bundled nor asked for by what is bundled may have been put into the package's files. */
function expectKnown(
  { name, dependencies = {} }: Manifest,
  source: string,
  bundled: ReadonlySet<string>,
): void {
  const known = [...(CONTAINS[name] ?? []), ...(NOT_INSIDE[name] ?? [])];
  const asked = (dependency: string) => ["'", '"'].some((quote) => source.includes(quote + dependency));
  const open = Object.keys(dependencies).filter(
    (each) => !bundled.has(each) && !known.includes(each) && !TYPES_ONLY.test(each) && !asked(each),
  );
  if (open.length > 0)
    throw new Error(
      `see whether the published files of ${name} contain ${open.join(', ')}, and say so in scripts/notices.ts`,
    );
}

function noticeOf(folder: string, comments: readonly string[], where = ''): Notice {
  const { name, version, license = 'see below' } = manifestOf(folder);
  const files = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort();
  const texts = files.map((file) =>
    readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim(),
  );
  if (texts.length === 0 && TEXTS[name] !== undefined) texts.push(TEXTS[name]);
  if (texts.length === 0)
    throw new Error(`${name} ${version} has no licence file: give its text in scripts/notices.ts`);
  return { names: [`${name} ${version}${where}, ${license}`], text: [...texts, ...comments].join('\n\n') };
}

/** Comments that claim rights, each once; bundling takes comments out. */
function legalComments(sources: readonly string[]): string[] {
  const comments = sources.flatMap((source) => source.match(LEGAL_COMMENT) ?? []);
  return [...new Set(comments.filter((comment) => IS_LEGAL.test(comment)))];
}

/** Packages with the same text share it. */
function asText(notices: readonly Notice[]): string {
  const byText = new Map<string, Set<string>>();
  for (const { names, text } of notices) byText.set(text, new Set([...(byText.get(text) ?? []), ...names]));
  const parts = [...byText].map(([text, names]) => ({ names: [...names].sort(), text }));
  parts.sort((a, b) => ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1));
  const line = '-'.repeat(80);
  return [
    'todo-k8s contains code of these packages, in dist/. Their licences demand that this text goes with it.',
    'Written by npm run generate.',
    ...parts.flatMap(({ names, text }) => [`${line}\n${names.join('\n')}`, text]),
  ]
    .join('\n\n')
    .concat('\n');
}

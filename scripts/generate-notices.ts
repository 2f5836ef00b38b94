/** Writes THIRD-PARTY-NOTICES.txt. With --check it writes nothing, and fails when the file is not what it would write. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleProgram, ROOT } from './bundle.js';
import { NOTICES_FILE, thirdPartyNotices } from './notices.js';

const file = path.join(ROOT, NOTICES_FILE);
const { metafile } = await bundleProgram(path.join(ROOT, 'dist'));
const text = thirdPartyNotices(metafile, ROOT);
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error(`${NOTICES_FILE} is stale: npm run generate`);
  process.exitCode = 1;
}

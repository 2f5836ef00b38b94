/** Writes oclif.manifest.json, from which oclif knows the commands and their flags without loading any. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Plugin } from '@oclif/core';

export async function writeManifest(root: string): Promise<void> {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  const manifest = { ...plugin.manifest };
  const file = path.join(root, 'oclif.manifest.json');
  const text = `${JSON.stringify(manifest)}\n`;
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before !== text) await writeFile(file, text);
}

/** Starts oclif; bin/run.js calls it. */
import { execute } from '@oclif/core';

/** @param root the package's folder, where package.json and oclif.manifest.json are */
export async function main(root: string): Promise<void> {
  await execute({ dir: root });
}

#!/usr/bin/env node
// Runs the program from its TypeScript sources, for work on it: bin/dev.js verify --lab
'use strict';
const path = require('node:path');
const { Plugin } = require('@oclif/core');

async function main() {
  // Its build as CommonJS looks for the loader in a place where it is not.
  const { register } = await import('tsx/esm/api');
  register();
  const root = path.join(__dirname, '..');
  const pjson = structuredClone(require('../package.json'));
  pjson.oclif = {
    ...pjson.oclif,
    commands: { strategy: 'pattern', target: './src/commands' },
    helpClass: './src/cli/help.ts',
    hooks: { command_not_found: ['./src/hooks/not-found.ts'] },
  };
  // Given ready-made, because oclif would read the manifest, which points to dist/.
  const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
  await plugin.load();
  const program = await import('../src/cli/main.ts');
  await program.main({ root, plugins: new Map([[plugin.name, plugin]]) });
}

void main();

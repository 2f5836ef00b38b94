#!/usr/bin/env node
// Runs the program from its TypeScript sources, for work on it: bin/dev.js verify --lab
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute, Plugin } from '@oclif/core';
import { register } from 'tsx/esm/api';

register();
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif = {
  ...pjson.oclif,
  commands: { strategy: 'pattern', target: './src/commands' },
  hooks: { command_not_found: ['./src/hooks/not-found.ts'] },
};
// Given ready-made, because oclif would read the manifest, which points to dist/.
const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
await plugin.load();
await execute({ development: true, loadOptions: { root, plugins: new Map([[plugin.name, plugin]]) } });

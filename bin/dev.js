#!/usr/bin/env node
// Runs the program from its TypeScript sources, for work on it: bin/dev.js verify --lab
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute } from '@oclif/core';
import { register } from 'tsx/esm/api';

register();
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif = {
  ...pjson.oclif,
  commands: { strategy: 'pattern', target: './src/commands' },
  hooks: {},
  plugins: ['@oclif/plugin-help', '@oclif/plugin-not-found', '@oclif/plugin-autocomplete'],
};
await execute({ development: true, loadOptions: { root, pjson, ignoreManifest: true } });

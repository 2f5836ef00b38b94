#!/usr/bin/env node
// Starts the bundled program; see src/cli/main.ts. Loaded by `require`, which starts faster than an import.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
require('./compile-cache.cjs');
await require('../dist/main.cjs').main(fileURLToPath(new URL('..', import.meta.url)));

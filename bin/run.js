#!/usr/bin/env node
// Starts the bundled program; see src/cli/main.ts. CommonJS (bin/package.json): Node's loader for ES modules takes longer
// to start than all that it would load here.
'use strict';
const path = require('node:path');
require('./compile-cache.cjs');

// Nothing left to wait for, and yet not done: without this the process would end as if all were well.
const onIdle = () => {
  process.stderr.write('todo-k8s: internal error: ended before it was done\n');
  process.exitCode = 4;
};
process.once('beforeExit', onIdle);
void require('../dist/main.cjs')
  .main(path.join(__dirname, '..'))
  .then(() => process.off('beforeExit', onIdle));

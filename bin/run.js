#!/usr/bin/env node
// Starts the bundled program; see src/cli/main.ts. CommonJS (bin/package.json): Node's loader for ES modules takes longer
// to start than all that it would load here.
'use strict';
const path = require('node:path');

// Until the program itself is loaded, which tells errors in its own words.
const onBrokenStart = ({ code, message }) => {
  process.stderr.write(`todo-k8s: cannot start: ${String(code ?? '')} ${message.split('\n', 1)[0]}\n`);
  process.exit(4);
};
process.once('uncaughtException', onBrokenStart);
require('./compile-cache.cjs');
const { main } = require('../dist/main.cjs');
process.off('uncaughtException', onBrokenStart);

// Nothing left to wait for, and yet not done: without this the process would end as if all were well.
const onIdle = () => {
  process.stderr.write('todo-k8s: internal error: ended before it was done\n');
  process.exitCode = 4;
};
process.once('beforeExit', onIdle);
void main(path.join(__dirname, '..')).then(() => process.off('beforeExit', onIdle));

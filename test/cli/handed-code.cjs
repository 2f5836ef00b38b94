// Loaded before a program (NODE_OPTIONS=--require): appends to the file HANDED_CODE the digest of all machine code that
// V8 is given, one a line, and after it what V8 made of it.
'use strict';
const { createHash } = require('node:crypto');
const { appendFileSync } = require('node:fs');
const vm = require('node:vm');

const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    if (options.cachedData === undefined) return;
    const digest = createHash('sha256').update(options.cachedData).digest('hex');
    appendFileSync(process.env.HANDED_CODE, `${digest} ${this.cachedDataRejected ? 'rejected' : 'taken'}\n`);
  }
};

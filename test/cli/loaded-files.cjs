// Preloaded into the program by startup.test.ts: writes at the end which files it has loaded, one per line.
'use strict';
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.LOADED_FILES, Object.keys(require.cache).join('\n')));

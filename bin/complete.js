#!/usr/bin/env node
// kubectl runs it as kubectl_complete-todo for TAB behind `kubectl todo`: with the words behind that.
'use strict';
process.argv.splice(2, 0, '__complete', '--kubectl');
require('./run.js');

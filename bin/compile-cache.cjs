// Lets V8 keep the code that it compiled, where this version of Node can do that by itself (22.1 and newer).
require('node:module').enableCompileCache?.();

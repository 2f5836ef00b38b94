import os from 'node:os';

/** Jest runs the TypeScript sources as ES modules (see docs/CONTRIBUTING.md). */
export default {
  testEnvironment: 'node',
  // Most tests wait for sockets and children: on two cores, four workers take half the time of two.
  maxWorkers: 2 * os.availableParallelism(),
  testTimeout: 30_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
};

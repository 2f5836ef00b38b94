/** Jest runs the TypeScript sources as ES modules (see docs/CONTRIBUTING.md). */
export default {
  testEnvironment: 'node',
  // Most tests wait for sockets and children: as many workers as cores, not one less.
  maxWorkers: '100%',
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

/** The checks' own tests, with every check blinded; started by scripts/mutation.ts. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/checks/*/[a-z]*.test.ts'],
  moduleNameMapper: { '^\\.\\./check\\.js$': '<rootDir>/test/mutation/check.ts', ...base.moduleNameMapper },
};

/** The checks' own tests, with the checks blinded; started by scripts/mutation.ts. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  moduleNameMapper: {
    '^\\.\\./check\\.js$': '<rootDir>/test/mutation/check.ts',
    ...base.moduleNameMapper,
  },
};

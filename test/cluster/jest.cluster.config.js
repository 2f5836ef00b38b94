/** The suite against a real cluster; started by test/cluster/run, never by `npm test`. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  testMatch: [
    `<rootDir>/test/cluster/suite/${process.env.TODO_K8S_TEST_FIELD ? 'field' : 'suite'}.cluster.ts`,
  ],
  reporters: ['<rootDir>/test/cluster/closing-line.js'],
};

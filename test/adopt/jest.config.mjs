/**
 * `npm run test:adopt`: the packed library in other people's applications, outside this repository. Not part of plain
 * `npm test`, since each of them is a real `npm install`.
 */
import repository from '../../jest.config.mjs';

const [unit] = repository.projects;

export default {
  ...unit,
  rootDir: '../..',
  displayName: 'adopt',
  roots: ['<rootDir>/test/adopt'],
  testRegex: '/test/adopt/.*\\.spec\\.ts$',
  globalSetup: '<rootDir>/test/adopt/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // two installs at once; more would fight for the same disk and network
  maxWorkers: 2,
};

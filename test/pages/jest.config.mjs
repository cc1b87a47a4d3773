/**
 * `npm run test:pages`: the pages that commands write, in a real Chromium. Not part of plain `npm test`, since a browser is
 * large; on Debian it is installed where there is none.
 */
import repository from '../../jest.config.mjs';

const [unit] = repository.projects;

export default {
  ...unit,
  rootDir: '../..',
  displayName: 'pages',
  roots: ['<rootDir>/test/pages'],
  testRegex: '/test/pages/.*\\.spec\\.ts$',
  // one browser at a time
  maxWorkers: 1,
};

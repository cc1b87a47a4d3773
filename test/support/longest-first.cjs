/**
 * The order of a run: what takes minutes begins first, so that no worker is alone with it at the end. Jest itself goes by
 * the size of a file, which says little of a spec that walks a matrix.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const longest = [
  'test/acceptance/boot',
  'test/acceptance/readme',
  'test/acceptance/doors',
  'test/integration/autogenerate/single-features',
  'test/integration/autogenerate/changes',
  'test/integration/planted',
  'test/acceptance/long-runs',
  'test/acceptance/script-directory',
  'test/integration/testing/migrated-database',
  'test/integration/altered',
  'test/integration/places',
  'test/acceptance/crash',
  'test/acceptance/lost-servers',
];

function rank(path) {
  const found = longest.findIndex((part) => path.replaceAll('\\', '/').includes(part));
  return found === -1 ? longest.length : found;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a.path) - rank(b.path));
  }
};

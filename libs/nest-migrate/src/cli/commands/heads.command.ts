import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { resultOfDirectory } from '../definition/scope.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';

export const heads = defineCommand({
  name: 'heads',
  group: 'Look at the revisions',
  description: 'List the revisions that no other follows. Asks no database',
  options: {
    check: flag('--check', 'exit code 3 where there are several'),
    resolveDependencies: flag('--resolve-dependencies', 'leave out heads that another branch depends on'),
  },
  examples: [
    ['heads', 'more than one: the next upgrade needs a merge, or heads'],
    ['heads --check', 'in CI: fails where two branches have to be merged'],
  ],
  on: resultOfDirectory,

  run: ({ migrations, common, given: { resolveDependencies } }) => migrations.heads({ ...common, resolveDependencies }),

  isNo: ({ length }, { check }) => check === true && length > 1,

  reason: ({ length }, { group }) => `There are ${length} heads. Join them: ${group} merge heads.`,

  present(found, { given, terminal }) {
    const page = terminal.resultPage;
    if (given.verbose === true) return found.map((info) => revisionBlock(info, page));
    return revisionLines(found, { labels: true }, page);
  },
});

import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { resultOfDirectory } from '../definition/scope.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';

export const heads = defineCommand({
  name: 'heads',
  group: 'Look at the revisions',
  description: 'List the revisions that no other follows. Asks no database',
  options: { resolveDependencies: flag('--resolve-dependencies', 'leave out heads that another branch depends on') },
  examples: [['heads', 'more than one: the next upgrade needs a merge, or heads']],
  on: resultOfDirectory,

  run: ({ migrations, common, given: { resolveDependencies } }) => migrations.heads({ ...common, resolveDependencies }),

  present(found, { given, terminal }) {
    const page = terminal.resultPage;
    if (given.verbose === true) return found.map((info) => revisionBlock(info, page));
    return revisionLines(found, { labels: true }, page);
  },
});

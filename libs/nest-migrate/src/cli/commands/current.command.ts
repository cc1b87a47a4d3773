import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { eachResult } from '../definition/scope.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';

export const current = defineCommand({
  name: 'current',
  group: 'Look at the database',
  description: 'Show where the database stands. Writes nothing',
  options: { checkHeads: flag('-c, --check-heads', 'exit code 3 unless every revision is applied') },
  examples: [
    ['current', 'the ids alone; -v for all there is to say'],
    ['current --check-heads', 'in a script: exit code 3 where revisions wait'],
  ],
  on: eachResult,

  run: ({ migrations, common }) => migrations.current(common),

  isNo: ({ atHead }, { checkHeads }) => checkHeads === true && !atHead,

  async reason(_, { migrations, common, group }) {
    const heads = await migrations.heads({ ...common, resolveDependencies: true });
    const names = heads.map(({ revision }) => revision).join(', ');
    return `Database is not on all head revisions: ${heads.length === 1 ? 'the head is' : 'the heads are'} ${names}. Run ${group} upgrade${heads.length === 1 ? '' : ' heads'}.`;
  },

  present({ revisions }, { given, terminal }) {
    if (revisions.length === 0) terminal.note('The database is at base: no revision is applied.');
    const sorted = revisions.toSorted((a, b) => (a.revision < b.revision ? -1 : 1));
    const page = terminal.resultPage;
    if (given.verbose === true) return sorted.map((info) => revisionBlock(info, page, { current: false }));
    return revisionLines(sorted, { points: true }, page);
  },
});

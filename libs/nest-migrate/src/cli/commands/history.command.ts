import { defineCommand } from '../definition/define-command.js';
import { type HelpTable } from '../definition/help-table.js';
import { flag, text } from '../definition/option.js';
import { resultOfDirectory, eachResult } from '../definition/scope.js';
import { graphLines } from '../present/graph.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';

const ranges: HelpTable = {
  title: 'Ranges',
  rows: [
    ['ae10:', 'from a revision to the heads'],
    [':ae10', 'from the first revision to this one'],
    ['base:head', 'everything, the default'],
    ['current:', 'from where the database is (asks it)'],
    ['ae10:+2', 'a revision and the two after it'],
  ],
};

export const history = defineCommand({
  name: 'history',
  group: 'Look at the revisions',
  description: 'List the revisions, newest first',
  options: {
    revRange: text('-r, --rev-range <[start]:[end]>', 'only these, both ends included'),
    graph: flag('--graph', 'draw the branches, as git log --graph does'),
    indicateCurrent: flag('-i, --indicate-current', 'mark where the database is (asks it)'),
  },
  tables: [ranges],
  examples: [
    ['history --graph', 'drawn, for branches and merges'],
    ['history -i', 'and where the database is'],
    ['history -r current:', 'what waits to be applied'],
    ['history -r ae10:', 'ae10 and what came after it'],
  ],
  on: ({ revRange = '', indicateCurrent }) =>
    indicateCurrent === true || /current/.test(revRange) ? eachResult : resultOfDirectory,

  run: ({ migrations, common, given: { revRange, indicateCurrent } }) =>
    migrations.history({ ...common, range: revRange, indicateCurrent }),

  present(revisions, { given, terminal }) {
    const parts = { parents: true, labels: true, current: true, points: true, particulars: true, message: true };
    const page = terminal.resultPage;
    const verbose = given.verbose === true;
    if (given.graph === true) return graphLines(revisions, { verbose, page });
    return verbose ? revisions.map((info) => revisionBlock(info, page)) : revisionLines(revisions, parts, page);
  },
});

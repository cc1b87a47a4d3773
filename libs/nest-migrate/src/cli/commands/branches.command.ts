import { defineCommand } from '../definition/define-command.js';
import { resultOfDirectory } from '../definition/scope.js';
import { branchPointText } from '../present/branch-point-text.js';

export const branches = defineCommand({
  name: 'branches',
  group: 'Look at the revisions',
  description: 'List the revisions that several others follow. Asks no database',
  examples: [['branches -v', 'with all there is to say of them']],
  on: resultOfDirectory,

  run: ({ migrations, common }) => migrations.branches(common),

  async present(points, { migrations, common, given, terminal }) {
    if (points.length === 0) return [];
    const all = await migrations.history(common);
    const revisions = new Map(all.map((info) => [info.revision, info]));
    const layout = { revisions, verbose: given.verbose === true, page: terminal.resultPage };
    return points.map((point) => branchPointText(point, layout));
  },
});

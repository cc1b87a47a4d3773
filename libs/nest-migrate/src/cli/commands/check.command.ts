import { describeAltered, proven } from '../../commands/altered-revisions.js';
import { defineCommand } from '../definition/define-command.js';
import { eachResult } from '../definition/scope.js';
import { endless } from '../palette.js';
import { detectedLine } from '../present/detected-line.js';
import { detectedLines } from '../present/detected.js';
import { written } from '../present/styled-line.js';

export const check = defineCommand({
  name: 'check',
  group: 'Write revisions',
  description: 'Tell what migrate would write, and write nothing. Exit code 3 where there is something',
  examples: [['check', 'in CI: fails where a revision is missing']],
  on: eachResult,

  run: ({ migrations, common }) => migrations.check(common),

  isNo: ({ clean }) => !clean,

  reason({ operations, altered }, { group }) {
    if (operations.length === 0) {
      const { length } = proven(altered);
      const what = length === 1 ? 'An applied revision is' : `${length} applied revisions are`;
      return `${what} not what was applied. Put that back, or accept what is there now: ${group} repair --accept.`;
    }
    const { length } = detectedLines(operations);
    const count = `${length} ${length === 1 ? 'difference' : 'differences'}`;
    return `New upgrade operations detected: ${count} between the entities and the database. Write a revision with ${group} migrate.`;
  },

  present({ operations, altered }, { terminal }) {
    const page = endless(terminal.resultPage);
    const differences = detectedLines(operations).map((line) => written(detectedLine(line), page));
    return [
      ...(operations.length === 0 ? ['No new upgrade operations detected.'] : differences),
      ...altered.map(describeAltered),
    ];
  },
});

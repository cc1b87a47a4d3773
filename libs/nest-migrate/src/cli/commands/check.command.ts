import { describeAltered, proven } from '../../commands/altered-revisions.js';
import { describePublished } from '../../commands/published-revisions.js';
import { describeCertificate } from '../../commands/squash-certificate.js';
import { defineCommand } from '../definition/define-command.js';
import { text } from '../definition/option.js';
import { eachResult, resultOfDirectory } from '../definition/scope.js';
import { endless } from '../palette.js';
import { detectedLine } from '../present/detected-line.js';
import { detectedLines } from '../present/detected.js';
import { written } from '../present/styled-line.js';

export const check = defineCommand({
  name: 'check',
  group: 'Write revisions',
  description: 'Tell what migrate would write, and write nothing. Exit code 3 where there is something',
  options: {
    base: text('--base <commit>', 'compare the revisions with those of a git commit instead; asks no database'),
  },
  examples: [
    ['check', 'in CI: fails where a revision is missing'],
    [
      'check --base origin/main',
      'fails where a published revision was edited or deleted, or a new one is in the wrong place',
    ],
  ],
  on: ({ base }) => (base === undefined ? eachResult : resultOfDirectory),

  run: ({ migrations, common, given: { base } }) => migrations.check({ ...common, base }),

  isNo: ({ clean }) => !clean,

  reason({ operations, altered, published, squashes }, { group, given }) {
    const isOfSquashesAlone = published.length === 0 && operations.length === 0 && proven(altered).length === 0;
    if (isOfSquashesAlone) {
      const what = squashes.length === 1 ? 'One squash is' : `${squashes.length} squashes are`;
      return `${what} not proven as it is now. Prove it: ${group} squash --prove ${squashes[0]?.revision ?? '<revision>'}.`;
    }
    if (given.base !== undefined) {
      const what = published.length === 1 ? 'One thing does' : `${published.length} things do`;
      return `${what} not fit to what is published at ${given.base}. ${group} rebase puts new revisions behind its heads.`;
    }
    if (operations.length === 0) {
      const { length } = proven(altered);
      const what = length === 1 ? 'An applied revision is' : `${length} applied revisions are`;
      return `${what} not what was applied. Put that back, or accept what is there now: ${group} repair --accept.`;
    }
    const { length } = detectedLines(operations);
    const count = `${length} ${length === 1 ? 'difference' : 'differences'}`;
    return `New upgrade operations detected: ${count} between the entities and the database. Write a revision with ${group} migrate.`;
  },

  present({ operations, altered, published, squashes }, { terminal, given }) {
    const unproven = squashes.map(describeCertificate);
    if (given.base !== undefined) {
      return published.length === 0
        ? [`Nothing published was changed since ${given.base}.`, ...unproven]
        : [...published.map(describePublished), ...unproven];
    }
    const page = endless(terminal.resultPage);
    const differences = detectedLines(operations).map((line) => written(detectedLine(line), page));
    return [
      ...(operations.length === 0 ? ['No new upgrade operations detected.'] : differences),
      ...altered.map(describeAltered),
      ...unproven,
    ];
  },
});

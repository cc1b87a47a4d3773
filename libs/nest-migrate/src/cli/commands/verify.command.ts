import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { eachResult } from '../definition/scope.js';
import { verifiedLines } from '../present/verified.js';

export const verify = defineCommand({
  name: 'verify',
  group: 'Before a deployment',
  description: 'Try revisions on a scratch database: up, down, up again. Exit code 3 where something is found',
  arguments: { range: optionalWord('[start]:[end], both included (default: what is not applied)') },
  options: {
    all: flag('--all', 'every revision; asks no database of the application'),
  },
  examples: [
    ['verify', 'what waits to be applied'],
    ['verify --all', 'in CI: the whole history'],
    ['verify ae10:heads', 'ae10 and what came after it'],
  ],
  on: eachResult,

  run: ({ migrations, common, given: { range, all } }) => migrations.verify({ ...common, range, all }),

  isNo: ({ clean }) => !clean,

  reason({ findings }) {
    const { length } = findings.filter(({ accepted }) => accepted === undefined);
    return length === 1 ? 'One finding.' : `${length} findings.`;
  },

  present: (result, { terminal }) => verifiedLines(result, terminal.resultPage),
});

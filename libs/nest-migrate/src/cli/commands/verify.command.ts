import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag, text } from '../definition/option.js';
import { eachResult } from '../definition/scope.js';
import { verifiedLines } from '../present/verified.js';

export const verify = defineCommand({
  name: 'verify',
  group: 'Before a deployment',
  description: 'Try revisions on a scratch database: up, down, up again. Exit code 3 where something is found',
  arguments: { range: optionalWord('[start]:[end], both included (default: what is not applied)') },
  options: {
    base: text('--base <commit>', 'the revisions that a git commit does not have; asks no database of the application'),
    all: flag('--all', 'every revision; asks no database of the application'),
  },
  examples: [
    ['verify', 'what waits to be applied'],
    ['verify --all', 'in CI: the whole history'],
    ['verify --base origin/main', 'in CI: what a branch adds'],
    ['verify ae10:heads', 'ae10 and what came after it'],
  ],
  on: eachResult,

  check({ range, base, all }) {
    const given = [range !== undefined && 'a range', base !== undefined && '--base', all === true && '--all'];
    const [one, other] = given.filter((each) => each !== false);
    if (other !== undefined)
      throw new Misuse(`${one} and ${other} both say which revisions are verified: give one of them`);
  },

  run: ({ migrations, common, given: { range, base, all } }) => migrations.verify({ ...common, range, base, all }),

  isNo: ({ clean }) => !clean,

  reason({ findings }) {
    const { length } = findings.filter(({ accepted }) => accepted === undefined);
    return length === 1 ? 'One finding.' : `${length} findings.`;
  },

  present: (result, { terminal, given }) => verifiedLines(result, terminal.resultPage, given.base),
});

import { optionalWord } from '../definition/argument.js';
import { type LintResult } from '../../commands/lint.js';
import { Misuse } from '../definition/misuse.js';
import { type Page } from '../palette.js';
import { defineCommand } from '../definition/define-command.js';
import { flag, text } from '../definition/option.js';
import { eachResult, oneDatabase } from '../definition/scope.js';
import { asAsked, fails, planOptions, whyItFails } from '../options/plan-options.js';
import { isDocument, planScript, planText } from '../present/plan-formats.js';

export const lint = defineCommand({
  name: 'lint',
  group: 'Before a deployment',
  description: 'Tell what new revisions would lock, without a database. Exit code 3 where a finding is blocking',
  arguments: { range: optionalWord('[start]:[end], both included (default: what is not published)') },
  options: {
    base: text('--base <commit>', "what is published: a git commit (default: the remote's default branch)"),
    stats: text('--stats <file>', 'what db stats has written: how large the tables are'),
    fix: flag('--fix', 'write what is not published so that requests go on while it runs'),
    dryRun: flag('--dry-run', 'with --fix: print what would change in the files and change nothing'),
    ...planOptions,
  },
  examples: [
    ['lint', 'the revisions that the default branch does not have'],
    ['lint --base origin/main --stats stats.json --format github', 'in CI: annotations in the pull request'],
    ['lint --fix --dry-run', 'how the new revisions could run while the application works'],
    ['lint ae10:heads', 'ae10 and what came after it'],
  ],
  on: ({ format }) => (isDocument(format) ? oneDatabase : eachResult),

  check(given, terminal) {
    if (given.dryRun === true && given.fix !== true) throw new Misuse("option '--dry-run' belongs to '--fix'");
    asAsked(given, terminal);
  },

  async run({ migrations, common, given, terminal }) {
    const { range, base, stats, fix, dryRun, format = 'text' } = given;
    const result = await migrations.lint({ ...common, range, base, stats, fix, dryRun });
    // the other forms go to programs, and the plan is all of them
    if (format !== 'text') for (const line of await fixedText(result, terminal.notePage)) terminal.note(line);
    return result;
  },

  isNo: fails,

  reason: (result, { given }) => whyItFails(result, given),

  script: planScript,

  async present(result, call) {
    const { format = 'text' } = call.given;
    return [
      ...(format === 'text' ? await fixedText(result, call.terminal.resultPage) : []),
      ...(await planText(result, call)),
    ];
  },
});

/** What was fixed; it is loaded where something is asked to be. */
async function fixedText({ fixes }: LintResult, page: Page): Promise<readonly string[]> {
  if (fixes === undefined) return [];
  return (await import('../present/fixed-lines.js')).fixedLines(fixes, page, process.cwd());
}

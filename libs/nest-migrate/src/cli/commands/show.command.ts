import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { resultOfDirectory, eachResult } from '../definition/scope.js';
import { revisionBlock } from '../present/revision-block.js';

export const show = defineCommand({
  name: 'show',
  group: 'Look at the revisions',
  description: 'Show a revision at length',
  arguments: { revision: optionalWord('what to show (default: head)') },
  tables: [revisionForms('head', 'heads', 'current', 'id', 'label', 'below', 'from')],
  examples: [
    ['show', 'the newest revision'],
    ['show current', 'where the database is'],
    ['show ae10 --json', 'for a script'],
  ],
  on: ({ revision = '' }) => (/current/.test(revision) ? eachResult : resultOfDirectory),

  run: ({ migrations, common, given: { revision } }) => migrations.show({ ...common, revision }),

  present(revisions, { given, terminal }) {
    if (revisions.length === 0) terminal.note(nothingToShow(given.revision ?? 'head'));
    const page = terminal.resultPage;
    return revisions.map((info) => revisionBlock(info, page));
  },
});

function nothingToShow(revision: string): string {
  if (revision === 'current') return 'The database is at base: no revision is applied.';
  if (revision === 'head' || revision === 'heads') return 'There is no revision yet.';
  return `Nothing to show: ${revision} is before the first revision.`;
}

import { oneWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { eachResult } from '../definition/scope.js';
import { blameLines } from '../present/blame-lines.js';

export const blame = defineCommand({
  name: 'blame',
  group: 'Look at the revisions',
  description: 'List the revisions that touched a table or a column. Runs each without a database',
  arguments: { name: oneWord('<table>, <table>.<column> or <schema>.<table>, as it is called at the heads') },
  examples: [
    ['blame book', 'who made and changed the table, under all its names'],
    ['blame book.isbn', 'who made and changed the column'],
  ],
  on: eachResult,

  run: ({ migrations, common, given: { name } }) => migrations.blame({ ...common, name }),

  present: (result, { given, terminal }) => blameLines(result, { name: given.name, page: terminal.resultPage }),
});

import { type MigrateOptions } from '../../commands/migrate.js';
import { readRenames } from '../../commands/rename-file.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag, names, text } from '../definition/option.js';
import { scriptDirectory } from '../definition/scope.js';
import { assertMayAskDatabase, nextRevision, nextRevisionOptions } from '../options/revision-options.js';
import { differenceLines, migratedLines } from '../present/migrated.js';
import { askForRenames } from '../rename-question.js';

export const migrate = defineCommand({
  name: 'migrate',
  group: 'Write revisions',
  description: 'Write a revision from the difference between the entities and the database',
  options: {
    dryRun: flag('--dry-run', 'print what it would write and write nothing'),
    verify: flag('--verify', 'try what it has written on a scratch database before it keeps the file'),
    fromEmpty: flag('--from-empty', 'write the whole schema as the first revision, without the database'),
    fromDatabase: flag(
      '--from-database',
      'write what the database has as the first revision, whatever the entities say',
    ),
    online: flag('--online', 'write it so that requests to the application go on while it runs'),
    existingTables: flag('--existing-tables', 'on SQLite: write what rebuilt tables are before, for --sql'),
    rename: names('--rename <[table.]old:new>', 'a table, column or value of an enum that was renamed (repeatable)'),
    renames: text('--renames <file>', 'a file of such renames, one a line'),
    ...nextRevisionOptions,
  },
  examples: [
    ['migrate -m "add isbn"', 'compare, write the file, print its path'],
    ['migrate --from-empty -m schema', 'the whole schema, for a database that has it already'],
    ['migrate --from-database -m schema', 'the same where the entities differ: the next migrate writes that'],
    ['migrate --dry-run', 'print what it would write'],
    ['migrate --online -m "index isbn"', 'build the index while the application writes'],
    ['migrate --rename book.name:title', 'a column that was renamed, not dropped and added'],
  ],
  on: scriptDirectory,

  check(given) {
    if (given.fromEmpty === true && given.fromDatabase === true)
      throw new Misuse(
        '--from-empty writes what the entities say, and --from-database what the database has: take one',
      );
    if (given.fromEmpty !== true) assertMayAskDatabase(given);
  },

  async run({ migrations, common, connections, given, terminal, signal }) {
    const { dryRun, fromDatabase, fromEmpty, online, existingTables, verify } = given;
    const told = await givenRenames(given);
    const mayAsk = told === undefined && given.json !== true && terminal.interactive;
    const renames: MigrateOptions['renames'] = mayAsk
      ? (candidates) => askForRenames(candidates, terminal, signal)
      : told;
    const about = { dryRun, fromDatabase, fromEmpty, online, existingTables, verify, connections, renames };
    const result = await migrations.migrate({ ...common, ...nextRevision(given), ...about });
    for (const line of differenceLines(result, terminal.notePage)) terminal.note(line);
    return result;
  },

  present: migratedLines,

  hint({ created }, { given, terminal, group }) {
    if ((given.fromEmpty !== true && given.fromDatabase !== true) || created.length === 0) return;
    terminal.note(`A database that has all this already: ${group} stamp head. An empty one: ${group} upgrade.`);
    if (given.fromDatabase === true)
      terminal.note(
        `Then ${group} drift tells what no revision can say, and ${group} migrate writes what the entities want otherwise.`,
      );
  },
});

/** The renames that were told with the command; `undefined` where none was. */
async function givenRenames(given: {
  readonly rename?: readonly string[];
  readonly renames?: string;
}): Promise<readonly string[] | undefined> {
  if (given.renames === undefined) return given.rename;
  return [...(given.rename ?? []), ...(await readRenames(given.renames))];
}

import { type MigrateResult } from '../../commands/migrate.js';
import { type Created } from '../../commands/revision.js';
import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { scriptDirectory } from '../definition/scope.js';
import { assertMayAskDatabase, nextRevision, nextRevisionOptions } from '../options/revision-options.js';
import { createdLines, differenceLines, migratedLines } from '../present/migrated.js';

export const revision = defineCommand({
  name: 'revision',
  group: 'Write revisions',
  description: 'Write a new revision with empty functions',
  options: {
    autogenerate: flag('--autogenerate', 'fill it with what the entities differ in, as migrate does'),
    ...nextRevisionOptions,
  },
  examples: [
    ['revision -m "backfill slugs"', 'an empty one on top of the head'],
    ['revision -m billing --head base --branch-label billing', 'the first of a branch of its own'],
    ['revision -m "hot fix" --head ae10 --splice', 'beside what follows ae10 already'],
  ],
  on: scriptDirectory,

  check(given) {
    if (given.autogenerate === true) assertMayAskDatabase(given);
  },

  async run({ migrations, common, connections, given, terminal }): Promise<Created | MigrateResult> {
    const options = { ...common, ...nextRevision(given), connections };
    if (given.autogenerate !== true) return migrations.revision(options);
    const result = await migrations.migrate(options);
    for (const line of differenceLines(result, terminal.notePage)) terminal.note(line);
    return result;
  },

  present: (result) => ('differences' in result ? migratedLines(result) : createdLines(result)),
});

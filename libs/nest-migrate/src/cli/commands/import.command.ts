import { importTools } from '../options/import-options.js';
import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { choice, flag, text } from '../definition/option.js';
import { oneDatabase } from '../definition/scope.js';
import { importedLines, importFailure, importNotes } from '../present/imported.js';

export const importCommand = defineCommand({
  name: 'import',
  group: 'Set up',
  description: "Take over the migrations of MikroORM's own migrator, or of another tool, as revisions",
  arguments: { folder: optionalWord('where they are (default: where MikroORM is configured to look)') },
  options: {
    from: choice(
      '--from <tool>',
      `who wrote them: ${importTools.join(', ')} (default: what the files tell)`,
      importTools,
    ),
    table: text('--table <name>', 'the table of what has been applied, if it is not the usual one'),
    stamp: flag('--stamp', 'write no file: stamp this database where the other tool has left it'),
    dryRun: flag('--dry-run', 'read and prove it, tell what it would write, and write nothing'),
    unproven: flag('--unproven', 'keep the revisions without trying them on scratch databases'),
  },
  examples: [
    ['import', "MikroORM's own migrations, from where they are configured"],
    ['import --dry-run', 'what would become of them'],
    ['import --stamp', 'on each further database: say what has been applied to it'],
    ['import prisma/migrations', 'those of Prisma, TypeORM, Knex, Drizzle, or a folder of SQL'],
  ],
  on: oneDatabase,

  check({ stamp, dryRun, unproven }) {
    if (stamp !== true || (dryRun !== true && unproven !== true)) return;
    throw new Misuse(
      `--stamp writes no file, so that ${dryRun === true ? '--dry-run' : '--unproven'} has nothing to say`,
    );
  },

  run({ migrations, common, given }) {
    const { folder, from: tool, table, stamp, dryRun, unproven } = given;
    return migrations.import({ ...common, folder, tool, table, stamp, dryRun, prove: unproven !== true });
  },

  isNo: ({ clean }) => !clean,

  reason: (result) => importFailure(result),

  present: (result, { given }) => importedLines(result, given),

  hint(result, { terminal, group, given }) {
    for (const line of importNotes(result, { ...given, group })) terminal.note(line);
  },
});

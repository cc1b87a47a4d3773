import { SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type Current } from '../../commands/current.js';
import { type MigrationCommands } from '../connections.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLine } from '../present/revision-line.js';
import { NestMigrateDbReadCommand } from './read.command.js';

import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'current', description: 'Show where the database stands. Writes nothing' })
export class NestMigrateDbCurrentCommand extends NestMigrateDbReadCommand<Current> {
  protected async read(migrations: MigrationCommands, common: Common): Promise<Current> {
    return migrations.current(common);
  }

  protected async present(
    { revisions }: Current,
    _migrations: MigrationCommands,
    _common: Common,
    { given }: Invocation,
  ): Promise<readonly string[]> {
    if (revisions.length === 0) this.session.terminal.note('The database is at base: no revision is applied.');
    const sorted = revisions.toSorted((a, b) => (a.revision < b.revision ? -1 : 1));
    return sorted.map((info) =>
      given.verbose === true ? revisionBlock(info, { current: false }) : revisionLine(info, { points: true }),
    );
  }
}

import { SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type Status } from '../../commands/status.js';
import { type MigrationCommands } from '../connections.js';
import { statusLines } from '../present/status.js';
import { NestMigrateDbReadCommand } from './read.command.js';

@SubCommand({ name: 'status', description: 'Show where the database stands and what is under way. Writes nothing' })
export class NestMigrateDbStatusCommand extends NestMigrateDbReadCommand<Status> {
  protected async read(migrations: MigrationCommands, common: Common): Promise<Status> {
    return migrations.status(common);
  }

  protected async present(status: Status): Promise<readonly string[]> {
    return statusLines(status, this.session.group);
  }
}

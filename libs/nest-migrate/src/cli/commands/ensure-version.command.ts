import { Option, SubCommand } from 'nest-commander';
import { type Invocation } from './sub.command.js';
import { NestMigrateDbLockingCommand } from './locking.command.js';

@SubCommand({ name: 'ensure-version', description: 'Create the version table, if it is not there yet' })
export class NestMigrateDbEnsureVersionCommand extends NestMigrateDbLockingCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    const { terminal } = this.session;
    if (given.sql === true) {
      await this.onOne(given, async ({ migrations }, common) => {
        const result = await migrations.ensureVersion({ ...common, sql: true });
        terminal.script(result.sql);
        return result;
      });
      return;
    }
    await this.onEach(
      given,
      (line) => terminal.note(line),
      async ({ migrations }, common) => {
        const result = await migrations.ensureVersion({ ...common, lockWaitTimeout: given.lockWaitTimeout });
        terminal.note(result.created ? 'Created the version table.' : 'Nothing to do: the version table is there.');
        return result;
      },
    );
  }
  @Option({ flags: '--sql', description: 'write the SQL to stdout and connect to no database' })
  parseSql(): boolean {
    return true;
  }
}

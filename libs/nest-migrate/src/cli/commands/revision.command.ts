import { Option, SubCommand } from 'nest-commander';
import { tellMigrated } from './migrated.js';
import { NestMigrateDbNextRevisionCommand } from './new-revision.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'revision', description: 'Write a new revision with empty functions' })
export class NestMigrateDbRevisionCommand extends NestMigrateDbNextRevisionCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    if (given.autogenerate === true) this.assertMayAskDatabase(given);
    await this.onDirectory(given, async ({ migrations }, common, connections) => {
      const options = { ...common, ...this.newRevision(given), connections };
      if (given.autogenerate === true) return tellMigrated(this.session.terminal, await migrations.migrate(options));
      return this.tellCreated(await migrations.revision(options));
    });
  }

  @Option({ flags: '--autogenerate', description: 'fill it with what the entities differ in, as migrate does' })
  parseAutogenerate(): boolean {
    return true;
  }
}

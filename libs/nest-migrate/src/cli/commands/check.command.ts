import { SubCommand } from 'nest-commander';
import { type CheckResult } from '../../commands/check.js';
import { type Common } from '../../commands/command-context.js';
import { type MigrationCommands } from '../connections.js';
import { detectedLines } from '../present/detected.js';
import { NestMigrateDbReadCommand } from './read.command.js';

@SubCommand({
  name: 'check',
  description: 'Tell what migrate would write, and write nothing. Exit code 3 where there is something',
})
export class NestMigrateDbCheckCommand extends NestMigrateDbReadCommand<CheckResult> {
  protected async read(migrations: MigrationCommands, common: Common): Promise<CheckResult> {
    return migrations.check(common);
  }

  protected async present({ operations, clean }: CheckResult): Promise<readonly string[]> {
    return clean ? ['No new upgrade operations detected.'] : detectedLines(operations);
  }

  protected override async refusal({ operations, clean }: CheckResult): Promise<string | undefined> {
    if (clean) return undefined;
    const { length } = detectedLines(operations);
    const count = `${length} ${length === 1 ? 'difference' : 'differences'}`;
    return `New upgrade operations detected: ${count} between the entities and the database. Write a revision with ${this.session.group} migrate.`;
  }
}

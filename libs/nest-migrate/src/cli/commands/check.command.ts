import { SubCommand } from 'nest-commander';
import { type CheckResult } from '../../commands/check.js';
import { type Common } from '../../commands/command-context.js';
import { type MigrationCommands } from '../connections.js';
import { endless } from '../palette.js';
import { detectedLine } from '../present/detected-line.js';
import { detectedLines } from '../present/detected.js';
import { written } from '../present/styled-line.js';
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
    if (clean) return ['No new upgrade operations detected.'];
    const page = endless(this.session.terminal.resultPage);
    return detectedLines(operations).map((line) => written(detectedLine(line), page));
  }

  protected override async refusal({ operations, clean }: CheckResult): Promise<string | undefined> {
    if (clean) return undefined;
    const { length } = detectedLines(operations);
    const count = `${length} ${length === 1 ? 'difference' : 'differences'}`;
    return `New upgrade operations detected: ${count} between the entities and the database. Write a revision with ${this.session.group} migrate.`;
  }
}

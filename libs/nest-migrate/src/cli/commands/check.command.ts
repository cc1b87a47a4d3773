import { SubCommand } from 'nest-commander';
import { describeAltered, proven } from '../../commands/altered-revisions.js';
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

  protected async present({ operations, altered }: CheckResult): Promise<readonly string[]> {
    const page = endless(this.session.terminal.resultPage);
    const differences = detectedLines(operations).map((line) => written(detectedLine(line), page));
    return [
      ...(operations.length === 0 ? ['No new upgrade operations detected.'] : differences),
      ...altered.map(describeAltered),
    ];
  }

  protected override async refusal({ operations, altered, clean }: CheckResult): Promise<string | undefined> {
    if (clean) return undefined;
    if (operations.length === 0) {
      const { length } = proven(altered);
      const what = length === 1 ? 'An applied revision is' : `${length} applied revisions are`;
      return `${what} not what was applied. Put that back, or accept what is there now: ${this.session.group} repair --accept.`;
    }
    const { length } = detectedLines(operations);
    const count = `${length} ${length === 1 ? 'difference' : 'differences'}`;
    return `New upgrade operations detected: ${count} between the entities and the database. Write a revision with ${this.session.group} migrate.`;
  }
}

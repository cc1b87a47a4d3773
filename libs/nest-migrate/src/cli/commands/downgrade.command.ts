import { SubCommand } from 'nest-commander';
import { NestMigrateDbStepCommand } from './step.command.js';
import { type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'downgrade',
  arguments: '[revision]',
  description: 'Undo revisions that were applied to the database',
  argsDescription: { revision: 'the revision to go back to, which stays applied (default: -1)' },
})
export class NestMigrateDbDowngradeCommand extends NestMigrateDbStepCommand {
  protected override readonly notes = symbolNotes('down', 'base', 'id', 'label', 'from', 'fromTo');

  protected async execute({ parameters: [target], given }: Invocation): Promise<void> {
    const announce = (line: string): void => this.session.terminal.note(line);
    await this.onEachSharing(given, announce, async ({ migrations }, common) => {
      const options = { ...common, ...this.runOptions(given), target };
      if (given.sql === true) return this.tellSql(await migrations.downgrade({ ...options, sql: true }));
      return this.tell(await migrations.downgrade(options), { command: 'downgrade', target });
    });
  }
}

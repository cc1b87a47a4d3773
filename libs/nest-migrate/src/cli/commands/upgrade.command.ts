import { SubCommand } from 'nest-commander';
import { NestMigrateDbStepCommand } from './step.command.js';
import { type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'upgrade',
  arguments: '[revision]',
  description: 'Apply revisions to the database',
  argsDescription: { revision: 'how far to go (default: head)' },
})
export class NestMigrateDbUpgradeCommand extends NestMigrateDbStepCommand {
  protected override readonly notes = symbolNotes('head', 'heads', 'id', 'label', 'up', 'from', 'range');

  protected async execute({ parameters: [target], given }: Invocation): Promise<void> {
    if (given.sql === true) {
      // one script is for one engine
      await this.onOne(given, async ({ migrations }, common) => {
        return this.tellSql(await migrations.upgrade({ ...common, ...this.runOptions(given), target, sql: true }));
      });
      return;
    }
    const announce = (line: string): void => this.session.terminal.note(line);
    await this.onEach(given, announce, async ({ migrations }, common) => {
      return this.tell(await migrations.upgrade({ ...common, ...this.runOptions(given), target }), {
        command: 'upgrade',
        target,
      });
    });
  }
}

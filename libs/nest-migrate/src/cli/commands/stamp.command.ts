import { Option, SubCommand } from 'nest-commander';
import { oneOrMany } from './given-options.js';
import { NestMigrateDbRunCommand } from './run.command.js';
import { type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'stamp',
  arguments: '[revisions...]',
  description: 'Set where the database stands, without running any revision',
  argsDescription: { revisions: 'what the version table shall say (default: head)' },
})
export class NestMigrateDbStampCommand extends NestMigrateDbRunCommand {
  protected override readonly notes = symbolNotes('head', 'heads', 'base', 'id', 'label', 'from', 'down', 'range');

  protected async execute({ parameters, given }: Invocation): Promise<void> {
    const revisions = oneOrMany(parameters.length === 0 ? ['head'] : parameters) ?? 'head';
    const announce = (line: string): void => this.session.terminal.note(line);
    await this.onEachSharing(given, announce, async ({ migrations }, common) => {
      const options = { ...common, ...this.runOptions(given), revisions, purge: given.purge };
      if (given.sql === true) return this.tellSql(await migrations.stamp({ ...options, sql: true }));
      return this.tell(await migrations.stamp(options), { command: 'stamp' });
    });
  }

  @Option({ flags: '--purge', description: 'delete all rows first, also such as no script has' })
  parsePurge(): boolean {
    return true;
  }
}

import { SubCommand } from 'nest-commander';
import { oneOrMany } from './given-options.js';
import { NestMigrateDbNewRevisionCommand } from './new-revision.command.js';
import { type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'merge',
  arguments: '<revisions...>',
  description: 'Write a revision that joins branches',
  argsDescription: { revisions: 'the revisions to join' },
})
export class NestMigrateDbMergeCommand extends NestMigrateDbNewRevisionCommand {
  protected override readonly notes = symbolNotes('heads', 'id', 'label');

  protected async execute({ parameters, given }: Invocation): Promise<void> {
    const revisions = oneOrMany(parameters) ?? parameters;
    await this.onDirectory(given, async ({ migrations }, common) => {
      return this.tellCreated(await migrations.merge({ ...common, ...this.newRevision(given), revisions }));
    });
  }
}

import { SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type RevisionInfo } from '../../commands/results.js';
import { type MigrationCommands } from '../connections.js';
import { revisionBlock } from '../present/revision-block.js';
import { NestMigrateDbReadCommand } from './read.command.js';
import { type Invocation } from './sub.command.js';
import { symbolNotes } from './symbols.js';

@SubCommand({
  name: 'show',
  arguments: '[revision]',
  description: 'Show a revision at length',
  argsDescription: { revision: 'what to show (default: head)' },
})
export class NestMigrateDbShowCommand extends NestMigrateDbReadCommand<readonly RevisionInfo[]> {
  protected override readonly notes = symbolNotes('head', 'heads', 'current', 'id', 'label', 'below', 'from');

  protected override asksDatabase({ parameters: [revision] }: Invocation): boolean {
    return /current/.test(revision ?? '');
  }

  protected async read(
    migrations: MigrationCommands,
    common: Common,
    { parameters: [revision] }: Invocation,
  ): Promise<readonly RevisionInfo[]> {
    return migrations.show({ ...common, revision });
  }

  protected async present(
    revisions: readonly RevisionInfo[],
    _migrations: MigrationCommands,
    _common: Common,
    { parameters: [revision = 'head'] }: Invocation,
  ): Promise<readonly string[]> {
    if (revisions.length === 0) this.session.terminal.note(nothingToShow(revision));
    const page = this.session.terminal.resultPage;
    return revisions.map((info) => revisionBlock(info, page));
  }
}

function nothingToShow(revision: string): string {
  if (revision === 'current') return 'The database is at base: no revision is applied.';
  if (revision === 'head' || revision === 'heads') return 'There is no revision yet.';
  return `Nothing to show: ${revision} is before the first revision.`;
}

import { Option, SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type RevisionInfo } from '../../commands/results.js';
import { type MigrationCommands } from '../connections.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';
import { NestMigrateDbReadCommand } from './read.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'heads', description: 'List the revisions that no other follows. Asks no database' })
export class NestMigrateDbHeadsCommand extends NestMigrateDbReadCommand<readonly RevisionInfo[]> {
  protected override asksDatabase(): boolean {
    return false;
  }

  protected async read(
    migrations: MigrationCommands,
    common: Common,
    { given }: Invocation,
  ): Promise<readonly RevisionInfo[]> {
    return migrations.heads({ ...common, resolveDependencies: given.resolveDependencies });
  }

  protected async present(
    heads: readonly RevisionInfo[],
    _migrations: MigrationCommands,
    _common: Common,
    { given }: Invocation,
  ): Promise<readonly string[]> {
    const page = this.session.terminal.resultPage;
    if (given.verbose === true) return heads.map((info) => revisionBlock(info, page));
    return revisionLines(heads, { labels: true }, page);
  }

  @Option({ flags: '--resolve-dependencies', description: 'leave out heads that another branch depends on' })
  parseResolveDependencies(): boolean {
    return true;
  }
}

import { SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type RevisionInfo } from '../../commands/results.js';
import { type MigrationCommands } from '../connections.js';
import { branchPointText } from '../present/branches.js';
import { NestMigrateDbReadCommand } from './read.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'branches', description: 'List the revisions that several others follow. Asks no database' })
export class NestMigrateDbBranchesCommand extends NestMigrateDbReadCommand<readonly RevisionInfo[]> {
  protected override asksDatabase(): boolean {
    return false;
  }

  protected async read(migrations: MigrationCommands, common: Common): Promise<readonly RevisionInfo[]> {
    return migrations.branches(common);
  }

  protected async present(
    points: readonly RevisionInfo[],
    migrations: MigrationCommands,
    common: Common,
    { given }: Invocation,
  ): Promise<readonly string[]> {
    if (points.length === 0) return [];
    const all = await migrations.history(common);
    const revisions = new Map(all.map((info) => [info.revision, info]));
    const layout = { revisions, verbose: given.verbose === true, page: this.session.terminal.resultPage };
    return points.map((point) => branchPointText(point, layout));
  }
}

import { Option, SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type RevisionInfo } from '../../commands/results.js';
import { type MigrationCommands } from '../connections.js';
import { graphLines } from '../present/graph.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';
import { NestMigrateDbReadCommand } from './read.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'history', description: 'List the revisions, newest first' })
export class NestMigrateDbHistoryCommand extends NestMigrateDbReadCommand<readonly RevisionInfo[]> {
  protected override readonly notes = [
    'Ranges:',
    '  ae10:            from a revision to the heads',
    '  :ae10            from the first revision to this one',
    '  base:head        everything, the default',
    '  current:         from where the database is (asks it)',
    '  ae10:+2          a revision and the two after it',
  ];

  protected override asksDatabase({ given }: Invocation): boolean {
    return given.indicateCurrent === true || /current/.test(given.revRange ?? '');
  }

  protected async read(
    migrations: MigrationCommands,
    common: Common,
    { given }: Invocation,
  ): Promise<readonly RevisionInfo[]> {
    return migrations.history({ ...common, range: given.revRange, indicateCurrent: given.indicateCurrent });
  }

  protected async present(
    revisions: readonly RevisionInfo[],
    _migrations: MigrationCommands,
    _common: Common,
    { given }: Invocation,
  ): Promise<readonly string[]> {
    const parts = { parents: true, labels: true, current: true, points: true, message: true };
    const page = this.session.terminal.resultPage;
    const verbose = given.verbose === true;
    if (given.graph === true) return graphLines(revisions, { verbose, page });
    return verbose ? revisions.map((info) => revisionBlock(info, page)) : revisionLines(revisions, parts, page);
  }

  @Option({ flags: '-r, --rev-range <[start]:[end]>', description: 'only these, both ends included' })
  parseRevisionRange(value: string): string {
    return value;
  }

  @Option({ flags: '--graph', description: 'draw the branches, as git log --graph does' })
  parseGraph(): boolean {
    return true;
  }

  @Option({ flags: '-i, --indicate-current', description: 'mark where the database is (asks it)' })
  parseIndicateCurrent(): boolean {
    return true;
  }
}

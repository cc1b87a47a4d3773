import { Option, SubCommand } from 'nest-commander';
import { type Common } from '../../commands/command-context.js';
import { type Current } from '../../commands/current.js';
import { type MigrationCommands } from '../connections.js';
import { revisionBlock } from '../present/revision-block.js';
import { revisionLines } from '../present/revision-line.js';
import { NestMigrateDbReadCommand } from './read.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({ name: 'current', description: 'Show where the database stands. Writes nothing' })
export class NestMigrateDbCurrentCommand extends NestMigrateDbReadCommand<Current> {
  protected async read(migrations: MigrationCommands, common: Common): Promise<Current> {
    return migrations.current(common);
  }

  protected async present(
    { revisions }: Current,
    _migrations: MigrationCommands,
    _common: Common,
    { given }: Invocation,
  ): Promise<readonly string[]> {
    if (revisions.length === 0) this.session.terminal.note('The database is at base: no revision is applied.');
    const sorted = revisions.toSorted((a, b) => (a.revision < b.revision ? -1 : 1));
    const page = this.session.terminal.resultPage;
    if (given.verbose === true) return sorted.map((info) => revisionBlock(info, page, { current: false }));
    return revisionLines(sorted, { points: true }, page);
  }

  protected override async refusal(
    { atHead }: Current,
    migrations: MigrationCommands,
    common: Common,
    { given }: Invocation,
  ): Promise<string | undefined> {
    if (given.checkHeads !== true || atHead) return undefined;
    const heads = await migrations.heads({ ...common, resolveDependencies: true });
    const names = heads.map(({ revision }) => revision).join(', ');
    return `Database is not on all head revisions: ${heads.length === 1 ? 'the head is' : 'the heads are'} ${names}. Run ${this.session.group} upgrade${heads.length === 1 ? '' : ' heads'}.`;
  }

  @Option({ flags: '-c, --check-heads', description: 'exit code 3 unless every revision is applied' })
  parseCheckHeads(): boolean {
    return true;
  }
}

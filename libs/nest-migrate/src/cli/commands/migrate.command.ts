import { Option, SubCommand } from 'nest-commander';
import { type MigrateOptions } from '../../commands/migrate.js';
import { addNames, type GivenOptions } from './given-options.js';
import { tellMigrated } from './migrated.js';
import { NestMigrateDbNextRevisionCommand } from './new-revision.command.js';
import { readRenames } from '../../commands/rename-answers.js';
import { askForRenames } from './rename-question.js';
import { type Invocation } from './sub.command.js';

const NEXT = 'A database that has all this already: db stamp head. An empty one: db upgrade.';

@SubCommand({
  name: 'migrate',
  description: 'Write a revision from the difference between the entities and the database',
})
export class NestMigrateDbMigrateCommand extends NestMigrateDbNextRevisionCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    if (given.fromEmpty !== true) this.assertMayAskDatabase(given);
    await this.onDirectory(given, async ({ migrations }, common, connections) => {
      const { dryRun, fromEmpty } = given;
      const about = { dryRun, fromEmpty, connections, renames: await this.renames(given) };
      const options = { ...common, ...this.newRevision(given), ...about };
      const result = tellMigrated(this.session.terminal, await migrations.migrate(options));
      if (fromEmpty === true && result.created.length > 0) this.session.terminal.note(NEXT);
      return result;
    });
  }

  private async renames({ rename, renames, json }: GivenOptions): Promise<MigrateOptions['renames']> {
    const { terminal, signal } = this.session;
    const answers = renames === undefined ? rename : [...(rename ?? []), ...(await readRenames(renames))];
    if (answers !== undefined || json === true || !terminal.interactive) return answers;
    return (candidates) => askForRenames(candidates, terminal, signal);
  }

  @Option({ flags: '--dry-run', description: 'print what it would write and write nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({ flags: '--from-empty', description: 'write the whole schema as the first revision, without the database' })
  parseFromEmpty(): boolean {
    return true;
  }

  @Option({
    flags: '--rename <[table.]old:new>',
    description: 'a table, column or value of an enum that was renamed (repeatable)',
  })
  parseRename(value: string, before?: readonly string[]): readonly string[] {
    return addNames(value, before);
  }

  @Option({ flags: '--renames <file>', description: 'a file of such renames, one a line' })
  parseRenames(value: string): string {
    return value;
  }
}

import { Option } from 'nest-commander';
import { type NewRevision } from '../../commands/new-revision.js';
import { type Created } from '../../commands/revision.js';
import { usageError } from './commander.js';
import { NOTHING_LEFT } from './migrated.js';
import { addNames, type GivenOptions, oneOrMany } from './given-options.js';
import { NestMigrateDbSubCommand } from './sub.command.js';

/** A command that writes a revision. Its result is the path of the file. */
export abstract class NestMigrateDbNewRevisionCommand extends NestMigrateDbSubCommand {
  protected newRevision(given: GivenOptions): NewRevision {
    const { message, revId, splice, branchLabel, dependsOn, versionPath } = given;
    return {
      message,
      revId,
      splice,
      branchLabels: oneOrMany(branchLabel),
      dependsOn: oneOrMany(dependsOn),
      versionPath,
    };
  }

  protected tellCreated(result: Created): Created {
    for (const { path } of result.created) this.session.terminal.result(path);
    if (result.created.length === 0) this.session.terminal.result(NOTHING_LEFT);
    return result;
  }

  @Option({ flags: '-m, --message <text>', description: 'what the revision does, in your words' })
  parseMessage(value: string): string {
    return value;
  }

  @Option({ flags: '--rev-id <id>', description: 'the id, instead of a random one' })
  parseRevisionId(value: string): string {
    return value;
  }

  @Option({ flags: '--splice', description: 'allow it to follow a revision that others follow already' })
  parseSplice(): boolean {
    return true;
  }

  @Option({ flags: '--version-path <path>', description: 'folder for the file, where there are several' })
  parseVersionPath(value: string): string {
    return value;
  }

  @Option({ flags: '--branch-label <label>', description: 'label of the branch that it starts (repeatable)' })
  parseBranchLabel(value: string, before?: readonly string[]): readonly string[] {
    return addNames(value, before);
  }

  @Option({ flags: '--depends-on <revision>', description: 'revision that must be applied before it (repeatable)' })
  parseDependsOn(value: string, before?: readonly string[]): readonly string[] {
    return addNames(value, before);
  }
}

/** A command that writes a revision on top of others. */
export abstract class NestMigrateDbNextRevisionCommand extends NestMigrateDbNewRevisionCommand {
  /** @throws UsageError where `--sql` promises to ask no database, which a comparison has to ask. */
  protected assertMayAskDatabase({ sql }: GivenOptions): void {
    if (sql !== true) return;
    throw usageError(
      this.command,
      'using --sql with --autogenerate does not make any sense: what is in the database is read from it',
    );
  }

  protected override newRevision(given: GivenOptions): NewRevision {
    return { ...super.newRevision(given), head: oneOrMany(given.head) };
  }

  @Option({ flags: '--sql', description: 'ask no database: an empty revision, or with --from-empty the whole schema' })
  parseSql(): boolean {
    return true;
  }

  @Option({ flags: '--head <revision>', description: 'what it follows (default: head; several: a,b or repeated)' })
  parseHead(value: string, before?: readonly string[]): readonly string[] {
    return addNames(value, before);
  }
}

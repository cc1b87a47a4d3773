import { Option } from 'nest-commander';
import { type NewRevision } from '../../commands/new-revision.js';
import { type Created } from '../../commands/revision.js';
import { addNames, type GivenOptions, oneOrMany } from './given-options.js';
import { NestMigrateDbSubCommand } from './sub.command.js';

/** A command that writes a revision. Its result is the path of the file. */
export abstract class NestMigrateDbNewRevisionCommand extends NestMigrateDbSubCommand {
  protected newRevision({ message, revId, splice, branchLabel, dependsOn }: GivenOptions): NewRevision {
    return { message, revId, splice, branchLabels: oneOrMany(branchLabel), dependsOn: oneOrMany(dependsOn) };
  }

  protected tellCreated({ created }: Created): void {
    for (const { path } of created) this.session.terminal.result(path);
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
  protected override newRevision(given: GivenOptions): NewRevision {
    return { ...super.newRevision(given), head: oneOrMany(given.head) };
  }

  @Option({ flags: '--head <revision>', description: 'what it follows (default: head; several: a,b or repeated)' })
  parseHead(value: string, before?: readonly string[]): readonly string[] {
    return addNames(value, before);
  }
}

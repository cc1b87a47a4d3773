import { Option, SubCommand } from 'nest-commander';
import { type AlteredRevision, describeAltered, proven } from '../../commands/altered-revisions.js';
import { type RepairResult } from '../../commands/repair.js';
import { Told } from '../command-session.js';
import { ExitCode } from '../exit-code.js';
import { NestMigrateDbLockingCommand } from './locking.command.js';
import { type Invocation } from './sub.command.js';

@SubCommand({
  name: 'repair',
  description: 'Show applied revisions that have changed since; with --accept, let the history say what they are now',
})
export class NestMigrateDbRepairCommand extends NestMigrateDbLockingCommand {
  protected async execute({ given }: Invocation): Promise<void> {
    const { terminal, group } = this.session;
    let isLeft = false;
    await this.onEach(
      given,
      (line) => terminal.note(line),
      async ({ migrations }, common) => {
        const { accept, run, lockWaitTimeout } = given;
        const result: RepairResult = await migrations.repair({ ...common, accept, run, lockWaitTimeout });
        const { altered, accepted } = result;
        for (const one of altered) terminal.result(describeAltered(one));
        if (altered.length === 0) terminal.note('Nothing to repair: every applied revision is what it was.');
        else if (accept === true) terminal.note(`Accepted: the history has a new line for ${accepted.join(', ')}.`);
        else {
          isLeft ||= altered.some(({ alteration }) => alteration !== 'equivalent');
          terminal.note(cureOf(altered, group, run === true));
        }
        return result;
      },
    );
    if (isLeft) throw new Told(ExitCode.no);
  }

  @Option({
    flags: '--run',
    description:
      'run upgrade() of those with another file, twice and without a database, to see whether they do the same',
  })
  parseRun(): boolean {
    return true;
  }

  @Option({ flags: '--accept', description: 'what the scripts say now counts as what was applied' })
  parseAccept(): boolean {
    return true;
  }
}

function cureOf(altered: readonly AlteredRevision[], group: string, hasRun: boolean): string {
  const accept = `${group} repair ${hasRun ? '--run ' : ''}--accept`;
  if (altered.every(({ alteration }) => alteration === 'equivalent'))
    return `Nothing has to be done. To have the history know these files: ${accept}`;
  if (proven(altered).length > 0 || hasRun) return `Put back what was applied, or accept what is there now: ${accept}`;
  return `To see whether they do the same, which runs their upgrade(): ${group} repair --run. To accept them as they are: ${accept}`;
}

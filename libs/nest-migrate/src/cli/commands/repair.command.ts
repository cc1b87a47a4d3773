import { Option, SubCommand } from 'nest-commander';
import { describeAltered } from '../../commands/altered-revisions.js';
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
        const { accept, lockWaitTimeout } = given;
        const result: RepairResult = await migrations.repair({ ...common, accept, lockWaitTimeout });
        const { altered, accepted } = result;
        for (const one of altered) terminal.result(describeAltered(one));
        if (altered.length === 0) terminal.note('Nothing to repair: every applied revision is what it was.');
        else if (accept === true) terminal.note(`Accepted: the history has a new line for ${accepted.join(', ')}.`);
        else {
          isLeft = true;
          terminal.note(`Put back what was applied, or accept what is there now: ${group} repair --accept`);
        }
        return result;
      },
    );
    if (isLeft) throw new Told(ExitCode.no);
  }

  @Option({ flags: '--accept', description: 'what the scripts say now counts as what was applied' })
  parseAccept(): boolean {
    return true;
  }
}

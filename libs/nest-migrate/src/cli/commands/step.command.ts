import { Option } from 'nest-commander';
import { type RunOptions } from '../../commands/run.js';
import { usageError } from './commander.js';
import { type GivenOptions } from './given-options.js';
import { NestMigrateDbRunCommand } from './run.command.js';

/** A command that runs revisions. */
export abstract class NestMigrateDbStepCommand extends NestMigrateDbRunCommand {
  protected override runOptions(given: GivenOptions): Pick<RunOptions, 'tag' | 'lockWaitTimeout' | 'interrupted'> {
    return { ...super.runOptions(given), interrupted: given.interrupted };
  }

  @Option({
    flags: '--interrupted <skip|repeat>',
    description: 'the statement that a run died at, where nothing tells: it took effect, or it did not',
  })
  parseInterrupted(value: string): 'skip' | 'repeat' {
    if (value === 'skip' || value === 'repeat') return value;
    throw usageError(this.command, `--interrupted is 'skip' or 'repeat', not '${value}'`);
  }
}

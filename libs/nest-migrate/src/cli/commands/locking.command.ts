import { Option } from 'nest-commander';
import { usageError } from './commander.js';
import { NestMigrateDbSubCommand } from './sub.command.js';

/** A command that takes the migration lock. */
export abstract class NestMigrateDbLockingCommand extends NestMigrateDbSubCommand {
  @Option({ flags: '--lock-wait-timeout <ms>', description: 'how long to wait for another process that migrates' })
  parseLockWaitTimeout(value: string): number {
    if (/^\d{1,12}$/.test(value)) return Number(value);
    throw usageError(this.command, `--lock-wait-timeout needs a number of milliseconds, not '${value}'`);
  }
}

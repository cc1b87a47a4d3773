import { Option } from 'nest-commander';
import { type RunOptions } from '../../commands/run.js';
import { type RunResult, type SqlResult } from '../../commands/results.js';
import { type Asked, nothingToDo } from '../present/run-result.js';
import { type GivenOptions } from './given-options.js';
import { NestMigrateDbLockingCommand } from './locking.command.js';

/** A command that changes the database: its progress comes as events, so that little is left to say at the end. */
export abstract class NestMigrateDbRunCommand extends NestMigrateDbLockingCommand {
  protected runOptions({ tag, lockWaitTimeout }: GivenOptions): Pick<RunOptions, 'tag' | 'lockWaitTimeout'> {
    return { tag, lockWaitTimeout };
  }

  protected tell(result: RunResult, asked: Asked): RunResult {
    const line = nothingToDo(result, asked);
    if (line !== undefined) this.session.terminal.note(line);
    else if (this.session.signal.aborted) {
      const at = result.rows.length === 0 ? 'at base' : `at ${result.rows.join(', ')}`;
      this.session.terminal.detail(`Stopped after the last statement: nothing is left to do, the database is ${at}.`);
    }
    return result;
  }

  /** The script and nothing else: whoever redirects it has a file to run. */
  protected tellSql(result: SqlResult): SqlResult {
    const { sql, steps } = result;
    this.session.terminal.script(sql);
    if (steps.length === 0) this.session.terminal.note('Nothing to do: the script holds no step.');
    return result;
  }

  @Option({ flags: '--sql', description: 'write the SQL to stdout and connect to no database' })
  parseSql(): boolean {
    return true;
  }

  @Option({ flags: '--tag <text>', description: 'free text for the revisions, in op.tag' })
  parseTag(value: string): string {
    return value;
  }
}

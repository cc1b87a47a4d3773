import { MigrationError } from './migration.error.js';
import { errorText } from './thrown.js';
import { command, worded } from './wording.js';

/** Thrown by `lint` where the file of statistics can't be read. */
export class StatisticsInvalidError extends MigrationError {
  readonly code = 'STATISTICS_INVALID';

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    cause: unknown,
  ) {
    super(worded`The statistics ${path} can't be read: ${errorText(cause).replace(/\.$/, '')}.`, {
      cure: worded`Write them with ${command('stats')}, and redirect the output into the file.`,
      cause,
    });
  }
}

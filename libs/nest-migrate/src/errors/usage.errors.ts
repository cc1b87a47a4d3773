import { MigrationError } from './migration.error.js';

/** A command line that can't be carried out as it stands. Nothing was done; the exit code is 2. */
export class UsageError extends MigrationError {
  readonly code: string = 'USAGE';
}

/** The command is done, and its result could not be written to the file that `--output` names. */
export class OutputNotWrittenError extends MigrationError {
  readonly code = 'OUTPUT_NOT_WRITTEN';

  constructor(
    readonly file: string,
    reason: string,
    cause: unknown,
  ) {
    super(`The command is done, but its result can't be written to ${file}: ${reason}.`, {
      cure: 'Name another file with --output for the next one.',
      cause,
    });
  }
}

/** The application has several connections and the command works on one. */
export class ContextRequiredError extends UsageError {
  override readonly code = 'CONTEXT_REQUIRED';

  constructor(
    readonly command: string,
    readonly connections: readonly string[],
  ) {
    super(`'${command}' works on one connection and this application has ${connections.join(', ')}.`, {
      cure: `Choose one: --context ${connections[0] ?? '<name>'}.`,
    });
  }
}

/** `--context` names no connection of the application. */
export class UnknownContextError extends UsageError {
  override readonly code = 'UNKNOWN_CONTEXT';

  constructor(
    readonly context: string,
    readonly connections: readonly string[],
  ) {
    super(`There is no connection '${context}'.`, { cure: `This application has ${connections.join(', ')}.` });
  }
}

/** npm took arguments of a command for options of its own. */
export class ArgumentsLostError extends UsageError {
  override readonly code = 'ARGUMENTS_LOST';

  constructor(
    /** As they were typed, as far as that is known. */
    readonly lost: readonly string[],
    readonly commandLine: string,
  ) {
    super(`npm kept ${lost.join(' ')} for itself instead of passing it on; nothing was done.`, {
      cure: `Write ${commandLine}`,
    });
  }
}

/** The application has nothing that a `db` command could work on. */
export class MigrationModuleMissingError extends MigrationError {
  readonly code = 'MIGRATION_MODULE_MISSING';

  constructor(readonly application: string) {
    super(`${application} imports no MigrationModule.`, {
      cure: 'Add to its imports: MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) }).',
    });
  }
}

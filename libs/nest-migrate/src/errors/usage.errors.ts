import { MigrationError } from './migration.error.js';

/**
 * Thrown for a command line that can't be carried out as it stands. Nothing was done; the exit code is 2.
 *
 * @remarks Look at `db <command> --help`, and type it again.
 */
export class UsageError extends MigrationError {
  readonly code: string = 'USAGE';
}

/** Thrown where a command is done, and its result could not be written to the file that `--output` names. */
export class OutputNotWrittenError extends MigrationError {
  readonly code = 'OUTPUT_NOT_WRITTEN';

  constructor(
    /** The absolute path of that file. */
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

/** Thrown where a command works on one connection, the application has several, and `--context` names none. */
export class ContextRequiredError extends UsageError {
  override readonly code = 'CONTEXT_REQUIRED';

  constructor(
    /** The name of the command, such as `upgrade`. */
    readonly command: string,
    /** The names of the application's connections; `default` for the one without a `contextName`. */
    readonly connections: readonly string[],
  ) {
    super(`'${command}' works on one connection and this application has ${connections.join(', ')}.`, {
      cure: `Choose one: --context ${connections[0] ?? '<name>'}.`,
    });
  }
}

/** Thrown where `--context`, or `connections` of a new revision, names no connection that could be meant. */
export class UnknownContextError extends UsageError {
  override readonly code = 'UNKNOWN_CONTEXT';

  constructor(
    /** The name that was given. */
    readonly context: string,
    /** The names that could have been given. */
    readonly connections: readonly string[],
  ) {
    super(`There is no connection '${context}'.`, { cure: `This application has ${connections.join(', ')}.` });
  }
}

/** Thrown by `blame` for what cannot be the name of a table or a column. */
export class BlameNameError extends UsageError {
  override readonly code = 'BLAME_NAME';

  constructor(
    /** What was given. */
    readonly target: string,
  ) {
    super(`'${target}' is neither a table nor a column.`, {
      cure: 'Write <table>, <table>.<column>, or <schema>.<table>.<column>.',
    });
  }
}

/** Thrown where npm took arguments of a command for options of its own. */
export class ArgumentsLostError extends UsageError {
  override readonly code = 'ARGUMENTS_LOST';

  constructor(
    /** Those arguments, as they were typed as far as that is known. */
    readonly lost: readonly string[],
    /** What to type instead, as a whole: `npm run … -- …`. */
    readonly commandLine: string,
  ) {
    super(`npm kept ${lost.join(' ')} for itself instead of passing it on; nothing was done.`, {
      cure: `Write ${commandLine}`,
    });
  }
}

/** Thrown where an application imports no MigrationModule, so that a `db` command has nothing to work on. */
export class MigrationModuleMissingError extends MigrationError {
  readonly code = 'MIGRATION_MODULE_MISSING';

  constructor(
    /** The name of the application's root module. */
    readonly application: string,
  ) {
    super(`${application} imports no MigrationModule.`, {
      cure: 'Add to its imports: MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) }).',
    });
  }
}

/** Thrown where package.json has a setting of `nest-migrate` that cannot be taken. */
export class ProjectSettingInvalidError extends UsageError {
  override readonly code = 'PROJECT_SETTING_INVALID';

  constructor(
    /** The absolute path of that package.json. */
    readonly file: string,
    /** The name of the setting, such as `directory`; empty where all of them are meant. */
    readonly setting: string,
    problem: string,
    cure?: string,
  ) {
    super(`'nest-migrate${setting === '' ? '' : `.${setting}`}' in ${file} ${problem}.`, { cure });
  }
}

/** Thrown by the program `nest-migrate` where a command needs the application, and its compiled main file is not found. */
export class BuiltMainMissingError extends MigrationError {
  readonly code = 'BUILT_MAIN_MISSING';

  constructor(
    /** The command, as it was typed. */
    readonly command: string,
    /** The files that were looked for, absolute. */
    readonly candidates: readonly string[],
    /** What the command needs the application for, as in `the rows of the version table`; absent for all of it. */
    readonly what?: string,
  ) {
    const need = what === undefined ? '' : ` for ${what}`;
    super(`'${command}' needs the application${need}, and there is no compiled main file: ${candidates.join(', ')}.`, {
      cure: `Build the application (nest build), or name the file in package.json: { "nest-migrate": { "main": "dist/main.js" } }.`,
    });
  }
}

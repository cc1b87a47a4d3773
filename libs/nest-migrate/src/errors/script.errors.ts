import { MigrationError } from './migration.error.js';
import { command, type Wording, worded } from './wording.js';

/** The script directory, or one of its version locations, is not there or was never initialised. */
export class ScriptDirectoryMissingError extends MigrationError {
  readonly code = 'SCRIPT_DIRECTORY_MISSING';

  constructor(
    /** The absolute path that was looked at. */
    readonly path: string,
    /** The folder that a relative setting was resolved against. */
    readonly base: string,
    problem: string,
    cure: string | Wording = worded`Run '${command('init')}' to create it, or set 'directory' to where it is.`,
  ) {
    super(`${problem}: ${path} (resolved against ${base}).`, { cure });
  }
}

/** `init` found something in the folder already. It never writes into a folder that is in use. */
export class ScriptDirectoryNotEmptyError extends MigrationError {
  readonly code = 'SCRIPT_DIRECTORY_NOT_EMPTY';

  constructor(
    readonly path: string,
    readonly base: string,
  ) {
    super(`The directory ${path} (resolved against ${base}) already exists and is not empty.`, {
      cure: "Empty it, or set 'directory' to another folder.",
    });
  }
}

/** A path given for a new revision is none of the version locations, so that the file would never be found again. */
export class VersionPathUnknownError extends MigrationError {
  readonly code = 'VERSION_PATH_UNKNOWN';

  constructor(
    readonly versionPath: string,
    readonly versionLocations: readonly string[],
  ) {
    super(`Path ${versionPath} is not represented in current version locations: ${versionLocations.join(', ')}.`, {
      cure: "Use one of those, or add it to 'versionLocations'.",
    });
  }
}

/** There are several version locations, and nothing says which of them a new revision belongs to. */
export class VersionPathRequiredError extends MigrationError {
  readonly code = 'VERSION_PATH_REQUIRED';

  constructor(readonly versionLocations: readonly string[]) {
    super('Multiple version locations present, please specify --version-path.', {
      cure: `It is one of ${versionLocations.join(', ')}.`,
    });
  }
}

/** `init` was asked for a template that there is not. */
export class TemplateUnknownError extends MigrationError {
  readonly code = 'TEMPLATE_UNKNOWN';

  constructor(
    readonly template: string,
    problem: string,
    cure: string,
  ) {
    super(problem, { cure });
  }
}

/** A file among the revisions is none: a constant is missing or has the wrong type, or the file does not load. */
export class RevisionFileInvalidError extends MigrationError {
  readonly code = 'REVISION_FILE_INVALID';

  constructor(
    readonly path: string,
    /** What is wrong with it, as the rest of a sentence that begins with the file. */
    readonly problem: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    super(`The revision file ${path} ${problem}.`, options);
  }
}

/** A revision file is not valid TypeScript or JavaScript. */
export class RevisionFileSyntaxError extends MigrationError {
  readonly code = 'REVISION_FILE_SYNTAX';
  /** What is wrong with it, as the rest of a sentence that begins with the file. */
  readonly problem: string;

  constructor(
    readonly path: string,
    /** Line of the mistake, from 1; null where the engine does not tell. */
    readonly line: number | null,
    reason: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    const problem = `has a syntax error${line === null ? '' : ` in line ${line}`}: ${reason}`;
    super(`The revision file ${path} ${problem}.`, options);
    this.problem = problem;
  }
}

/** Two files claim the same revision id, usually because one was copied. The graph's error of this code has no files. */
export class DuplicateRevisionFileError extends MigrationError {
  readonly code = 'DUPLICATE_REVISION';

  constructor(
    readonly revision: string,
    readonly paths: readonly [string, string],
  ) {
    super(`Revision '${revision}' is present more than once: ${paths.join(' and ')}.`, {
      cure: 'Give one of the files an id of its own, or remove it.',
    });
  }
}

/** A revision has no function for the direction, or none for the connection, that a plan needs. */
export class RevisionFunctionMissingError extends MigrationError {
  readonly code = 'REVISION_FUNCTION_MISSING';

  constructor(
    readonly path: string,
    readonly revision: string,
    readonly direction: 'upgrade' | 'downgrade',
    /** The connection that was asked for, where the export is a record by connection; otherwise null. */
    readonly connection: string | null,
    /** A connection that it names and the application does not have, which looks like the one that was asked for. */
    readonly mistyped?: string,
  ) {
    const wanted =
      connection === null ? `function '${direction}'` : `'${direction}' for the connection '${connection}'`;
    super(`Revision '${revision}' has no ${wanted} in ${path}.`, {
      cure:
        mistyped === undefined
          ? 'Export it, with an empty body if there is nothing to do.'
          : `It has one for '${mistyped}', which is no connection of this application: is '${connection}' meant?`,
    });
  }
}

/** There is a file of that name already. Revision files are never overwritten. */
export class RevisionFileExistsError extends MigrationError {
  readonly code = 'REVISION_FILE_EXISTS';

  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(`The revision file ${path} already exists.`, {
      cure: 'Use another revision id or message, or remove the file.',
      cause,
    });
  }
}

/** What was rendered for a new revision does not load, or does not say what was asked. No file is left behind. */
export class RevisionNotWrittenError extends MigrationError {
  readonly code = 'REVISION_NOT_WRITTEN';

  constructor(
    readonly path: string,
    reason: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    super(`The revision file ${path} was not written: ${reason}.`, options);
  }
}

/** The template of new revisions has a placeholder that nothing fills, or lost one that it needs. */
export class TemplateInvalidError extends MigrationError {
  readonly code = 'TEMPLATE_INVALID';

  constructor(
    /** The template's file, or a name for a template that is none. */
    readonly template: string,
    problem: string,
    cure: string | Wording,
  ) {
    super(`The revision template ${template} ${problem}.`, { cure });
  }
}

/**
 * A post-write hook failed, could not be run, or left a file that is no revision any more. The revision was written before
 * and stays, valid; later hooks are not run.
 */
export class PostWriteHookError extends MigrationError {
  readonly code = 'POST_WRITE_HOOK_FAILED';

  constructor(
    readonly hook: string,
    /** The revision's file. */
    readonly path: string,
    problem: string,
    options: { readonly cure: string; readonly cause?: unknown; readonly outcome?: string },
  ) {
    const { outcome = `the revision is valid and stays: ${path}` } = options;
    super(`The post-write hook '${hook}' ${problem}; ${outcome}.`, options);
  }
}

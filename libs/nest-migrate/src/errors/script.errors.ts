import { MigrationError } from './migration.error.js';
import { command, type Wording, worded } from './wording.js';

/** Thrown where the script directory or one of its version locations does not exist, or was never initialised. */
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

/** Thrown by a command that needs the files of revisions, where those are part of a bundle. Nothing was written. */
export class RevisionsBundledError extends MigrationError {
  readonly code = 'REVISIONS_BUNDLED';

  constructor(
    /** The absolute path at which the script directory would be. */
    readonly path: string,
  ) {
    super(`The revisions are part of this bundle, and there is no script directory: ${path}.`, {
      cure: "Run the command where the application's sources are.",
    });
  }
}

/** Thrown by `init` where the folder holds something already. It never writes into a folder that is in use. */
export class ScriptDirectoryNotEmptyError extends MigrationError {
  readonly code = 'SCRIPT_DIRECTORY_NOT_EMPTY';

  constructor(
    /** The absolute path of the folder. */
    readonly path: string,
    /** The folder that a relative setting was resolved against. */
    readonly base: string,
  ) {
    super(`The directory ${path} (resolved against ${base}) already exists and is not empty.`, {
      cure: "Empty it, or set 'directory' to another folder.",
    });
  }
}

/**
 * Thrown where the folder for a new revision is in none of the version locations, so that the file would never be found
 * again.
 */
export class VersionPathUnknownError extends MigrationError {
  readonly code = 'VERSION_PATH_UNKNOWN';

  constructor(
    /** The folder that was asked for. */
    readonly versionPath: string,
    /** The absolute paths of the version locations. */
    readonly versionLocations: readonly string[],
  ) {
    super(`Path ${versionPath} is not represented in current version locations: ${versionLocations.join(', ')}.`, {
      cure: "Use one of those, or add it to 'versionLocations'.",
    });
  }
}

/** Thrown where there are several version locations, and nothing says to which of them a new revision belongs. */
export class VersionPathRequiredError extends MigrationError {
  readonly code = 'VERSION_PATH_REQUIRED';

  constructor(
    /** The absolute paths of the version locations. */
    readonly versionLocations: readonly string[],
  ) {
    super('Multiple version locations present, please specify --version-path.', {
      cure: `It is one of ${versionLocations.join(', ')}.`,
    });
  }
}

/** Thrown by `init` where the template does not exist. */
export class TemplateUnknownError extends MigrationError {
  readonly code = 'TEMPLATE_UNKNOWN';

  constructor(
    /** The name of the template; the absolute path of the folder where a path was given. */
    readonly template: string,
    problem: string,
    cure: string,
  ) {
    super(problem, { cure });
  }
}

/**
 * Thrown where a file among the revisions is not a revision: a constant is missing or has the wrong type, or the file
 * does not load.
 *
 * @remarks Correct the file, or move it out of the version locations if it is no revision.
 */
export class RevisionFileInvalidError extends MigrationError {
  readonly code = 'REVISION_FILE_INVALID';

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    /** What is wrong with it, as the rest of a sentence that begins with the file. */
    readonly problem: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    super(`The revision file ${path} ${problem}.`, options);
  }
}

/**
 * Thrown where a revision file is not valid TypeScript or JavaScript.
 *
 * @remarks Correct the line that the message names.
 */
export class RevisionFileSyntaxError extends MigrationError {
  readonly code = 'REVISION_FILE_SYNTAX';
  /** What is wrong with it, as the rest of a sentence that begins with the file. */
  readonly problem: string;

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    /** The line of the mistake, from 1; `null` where the engine does not tell. */
    readonly line: number | null,
    reason: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    const problem = `has a syntax error${line === null ? '' : ` in line ${line}`}: ${reason}`;
    super(`The revision file ${path} ${problem}.`, options);
    this.problem = problem;
  }
}

/**
 * Thrown where two files have the same revision id, usually because one was copied. {@link DuplicateRevisionError} has
 * the same code and holds no files.
 */
export class DuplicateRevisionFileError extends MigrationError {
  readonly code = 'DUPLICATE_REVISION';

  constructor(
    /** The id that both have. */
    readonly revision: string,
    /** The absolute paths of the two files. */
    readonly paths: readonly [string, string],
  ) {
    super(`Revision '${revision}' is present more than once: ${paths.join(' and ')}.`, {
      cure: 'Give one of the files an id of its own, or remove it.',
    });
  }
}

/** Thrown where a revision has no function for the direction, or none for the connection, that a plan needs. */
export class RevisionFunctionMissingError extends MigrationError {
  readonly code = 'REVISION_FUNCTION_MISSING';

  constructor(
    /** The absolute path of its file. */
    readonly path: string,
    /** The id of the revision. */
    readonly revision: string,
    /** The name of the function. */
    readonly direction: 'upgrade' | 'downgrade',
    /** The connection that was asked for, where the export is a record by connection; otherwise `null`. */
    readonly connection: string | null,
    /** A name in that record that is similar and is not a connection of the application; absent where there is none. */
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

/** Thrown where the file of a new revision exists already. Revision files are never overwritten. */
export class RevisionFileExistsError extends MigrationError {
  readonly code = 'REVISION_FILE_EXISTS';

  constructor(
    /** The absolute path of the file that is in the way. */
    readonly path: string,
    cause: unknown,
  ) {
    super(`The revision file ${path} already exists.`, {
      cure: 'Use another revision id or message, or remove the file.',
      cause,
    });
  }
}

/**
 * Thrown where the text of a new revision does not load, or does not say what was asked for. No file is left behind.
 *
 * @remarks Correct the template or the hook that made the text, and run the command again.
 */
export class RevisionNotWrittenError extends MigrationError {
  readonly code = 'REVISION_NOT_WRITTEN';

  constructor(
    /** The absolute path of the file that would have been written. */
    readonly path: string,
    reason: string,
    options: { readonly cure?: string; readonly cause?: unknown } = {},
  ) {
    super(`The revision file ${path} was not written: ${reason}.`, options);
  }
}

/** Thrown where a template cannot be used: for instance, it lacks a placeholder or has one that nothing fills. */
export class TemplateInvalidError extends MigrationError {
  readonly code = 'TEMPLATE_INVALID';

  constructor(
    /** The template's file or folder, or a name for a template that is none. */
    readonly template: string,
    problem: string,
    cure: string | Wording,
  ) {
    super(`The revision template ${template} ${problem}.`, { cure });
  }
}

/**
 * Thrown where a post-write hook fails, cannot be run, or leaves a file that is no revision any more. The revision was
 * written before and stays valid; later hooks are not run.
 */
export class PostWriteHookError extends MigrationError {
  readonly code = 'POST_WRITE_HOOK_FAILED';

  constructor(
    /** The `name` of the hook, else its `bin` or `command`. */
    readonly hook: string,
    /** The absolute path of the revision. */
    readonly path: string,
    problem: string,
    options: { readonly cure: string; readonly cause?: unknown; readonly outcome?: string },
  ) {
    const { outcome = `the revision is valid and stays: ${path}` } = options;
    super(`The post-write hook '${hook}' ${problem}; ${outcome}.`, options);
  }
}

/** Thrown where git, which is asked what is published, fails. */
export class GitFailedError extends MigrationError {
  readonly code = 'GIT_FAILED';

  constructor(
    /** The arguments of git. */
    readonly args: readonly string[],
    reason: string,
    cause?: unknown,
  ) {
    super(`git ${args[0] ?? ''} failed: ${reason}`, {
      cure: 'What is published is read from the git repository that the script directory is in: name a commit of it.',
      cause,
    });
  }
}

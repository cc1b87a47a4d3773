import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown by `import` where the folder of a tool holds no migrations. Nothing was written. */
export class MigrationsNotFoundError extends MigrationError {
  readonly code = 'MIGRATIONS_NOT_FOUND';

  constructor(
    /** The name of the tool, such as `MikroORM`; `null` where there is no such folder. */
    readonly tool: string | null,
    /** Where they were looked for. */
    readonly place: string,
  ) {
    super(tool === null ? `There is no folder ${place}.` : `There are no migrations of ${tool} in ${place}.`, {
      cure: worded`Name their folder: ${command('import', '<folder>')}.`,
    });
  }
}

/** Thrown by `import` with `stamp` where no revision was imported. */
export class NothingImportedError extends MigrationError {
  readonly code = 'NOTHING_IMPORTED';

  constructor(
    /** The script directory, absolute. */
    readonly directory: string,
  ) {
    super(`No revision in ${directory} was imported, so that there is nothing to stamp.`, {
      cure: worded`${command('import')} writes them first, on a developer's machine; they are part of the application.`,
    });
  }
}

/** Thrown by `import` where nothing tells by which tool a folder was written. Nothing was written. */
export class ImportToolUnknownError extends MigrationError {
  readonly code = 'IMPORT_TOOL_UNKNOWN';

  constructor(
    /** The folder, absolute. */
    readonly folder: string,
    reason: string,
  ) {
    super(`Nothing tells by which tool the migrations in ${folder} were written: ${reason}.`, {
      cure: worded`Check the path; or say it: ${command('import', '<folder> --from <tool>')}.`,
    });
  }
}

/** Thrown by `import` where a file of migrations does not load. Nothing was written. */
export class MigrationUnreadableError extends MigrationError {
  readonly code = 'MIGRATION_UNREADABLE';

  constructor(
    /** The file, absolute. */
    readonly path: string,
    /** The line; `null` where it is not known. */
    readonly line: number | null,
    reason: string,
    cause?: unknown,
  ) {
    super(`The migration ${path}${line === null ? '' : `:${line}`} can't be read: ${reason.replace(/\.$/, '')}.`, {
      cure: 'Where it is TypeScript that Node cannot run as it stands (enums, decorators, imports without an ending), build the application and name the folder of the compiled files.',
      cause,
    });
  }
}

/** Thrown by `import` where MikroORM's own migrator is not installed, whose classes the migrations extend. */
export class MigratorMissingError extends MigrationError {
  readonly code = 'MIGRATOR_MISSING';

  constructor() {
    super("The migrations extend a class of '@mikro-orm/migrations', which is not installed.", {
      cure: 'Install it for the import, in the version of @mikro-orm/core: npm install --save-dev @mikro-orm/migrations.',
    });
  }
}

/** Thrown by `import` where the script directory has revisions that were not imported. Nothing was written. */
export class ImportNotFirstError extends MigrationError {
  readonly code = 'IMPORT_NOT_FIRST';

  constructor(
    /** The ids of the heads that are there. */
    readonly heads: readonly string[],
    reason: string,
  ) {
    super(`An imported history begins at base, and ${reason}.`, {
      cure: worded`Take them out, or import into another script directory: ${command('import', '-d <directory>')}.`,
    });
  }
}

/** Thrown where a database was migrated by another tool, and no row of the version table says how far. */
export class ImportedNotStampedError extends MigrationError {
  readonly code = 'IMPORTED_NOT_STAMPED';

  constructor(
    /** The table of the other tool. */
    readonly table: string,
    /** How many migrations that table has. */
    readonly applied: number,
  ) {
    const many = applied === 1 ? '1 migration' : `${applied} migrations`;
    super(`The table ${table} says that ${many} of this history ran here, and the version table has no row.`, {
      cure: worded`${command('import', '--stamp')} says here what has been applied; then upgrade.`,
    });
  }
}

import { MigrationError } from './migration.error.js';

/** The driver of the connection is none that this version can migrate. */
export class UnsupportedDriverError extends MigrationError {
  readonly code = 'UNSUPPORTED_DRIVER';

  constructor(readonly driver: string) {
    super(`The driver ${driver} is not supported.`, {
      cure: 'Use @mikro-orm/postgresql, @mikro-orm/pglite, @mikro-orm/mysql, @mikro-orm/mariadb or @mikro-orm/sqlite.',
    });
  }
}

/**
 * The server is not the one that the driver was made for. The mysql driver misreads MariaDB's catalogue (and the
 * reverse), after which a generated revision drops what is there, so nothing is read from such a pair.
 */
export class WrongServerError extends MigrationError {
  readonly code = 'WRONG_SERVER';

  constructor(
    readonly driver: string,
    readonly serverVersion: string,
    readonly expectedDriver: string,
  ) {
    super(`The driver ${driver} is connected to a server that says it is ${serverVersion}.`, {
      cure: `Use ${expectedDriver} for it: the wrong driver misreads the schema.`,
    });
  }
}

/**
 * The server speaks the protocol of an engine and is another product, on which revisions would not be safe. Nothing is read
 * from it, and nothing written.
 */
export class UnsupportedServerError extends MigrationError {
  readonly code = 'UNSUPPORTED_SERVER';

  constructor(
    /** The product's name. */
    readonly server: string,
    /** What the server says of itself. */
    readonly serverVersion: string,
    reason: string,
  ) {
    super(`The server is ${server} (it says ${serverVersion}), which is not supported: ${reason}.`, {
      cure: 'Connect to PostgreSQL, MySQL or MariaDB.',
    });
  }
}

/** Nothing answers at the configured address. */
export class DatabaseUnreachableError extends MigrationError {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(
    readonly address: string,
    reason: string,
    cause: unknown,
  ) {
    super(`Can't connect to the database at ${address}: ${reason}.`, {
      cure: 'Start the server, or correct host and port in the MikroORM configuration.',
      cause,
    });
  }
}

/** The server refused the configured user. The password is in neither the message nor the cause's text. */
export class AuthenticationFailedError extends MigrationError {
  readonly code = 'AUTHENTICATION_FAILED';

  constructor(
    readonly user: string,
    readonly address: string,
    cause: unknown,
  ) {
    super(`The database at ${address} refused the user '${user}'.`, {
      cure: 'Correct user and password in the MikroORM configuration.',
      cause,
    });
  }
}

/** The configured database does not exist. It is never created in passing. */
export class DatabaseMissingError extends MigrationError {
  readonly code = 'DATABASE_MISSING';

  constructor(
    readonly database: string,
    readonly address: string,
    cause: unknown,
  ) {
    super(`The database '${database}' does not exist at ${address}.`, {
      cure: `Create it (create database ${database}) or correct dbName in the MikroORM configuration.`,
      cause,
    });
  }
}

/** The folder of an embedded database holds none yet, or its file is not there, and a command that only reads was asked. */
export class EmbeddedDatabaseMissingError extends MigrationError {
  readonly code = 'EMBEDDED_DATABASE_MISSING';

  constructor(
    /** The folder (PGlite) or the file (SQLite). */
    readonly place: string,
  ) {
    super(`There is no database at ${place} yet.`, {
      cure: 'Write a revision with db migrate, db upgrade creates the database.',
    });
  }
}

/** Another process has the folder of an embedded database open. */
export class DatabaseInUseError extends MigrationError {
  readonly code = 'DATABASE_IN_USE';

  constructor(
    readonly folder: string,
    readonly holder: string,
  ) {
    super(`The database folder ${folder} is in use by ${holder}.`, {
      cure: 'Stop that first: two processes on one PGlite folder lose data.',
    });
  }
}

/** A row that refers to one that is not there, as SQLite's `foreign_key_check` lists it. */
export interface ForeignKeyViolation {
  readonly table: string;
  /** The number of the row; `null` in a table without them. */
  readonly rowid: number | null;
  /** The table that has no row to match. */
  readonly parent: string;
}

/**
 * A revision on SQLite leaves rows that refer to nothing, and did not find them so. Foreign keys are not enforced while
 * it runs, so they are checked at its end.
 */
export class ForeignKeyViolationError extends MigrationError {
  readonly code = 'FOREIGN_KEY_VIOLATION';

  constructor(readonly violations: readonly ForeignKeyViolation[]) {
    const pairs = [...new Set(violations.map(({ table, parent }) => `'${table}' that refer to no row of '${parent}'`))];
    super(`It leaves ${violations.length} ${violations.length === 1 ? 'row' : 'rows'} in ${pairs.join(' and in ')}.`, {
      cure: 'Delete or correct those rows in the revision.',
    });
  }
}

/**
 * The connection leads through a pooler that gives a session of the server to another client after each transaction, as
 * PgBouncer does with `pool_mode = transaction`. A lock of the session would be left behind on one of them.
 */
export class SessionNotKeptError extends MigrationError {
  readonly code = 'SESSION_NOT_KEPT';
  /** The server session on which the migration lock was left behind; `null`: on none. */
  readonly leftOn: number | null;

  /** `hasRun`: whether that was noticed only behind the run. */
  constructor({ hasRun, leftOn }: { readonly hasRun: boolean; readonly leftOn: number | null }) {
    const outcome = hasRun ? 'The run was not alone, and is over' : 'Nothing was run';
    const left = leftOn === null ? '' : ` The migration lock was left behind on the server's session ${leftOn}.`;
    const end = leftOn === null ? 'Set' : `End that session: select pg_terminate_backend(${leftOn}). Then set`;
    super(
      `This connection leads through a pooler that changes the server's session between transactions, and the migration lock belongs to one session. ${outcome}.${left}`,
      { cure: `${end} lock: 'transaction' in MigrationModule.forRoot(), or connect to the server itself.` },
    );
    this.leftOn = leftOn;
  }
}

import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown where this version cannot migrate the connection's driver. */
export class UnsupportedDriverError extends MigrationError {
  readonly code = 'UNSUPPORTED_DRIVER';

  constructor(
    /** The name of the driver's class, such as `MongoDriver`. */
    readonly driver: string,
  ) {
    super(`The driver ${driver} is not supported.`, {
      cure: 'Use @mikro-orm/postgresql, @mikro-orm/pglite, @mikro-orm/mysql, @mikro-orm/mariadb or @mikro-orm/sqlite.',
    });
  }
}

/**
 * Thrown where the server is not the one that the driver is made for. The driver of MySQL misreads the catalogue of
 * MariaDB, and the reverse. A revision generated from that would drop what is there, so nothing is read from such a
 * pair.
 */
export class WrongServerError extends MigrationError {
  readonly code = 'WRONG_SERVER';

  constructor(
    /** The package of the driver that the connection uses, such as `@mikro-orm/mysql`. */
    readonly driver: string,
    /** What the server returns for `select version()`. */
    readonly serverVersion: string,
    /** The package to use instead, such as `@mikro-orm/mariadb`; the words `the driver made` where it is not known. */
    readonly expectedDriver: string,
  ) {
    super(`The driver ${driver} is connected to a server that says it is ${serverVersion}.`, {
      cure: `Use ${expectedDriver} for it: the wrong driver misreads the schema.`,
    });
  }
}

/**
 * Thrown where the server speaks the protocol of an engine and is another product, on which revisions would not be
 * safe. Nothing is read from it, and nothing is written.
 */
export class UnsupportedServerError extends MigrationError {
  readonly code = 'UNSUPPORTED_SERVER';

  constructor(
    /** The name of the product. */
    readonly server: string,
    /** The text in which the server says its version and, on MySQL and MariaDB, its comment. */
    readonly serverVersion: string,
    reason: string,
  ) {
    super(`The server is ${server} (it says ${serverVersion}), which is not supported: ${reason}.`, {
      cure: 'Connect to PostgreSQL, MySQL or MariaDB.',
    });
  }
}

/** Thrown where no server can be reached at the configured address. */
export class DatabaseUnreachableError extends MigrationError {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(
    /** Host and port, such as `localhost:5432`; the host alone where the port is not known. */
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

/** Thrown where the server refused the configured user. The password is in neither the message nor the cause's text. */
export class AuthenticationFailedError extends MigrationError {
  readonly code = 'AUTHENTICATION_FAILED';

  constructor(
    /** The name of that user. */
    readonly user: string,
    /** Host and port, such as `localhost:5432`; the host alone where the port is not known. */
    readonly address: string,
    cause: unknown,
  ) {
    super(`The database at ${address} refused the user '${user}'.`, {
      cure: 'Correct user and password in the MikroORM configuration.',
      cause,
    });
  }
}

/** Thrown where the configured database does not exist. `db create-database` creates it, and no other command does. */
export class DatabaseMissingError extends MigrationError {
  readonly code = 'DATABASE_MISSING';

  constructor(
    /** The name of that database. */
    readonly database: string,
    /** Host and port, such as `localhost:5432`; the host alone where the port is not known. */
    readonly address: string,
    cause: unknown,
  ) {
    super(`The database '${database}' does not exist at ${address}.`, {
      cure: worded`Create it with ${command('create-database')}, or correct dbName in the MikroORM configuration.`,
      cause,
    });
  }
}

/** Thrown where the configured database could not be created. */
export class DatabaseNotCreatedError extends MigrationError {
  readonly code = 'DATABASE_NOT_CREATED';

  constructor(
    /** The name of that database. */
    readonly database: string,
    /** The end of the sentence `The database … can't be created: `. */
    reason: string,
    { cure, cause }: { readonly cure: string; readonly cause?: unknown },
  ) {
    super(`The database '${database}' can't be created: ${reason}.`, { cure, cause });
  }
}

/**
 * Thrown by a command that only reads, where the folder of an embedded database holds none yet, or its file does not
 * exist.
 */
export class EmbeddedDatabaseMissingError extends MigrationError {
  readonly code = 'EMBEDDED_DATABASE_MISSING';

  constructor(
    /** The path of the folder (PGlite) or of the file (SQLite). */
    readonly place: string,
  ) {
    super(`There is no database at ${place} yet.`, {
      cure: worded`Write a revision with ${command('migrate')}, ${command('upgrade')} creates the database.`,
    });
  }
}

/** Thrown where another process, or another ORM of this process, has the folder of an embedded database open. */
export class DatabaseInUseError extends MigrationError {
  readonly code = 'DATABASE_IN_USE';

  constructor(
    /** The absolute path of the folder. */
    readonly folder: string,
    /** The process that has it open, in words, such as `process 4711 (db upgrade, since …)`. */
    readonly holder: string,
  ) {
    super(`The database folder ${folder} is in use by ${holder}.`, {
      cure: 'Stop that first: two processes on one PGlite folder lose data.',
    });
  }
}

/** A row that refers to a row that does not exist, as SQLite's `foreign_key_check` lists it. */
export interface ForeignKeyViolation {
  /** The table that holds the row. */
  readonly table: string;
  /** The `rowid` of the row; `null` in a table without one. */
  readonly rowid: number | null;
  /** The table that it refers to. */
  readonly parent: string;
}

/**
 * Thrown where a revision on SQLite leaves rows that refer to no row, and that were not there before it. Foreign keys
 * are not enforced while the revision runs, so they are checked at its end.
 */
export class ForeignKeyViolationError extends MigrationError {
  readonly code = 'FOREIGN_KEY_VIOLATION';

  constructor(
    /** Those rows. */
    readonly violations: readonly ForeignKeyViolation[],
  ) {
    const pairs = [...new Set(violations.map(({ table, parent }) => `'${table}' that refer to no row of '${parent}'`))];
    super(`It leaves ${violations.length} ${violations.length === 1 ? 'row' : 'rows'} in ${pairs.join(' and in ')}.`, {
      cure: 'Delete or correct those rows in the revision.',
    });
  }
}

/**
 * Thrown where the connection leads through a pooler that gives a session of the server to another client after each
 * transaction, as PgBouncer does with `pool_mode = transaction`. A lock of the session would be left behind on one of
 * them.
 */
export class SessionNotKeptError extends MigrationError {
  readonly code = 'SESSION_NOT_KEPT';
  /** The process id of the server session that still holds the migration lock; `null` where none does. */
  readonly leftOn: number | null;

  /** `hasRun`: whether that was noticed only after the run. */
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

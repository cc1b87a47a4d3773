import { MigrationError } from './migration.error.js';

/**
 * Thrown where an option of the module has a value that it can't have.
 *
 * @remarks Correct the option in `MigrationModule.forRoot()`, or the environment variable that the message names.
 */
export class InvalidOptionError extends MigrationError {
  readonly code = 'INVALID_OPTION';

  constructor(
    /** The name of the option, such as `versionTable`, `ddl.lockTimeout` or `postWriteHooks[0].args`. */
    readonly option: string,
    problem: string,
    cure?: string,
  ) {
    super(`The option '${option}' of MigrationModule ${problem}.`, { cure });
  }
}

/**
 * Thrown where a URL of the MikroORM configuration cannot be read, or could be read in two ways. The URL is neither in
 * the message nor in a cause, since it holds the password.
 */
export class ConnectionUrlError extends MigrationError {
  readonly code = 'CONNECTION_URL_INVALID';

  constructor(
    /** The name of the connection; `default` for the one without a `contextName`. */
    readonly connection: string,
    /** The MikroORM option that holds the URL, such as `clientUrl`; absent where that is not known. */
    readonly option?: string,
    cure = 'Percent-encode user, password and database name: / is %2F, # is %23, ? is %3F, @ is %40, % is %25.',
  ) {
    const where = connectionOf(connection === 'default' ? undefined : connection);
    super(
      option === undefined
        ? `A URL in the MikroORM configuration of ${where} cannot be read.`
        : `The ${option} in the MikroORM configuration of ${where} cannot be read.`,
      { cure },
    );
  }
}

/**
 * Thrown where `MigrationModule.forRoot({ orm })` got something that is not one MikroORM module for its connection.
 *
 * @remarks Hand over what `MikroOrmModule.forRoot()` or `forRootAsync()` returns, for this connection.
 */
export class OrmModuleError extends MigrationError {
  readonly code = 'ORM_MODULE_INVALID';
}

/** Thrown where the application has no MikroORM for the connection of a migration module. */
export class OrmNotFoundError extends MigrationError {
  readonly code = 'ORM_NOT_FOUND';

  constructor(
    /** MikroORM's name of the connection; `undefined` for the default connection. */
    readonly contextName: string | undefined,
    cause: unknown,
  ) {
    super(
      contextName === undefined
        ? 'MigrationModule found no default MikroORM connection in this application.'
        : `MigrationModule found no MikroORM connection called '${contextName}' in this application.`,
      {
        cure: 'Hand it over: MigrationModule.forRoot({ orm: MikroOrmModule.forRoot({ … }) }), with the same contextName in both.',
        cause,
      },
    );
  }
}

/** Thrown where `MikroOrmModule` is imported beside the `MigrationModule` that it was given to. */
export class OrmImportedTwiceError extends MigrationError {
  readonly code = 'ORM_IMPORTED_TWICE';

  constructor(
    /** MikroORM's name of the connection; `undefined` for the default connection. */
    readonly contextName: string | undefined,
  ) {
    super(`MikroOrmModule is imported twice for ${connectionOf(contextName)}: once in \`orm\` and once beside it.`, {
      cure: 'Keep the one in MigrationModule.forRoot({ orm }) and take the other out of the imports.',
    });
  }
}

/** Thrown where two migration modules serve one connection. */
export class MigrationModuleImportedTwiceError extends MigrationError {
  readonly code = 'MIGRATION_MODULE_IMPORTED_TWICE';

  constructor(
    /** MikroORM's name of the connection; `undefined` for the default connection. */
    readonly contextName: string | undefined,
  ) {
    super(`MigrationModule is imported twice for ${connectionOf(contextName)}.`, {
      cure: 'Call forRoot() once for each connection, with its contextName; modules that need its service import nothing, it is global.',
    });
  }
}

/**
 * Thrown where two connections of an application lead to one database and would keep their rows in one version table.
 */
export class VersionTableSharedError extends MigrationError {
  readonly code = 'VERSION_TABLE_SHARED';

  constructor(
    /** The name of the connection that the command or the boot works on. */
    readonly connection: string,
    /** The name of the connection that keeps its rows in the same table. */
    readonly other: string,
    /** The name of that table, without its schema. */
    readonly versionTable: string,
  ) {
    super(
      `The connections '${connection}' and '${other}' lead to the same database and to the same version table ` +
        `'${versionTable}': what is applied through one would count as applied through the other.`,
      { cure: 'Give one of them a versionTable (or a versionTableSchema) of its own in MigrationModule.forRoot().' },
    );
  }
}

/** Thrown where the options of a module with `orm` are made from something that waits for those options. */
export class OptionsNeedOrmError extends MigrationError {
  readonly code = 'OPTIONS_NEED_ORM';

  constructor(
    /** The name of the class or token that the options inject. */
    readonly dependency: string,
  ) {
    super(`The options of MigrationModule inject ${dependency}, which is made only after them.`, {
      cure: 'Take what they need from configuration, or import MikroOrmModule beside MigrationModule instead of handing it over in `orm`.',
    });
  }
}

/** Thrown where the process was started with `db`, and its `main.ts` never asked for the command. */
export class DbLineMissingError extends MigrationError {
  readonly code = 'DB_LINE_MISSING';

  constructor() {
    super("This process was started with 'db', and its main.ts does not run db commands.", {
      cure:
        'Add, before the application is created: if (await runDbCommand(AppModule)) return; ' +
        "with import { runDbCommand } from 'nest-migrate'.",
    });
  }
}

function connectionOf(contextName: string | undefined): string {
  return contextName === undefined ? 'the default connection' : `the connection '${contextName}'`;
}

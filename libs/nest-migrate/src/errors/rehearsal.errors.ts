import { MigrationError } from './migration.error.js';
import { errorText } from './thrown.js';
import { command, worded } from './wording.js';

/** Thrown where the options name no place at which a scratch database could be created. */
export class ScratchPlaceMissingError extends MigrationError {
  readonly code = 'SCRATCH_PLACE_MISSING';

  constructor(
    /** The product that a scratch database is needed of, such as `MariaDB`. */
    readonly engine: string,
    cure: string,
  ) {
    super(
      `Revisions are rehearsed on a scratch database, and the options do not say where one of ${engine} may be created.`,
      {
        cure,
      },
    );
  }
}

/** Thrown where the server does not let this role create a scratch database. */
export class ScratchForbiddenError extends MigrationError {
  readonly code = 'SCRATCH_FORBIDDEN';

  constructor(
    /** Host and port, such as `localhost:5432`. */
    readonly address: string,
    /** The statement by which an administrator allows it. */
    readonly grant: string,
    cause: unknown,
  ) {
    super(`This role may not create a scratch database at ${address}.`, {
      cure: `Let an administrator run: ${grant}; or name another server: MigrationModule.forRoot({ scratch: '<url>' }).`,
      cause,
    });
  }
}

/** Thrown where a pooler stands before the server of scratch databases that shares its sessions. Nothing was created. */
export class ScratchPooledError extends MigrationError {
  readonly code = 'SCRATCH_POOLED';

  constructor(
    /** Host and port, such as `localhost:6432`. */
    readonly address: string,
  ) {
    super(
      `At ${address} sessions are shared, as by a pooler in transaction mode, so that a scratch database has no owner.`,
      {
        cure: "Name the server itself: MigrationModule.forRoot({ scratch: '<url>' }), or a pooler in session mode.",
      },
    );
  }
}

/** Thrown where an ORM that was made for a scratch database is on another one. Nothing was sent to that one. */
export class NotOnScratchError extends MigrationError {
  readonly code = 'NOT_ON_SCRATCH';

  constructor(
    /** The name of the scratch database. */
    readonly scratch: string,
    /** The name of the database that the connection leads to. */
    readonly actual: string,
  ) {
    super(`A connection that was opened for the scratch database ${scratch} leads to '${actual}'.`, {
      cure: "Name the server in MigrationModule.forRoot({ scratch: '<url>' }), so that no other option decides it.",
    });
  }
}

/** Thrown where a revision that is rehearsed sends a statement that reaches beyond the scratch database. */
export class BeyondScratchError extends MigrationError {
  readonly code = 'BEYOND_SCRATCH';

  constructor(
    /** The words of the statement that reach beyond, such as `create role` or `shop.orders`. */
    readonly words: string,
    /** The whole statement. */
    readonly sql: string,
  ) {
    super(`A rehearsal does not send '${words}': it reaches beyond the scratch database.`, {
      cure: 'What revisions expect to be there belongs into the option scratch.prepare, and the name of a database into no revision.',
    });
  }
}

/** Thrown by `drift` where the file of known differences can't be read. */
export class BaselineInvalidError extends MigrationError {
  readonly code = 'BASELINE_INVALID';

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    cause: unknown,
  ) {
    super(worded`The baseline ${path} can't be read: ${errorText(cause).replace(/\.$/, '')}.`, {
      cure: worded`Write it with ${command('drift', '--json')}, and redirect the output into the file.`,
      cause,
    });
  }
}

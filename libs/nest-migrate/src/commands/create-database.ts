import { type Options } from '@mikro-orm/sql';
import { type DatabaseCreation } from '../engines/database-creation.js';
import { DatabaseMissingError, DatabaseNotCreatedError } from '../errors/database.errors.js';
import { errorText } from '../errors/thrown.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';

/** What `createDatabase` did. */
export interface CreateDatabaseResult {
  /** The name of the database; the path of an embedded one, `null` where that is in memory. */
  readonly database: string | null;
  /** Whether it was created. False: it is there already. */
  readonly created: boolean;
}

/**
 * Creates the configured database, empty, where it does not exist yet: on a server with the character set and the
 * collation of the ORM's configuration. Does nothing to one that exists.
 *
 * @throws DatabaseNotCreatedError where it can't be created, as where the user may not.
 */
export async function createDatabase(context: CommandContext, options: Common = {}): Promise<CreateDatabaseResult> {
  const database = databaseOf(context, options);
  const open = (): Promise<void> => database.pin(async () => undefined);
  const creation = await database.engine.creation?.();
  if (creation === undefined) {
    const { folder = null } = database;
    if (folder === null || (await database.exists())) return { database: folder, created: false };
    await open();
    return { database: folder, created: true };
  }
  try {
    await open();
    return { database: context.orm.config.get('dbName') ?? null, created: false };
  } catch (error) {
    if (!(error instanceof DatabaseMissingError)) throw error;
    return { database: error.database, created: await createOnServer(context, creation, error.database) };
  }
}

/** Returns false where another process has created it meanwhile. */
async function createOnServer({ orm }: CommandContext, creation: DatabaseCreation, name: string): Promise<boolean> {
  // few commands connect to another database than the configured one
  const [{ ownServer }, { onServer }] = await Promise.all([
    import('../rehearsal/scratch-place.js'),
    import('../rehearsal/server-database.js'),
  ]);
  const { schemaGenerator, charset, collate, ...own } = orm.config.getAll() as Partial<Options>;
  const coordinates = ownServer(own);
  if (coordinates === undefined) {
    throw new DatabaseNotCreatedError(name, "MikroORM's driverOptions decide which database is opened", {
      cure: `Create it by hand: create database ${name}.`,
    });
  }
  const management = schemaGenerator?.managementDbName ?? creation.management;
  try {
    return await onServer({ coordinates, management }, async (session, address) => {
      try {
        await creation.create(session, name, { charset, collate });
        return true;
      } catch (cause) {
        if (creation.isThere(cause)) return false;
        if (!creation.isForbidden(cause)) {
          const cure = 'Correct dbName, charset or collate in the MikroORM configuration.';
          throw new DatabaseNotCreatedError(name, errorText(cause), { cure, cause });
        }
        throw new DatabaseNotCreatedError(name, `this user may not create it at ${address}`, {
          cure: `Let an administrator create it, or run: ${await creation.grant(session, name)}.`,
          cause,
        });
      }
    });
  } catch (cause) {
    if (!(cause instanceof DatabaseMissingError)) throw cause;
    const reason = `the database '${management}', from which that is done, does not exist at ${cause.address}`;
    throw new DatabaseNotCreatedError(name, reason, {
      cure: 'Name one that exists in the MikroORM configuration: schemaGenerator: { managementDbName }.',
      cause,
    });
  }
}

import { type Fingerprint } from '../rehearsal/fingerprint.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';
import { ownTableNames } from '../runtime/own-tables.js';
import { type PinnedSession } from '../runtime/pinned-session.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';

export type { Fingerprint } from '../rehearsal/fingerprint.js';

/**
 * Reads the fingerprint of the application's database. The tool's own tables and the schemas of MikroORM's option
 * `schemaGenerator.ignoreSchema` are left out. Writes nothing, and takes no lock.
 */
export async function readFingerprint(context: CommandContext, options: Common = {}): Promise<Fingerprint> {
  const database = databaseOf(context, options);
  return database.pin((session) => fingerprintNow(context, database, session));
}

/** The same, in a session. */
export async function fingerprintNow(
  { options, orm }: CommandContext,
  { engine, schema }: MigrationDatabase,
  session: PinnedSession,
): Promise<Fingerprint> {
  const { fingerprintOf } = await import('../rehearsal/fingerprint.js');
  return fingerprintOf(engine, session, {
    ignoredTables: ownTableNames(options.versionTable).map((name) => ({ name, schema })),
    ignoredSchemas: orm.config.get('schemaGenerator').ignoreSchema ?? [],
  });
}

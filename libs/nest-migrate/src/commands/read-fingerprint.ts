import { type Fingerprint } from '../rehearsal/fingerprint.js';
import { ownTableNames } from '../runtime/own-tables.js';
import { type CommandContext, type Common, databaseOf } from './command-context.js';

export type { Fingerprint } from '../rehearsal/fingerprint.js';

/**
 * Reads the fingerprint of the application's database. The tool's own tables and the schemas of MikroORM's option
 * `schemaGenerator.ignoreSchema` are left out. Writes nothing, and takes no lock.
 */
export async function readFingerprint(context: CommandContext, options: Common = {}): Promise<Fingerprint> {
  const database = databaseOf(context, options);
  const { fingerprintOf } = await import('../rehearsal/fingerprint.js');
  return database.pin((session) =>
    fingerprintOf(database.engine, session, {
      ignoredTables: ownTableNames(context.options.versionTable).map((name) => ({ name, schema: database.schema })),
      ignoredSchemas: context.orm.config.get('schemaGenerator').ignoreSchema ?? [],
    }),
  );
}

import { type LossRefusal } from '../errors/loss.errors.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';

/** What is called for what would lose everything that a database holds. */
export interface NamedDatabase {
  /** The database's name; of an embedded one the path. */
  readonly name: string;
  /** Why that is refused; `undefined` where it is not. */
  readonly refusal: LossRefusal | undefined;
}

/**
 * Whether everything in a database may be lost: where it is marked as production, only under its own name.
 *
 * @param typed The name that the caller gave.
 * @param sign What else says that it must not be lost, such as `NODE_ENV is production`.
 */
export async function namedDatabase(
  database: MigrationDatabase,
  typed?: string,
  sign?: string,
): Promise<NamedDatabase> {
  const configured = String(database.orm.config.get('dbName'));
  const name = database.folder ?? configured;
  if (typed !== undefined) {
    const isIt = typed === name || typed === configured;
    return { name, refusal: isIt ? undefined : { kind: 'otherName', typed } };
  }
  const because = sign ?? ((await database.readMark()) === null ? undefined : 'it is marked as production');
  return { name, refusal: because === undefined ? undefined : { kind: 'production', because } };
}

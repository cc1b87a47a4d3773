import { type Kysely, type SqlEntityManager } from '@mikro-orm/sql';
import { type RegisteredVerbs } from '../operations/registered-operations.js';
import { type OperationVerbs } from '../operations/verbs.js';

/** What the function given to `op.transaction` receives. */
export interface RevisionData {
  /** An entity manager of its own, inside the transaction. Flushed when the function resolves. */
  readonly em: SqlEntityManager;
  /** Kysely inside the transaction. Untyped: a revision outlives the tables' types. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely's own spelling of "any table"
  readonly kysely: Kysely<any>;
  /**
   * A provider of the application, by a name of `forRoot({ services })` that the revision exports in `services`. What
   * it does with the EntityManager or the repositories that it was injected is part of the transaction; what it does
   * with a connection or a fork of its own is not, and on an embedded database waits for ever.
   *
   * @throws ServiceNotExportedError for a name that the revision does not export.
   * @example
   * export const services = ['slugs'];
   * // in upgrade:
   * await op.transaction(async ({ get }) => get<{ fillIn(): Promise<void> }>('slugs').fillIn());
   */
  readonly get: <T>(service: string) => T;
}

/**
 * What a revision's `upgrade` and `downgrade` receive as `op`: the verbs, those that the application registered, and
 * what the run is about.
 *
 * @example
 * export async function upgrade(op: Operations): Promise<void> {
 *   await op.addColumn('book', 'isbn', { type: 'string', length: 13, nullable: true });
 *   await op.createIndex('book', ['isbn'], { unique: true });
 * }
 */
export type Operations = OperationVerbs<RevisionData> & RegisteredVerbs;

/** `upgrade` or `downgrade` of a revision. */
export type RevisionFunction = (op: Operations) => unknown;

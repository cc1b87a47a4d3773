import { type Operation } from './all.js';
import { type ColumnVerbs } from './kinds/column.operations.js';
import { type ColumnSyncVerbs } from './kinds/column-sync.operations.js';
import { type ConstraintVerbs } from './kinds/constraint.operations.js';
import { type DataVerbs } from './kinds/data.operations.js';
import { type AttributeVerbs } from './kinds/attribute.operations.js';
import { type DependentVerbs } from './kinds/dependent.operations.js';
import { type EnumVerbs } from './kinds/enum.operations.js';
import { type IndexVerbs } from './kinds/index.operations.js';
import { type PartitionVerbs } from './kinds/partition.operations.js';
import { type PolicyVerbs } from './kinds/policy.operations.js';
import { type RoutineVerbs } from './kinds/routine.operations.js';
import { type SchemaVerbs } from './kinds/schema.operations.js';
import { type SequenceVerbs } from './kinds/sequence.operations.js';
import { type ExistingTable, type ExistingTableOptions, type TableVerbs } from './kinds/table.operations.js';
import { type TriggerVerbs } from './kinds/trigger.operations.js';
import { type ViewVerbs } from './kinds/view.operations.js';
import { type AnyOperation } from './registered-operations.js';
import { type Backfill, type BackfillOptions } from './backfill.js';
import { type AlterAssertion, type InSchema } from './define.js';
import { type EncodedValue, type Value } from './value.js';

/** The verbs that build an operation, family by family. */
export interface DeclaredVerbs
  extends
    TableVerbs,
    ColumnVerbs,
    ColumnSyncVerbs,
    IndexVerbs,
    ConstraintVerbs,
    SchemaVerbs,
    EnumVerbs,
    SequenceVerbs,
    ViewVerbs,
    TriggerVerbs,
    PartitionVerbs,
    PolicyVerbs,
    RoutineVerbs,
    DependentVerbs,
    AttributeVerbs,
    DataVerbs {}

/**
 * The verbs of a revision: the type of `op`.
 *
 * Each verb passes one frozen operation to the code that runs, prints or records the revision, and its promise resolves
 * when that is done. Verbs run strictly in the order in which they were called, awaited or not. After a failure no verb
 * that was called later runs, and the revision fails even though its own code caught the error. A block has an `op` of
 * its own; using the outer one inside it is an error.
 *
 * The SQL is what MikroORM's schema generator would write for the same entity. The naming strategy of the ORM gives a
 * name where there is none. Without `schema`, the schema of the connection is used; on MySQL and MariaDB a schema is a
 * database.
 *
 * Every verb rejects with `InvalidOperationError` where its arguments are wrong, with `UnsupportedOperationError` where
 * the engine cannot do it, and with `MisplacedOperationError` where this `op` must not be used at that point.
 *
 * @typeParam Data what the function given to {@link OperationVerbs.transaction} receives.
 */
export interface OperationVerbs<Data> extends DeclaredVerbs {
  /**
   * Returns the rows of a query, which sees what the verbs before it did. Where SQL is only printed there is no
   * database to query, and it is an error.
   *
   * @example
   * const [{ total }] = await op.query<{ total: number }>('select count(*) as total from book');
   */
  query<T = Record<string, unknown>>(sql: string, params?: readonly Value[]): Promise<T[]>;
  /**
   * Runs data work through the ORM. On PostgreSQL, PGlite and SQLite it is a savepoint of the revision's transaction.
   * On MySQL and MariaDB, where DDL has committed what was before, it is a transaction of its own. Verbs of `op` are an
   * error inside.
   *
   * @example
   * await op.transaction(async ({ em }) => {
   *   for (const book of await em.findAll(Book)) book.slug = book.title.toLowerCase();
   * });
   */
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  /**
   * Runs verbs outside of any transaction, for statements that PostgreSQL refuses inside one. What the revision did
   * before is committed first. MySQL and MariaDB have no transaction to leave.
   *
   * @example
   * await op.autocommitBlock(async (op) => {
   *   await op.createIndex('book', ['title'], { concurrently: true });
   * });
   */
  autocommitBlock(work: (op: this) => Promise<void>): Promise<void>;
  /**
   * Fills columns of a table that is in use: batch by batch along a key, each batch in a transaction of its own that saves
   * how far it came. A row is worked on once, also where the process is killed, and another `db upgrade` continues. What
   * the revision did before is committed first. A batch takes about half a second; it is halved where it waits too long
   * for a lock, and tried again.
   *
   * Rows that are inserted meanwhile with a key behind the cursor are found by a last pass where `where` says which rows
   * need the work, and the work makes that false. So let the application write the column before the backfill begins.
   *
   * With `--sql` PostgreSQL, MySQL and MariaDB get a loop for `set`; SQLite has none.
   *
   * @example
   * await op.backfill({ table: 'book', where: 'slug is null', set: { slug: 'lower(title)' } });
   * await op.backfill<{ id: string; title: string }>({
   *   table: 'book',
   *   where: 'slug is null',
   *   rows: async (books, { em }) => {
   *     for (const { id, title } of books) {
   *       await em.execute('update book set slug = ? where id = ?', [title.toLowerCase(), id]);
   *     }
   *   },
   * });
   */
  backfill<Row = Record<string, unknown>>(options: BackfillOptions<Data, Row>): Promise<void>;
  /**
   * Runs several changes of one table. Where SQLite cannot alter the table in place, it makes one copy of the table for
   * all of them when the block ends. MySQL and MariaDB get as few `alter table` then as they take. On PostgreSQL the
   * verbs run as they are called. `existing` is the table that a run without a database starts from, triggers included;
   * `db migrate` writes it for SQLite. Verbs of the block are bound to the table: another table is an error, and
   * `schema` applies to them. With `existing`, `alterColumn` needs no `existing` of its own.
   *
   * `algorithm` and `lock` say how MySQL and MariaDB have to make the changes. A server that would have to copy the table
   * then refuses the statement, in place of keeping everybody out.
   *
   * @example
   * await op.batchAlterTable('book', async (batch) => {
   *   await batch.dropColumn('book', 'pages');
   *   await batch.alterColumn('book', 'title', { nullable: true }, { existing: { type: 'text' } });
   * });
   */
  batchAlterTable(
    table: string,
    work: (op: this) => Promise<void>,
    options?: InSchema & AlterAssertion & { existing?: ExistingTableOptions },
  ): Promise<void>;
  /**
   * Runs an operation that is given as data: one of the library's own or a registered one, as `db migrate --json`
   * prints them and hooks receive them. Its data is used untouched, without the checks and defaults of the verb. It is
   * allowed wherever the verb itself is.
   *
   * @example
   * await op.invoke({ kind: 'renameTable', from: 'book', to: 'publication' });
   */
  invoke(operation: AnyOperation): Promise<void>;
  /** The engine of the connection; PGlite is `postgres`. */
  readonly dialect: 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  /** True where SQL is printed and nothing is executed. */
  readonly offline: boolean;
  /** The name of the connection; `default` where it has none. */
  readonly connection: string;
  /** The arguments that the command was given for revisions to read, by name. */
  readonly xArguments: Readonly<Record<string, string>>;
  /** The text of `--tag` on the command line; `null` where there is none. It corresponds to Alembic's `--tag`. */
  readonly tag: string | null;
}

/** What the verbs pass their operations to. One implementation executes, one prints, one records. */
export interface OperationSink<Data> {
  apply(operation: Operation): Promise<void>;
  /** Applies the operations of a batch at once. Absent: they are applied one by one. */
  applyTogether?(operations: readonly Operation[], existing: ExistingTable | undefined): Promise<void>;
  query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]>;
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  /** Fills rows in batches, each in a transaction of its own. */
  backfill(backfill: Backfill<Data>): Promise<void>;
  /** Runs `block` outside of any transaction; `block` applies its operations through `apply`. */
  autocommitBlock(block: () => Promise<void>): Promise<void>;
}

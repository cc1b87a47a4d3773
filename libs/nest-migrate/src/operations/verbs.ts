import { type Operation } from './all.js';
import { type ColumnVerbs } from './kinds/column.operations.js';
import { type ConstraintVerbs } from './kinds/constraint.operations.js';
import { type DataVerbs } from './kinds/data.operations.js';
import { type EnumVerbs } from './kinds/enum.operations.js';
import { type IndexVerbs } from './kinds/index.operations.js';
import { type PartitionVerbs } from './kinds/partition.operations.js';
import { type PolicyVerbs } from './kinds/policy.operations.js';
import { type RoutineVerbs } from './kinds/routine.operations.js';
import { type SchemaVerbs } from './kinds/schema.operations.js';
import { type ExistingTable, type ExistingTableOptions, type TableVerbs } from './kinds/table.operations.js';
import { type TriggerVerbs } from './kinds/trigger.operations.js';
import { type ViewVerbs } from './kinds/view.operations.js';
import { type AnyOperation } from './registered-operations.js';
import { type InSchema } from './define.js';
import { type EncodedValue, type Value } from './value.js';

/** The verbs that make an operation, family by family. */
export interface DeclaredVerbs
  extends
    TableVerbs,
    ColumnVerbs,
    IndexVerbs,
    ConstraintVerbs,
    SchemaVerbs,
    EnumVerbs,
    ViewVerbs,
    TriggerVerbs,
    PartitionVerbs,
    PolicyVerbs,
    RoutineVerbs,
    DataVerbs {}

/**
 * The verbs of a revision: what `op` is.
 *
 * Each verb hands one frozen operation to whatever runs, prints or records the revision, and its promise resolves when
 * that is done. Verbs run strictly in the order in which they were called, awaited or not; after a failure nothing that
 * was called later runs, and the revision fails although its own code caught the error. A block hands out an `op` of its
 * own, and using the outer one inside it is an error.
 *
 * The SQL is the one that MikroORM's schema generator would write for the same entity. What has no name is named by the
 * ORM's naming strategy. `schema` is the connection's own where it is absent; on MySQL and MariaDB it is a database.
 *
 * Every verb rejects with `InvalidOperationError` where its arguments cannot be meant, with
 * `UnsupportedOperationError` where the engine has no such thing, and with `MisplacedOperationError` where this `op` must
 * not be used at that point.
 *
 * @typeParam Data what the function given to {@link OperationVerbs.transaction} receives.
 */
export interface OperationVerbs<Data> extends DeclaredVerbs {
  /**
   * The rows of a query, seeing what the verbs before it did. There is nothing to ask where SQL is only printed, so it is
   * an error there.
   *
   * @example
   * const [{ total }] = await op.query<{ total: number }>('select count(*) as total from book');
   */
  query<T = Record<string, unknown>>(sql: string, params?: readonly Value[]): Promise<T[]>;
  /**
   * Data work through the ORM: a savepoint of the revision's transaction on PostgreSQL and PGlite, a transaction of its
   * own on MySQL and MariaDB, where DDL has committed what was before it. Verbs of `op` are an error inside.
   *
   * @example
   * await op.transaction(async ({ em }) => {
   *   for (const book of await em.findAll(Book)) book.slug = slugOf(book.title);
   * });
   */
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  /**
   * Runs verbs outside of any transaction: for what PostgreSQL refuses inside one. What the revision did before is
   * committed first. MySQL and MariaDB have no transaction to leave.
   *
   * @example
   * await op.autocommitBlock(async (op) => {
   *   await op.createIndex('book', ['title'], { concurrently: true });
   * });
   */
  autocommitBlock(work: (op: this) => Promise<void>): Promise<void>;
  /**
   * Several changes of one table, which SQLite, where it cannot alter in place, makes as one copy of it when the block
   * ends; `existing` is the table that a run without a database starts from, triggers included, and `db migrate` writes
   * it. Elsewhere the verbs run as they are called. Verbs of the block are bound to the table: another one is an error,
   * `schema` is theirs, and the columns of `existing` spare `alterColumn` its own.
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
    options?: InSchema & { existing?: ExistingTableOptions },
  ): Promise<void>;
  /**
   * Runs an operation that is given as data: one of the tool's own or a registered one, as `db migrate --json` prints them
   * and hooks hold them. Its data is taken as it is, without what a verb checks and fills in. Everywhere where the verb
   * itself could be called.
   *
   * @example
   * await op.invoke({ kind: 'renameTable', from: 'book', to: 'publication' });
   */
  invoke(operation: AnyOperation): Promise<void>;
  /** The engine that this run speaks to; PGlite is `postgres`. */
  readonly dialect: 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  /** True where SQL is printed and nothing is executed. */
  readonly offline: boolean;
  /** The connection's name; `default` where it has none. */
  readonly connection: string;
  /** What was given to the command for revisions to read, by name. */
  readonly xArguments: Readonly<Record<string, string>>;
  /** The free text of the run, `--tag` on the command line; `null` where none was given. As Alembic's `--tag`. */
  readonly tag: string | null;
}

/** What the verbs hand their operations to. One implementation executes, one prints, one records. */
export interface OperationSink<Data> {
  apply(operation: Operation): Promise<void>;
  /** Applies the operations of a batch at once; where it is absent they are applied as they come. */
  applyTogether?(operations: readonly Operation[], existing: ExistingTable | undefined): Promise<void>;
  query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]>;
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  /** Runs `block` outside of any transaction; `block` applies its operations through `apply`. */
  autocommitBlock(block: () => Promise<void>): Promise<void>;
}

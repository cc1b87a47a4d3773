import {
  type ExistingTable,
  type DeferMode,
  type EnumColumn,
  type EnumValueRename,
  type IndexColumn,
  type InSchema,
  type Operation,
  type Postcondition,
  type Rule,
  type RowLevelSecurity,
  type TriggerEvent,
  type TypeName,
} from './operation.js';
import { type AnyOperation } from './registered-operations.js';
import { type EncodedValue, type Value } from './value.js';

/** One name, or several where an order matters. */
export type Names = string | readonly string[];

/**
 * A column, with MikroORM's property option names and meanings. Exactly one of `type` and `columnType` is given; a
 * custom MikroORM `Type` is written as its `columnType`.
 */
export interface ColumnOptions {
  type?: TypeName;
  /** The database's own type, passed through untouched: the way out for what `type` cannot say. */
  columnType?: string;
  length?: number;
  precision?: number;
  scale?: number;
  unsigned?: boolean;
  autoincrement?: boolean;
  primary?: boolean;
  /** Absent means `not null`, as in MikroORM. */
  nullable?: boolean;
  /** A value; the tool escapes it. */
  default?: Value;
  /** SQL, used untouched. */
  defaultRaw?: string;
  /** The values of an `enum`. */
  items?: readonly string[];
  /**
   * The native enum type that holds `items` (PostgreSQL, PGlite), with its schema and a dot before it where it has
   * another than the table. A name that has a dot itself: `*.my.type`.
   */
  nativeEnumName?: string;
  generated?: string;
  collation?: string;
  /** MySQL and MariaDB: what follows the type, such as `on update current_timestamp`. */
  extra?: string;
  comment?: string;
}

/** A column that is added, and where. */
export interface AddColumnOptions extends ColumnOptions, InSchema {
  /** The column to put it behind. MySQL, MariaDB and SQLite; PostgreSQL puts it last. */
  after?: string;
  /** Puts it before all others. MySQL, MariaDB and SQLite; PostgreSQL puts it last. */
  first?: boolean;
  ifNotExists?: boolean;
}

/** Columns by name, in order; a list where a name looks like a number (JavaScript would move it to the front). */
export type Columns = Readonly<Record<string, ColumnOptions>> | readonly (ColumnOptions & { name: string })[];

/** A change of a column: an absent key leaves a property as it is, `null` removes it. */
export type ColumnChange = { [K in keyof ColumnOptions]?: ColumnOptions[K] | null } & {
  /** PostgreSQL's `using` expression for a change of type. */
  using?: string;
};

export interface IndexOptions extends InSchema {
  name?: string;
  unique?: boolean;
  /** PostgreSQL: the access method, such as `gin` or `hash`. MySQL and MariaDB: `fulltext`, and nothing else. */
  type?: string;
  where?: string;
  include?: readonly string[];
  fillFactor?: number;
  invisible?: boolean;
  expression?: string;
  concurrently?: boolean;
  ifNotExists?: boolean;
}

export interface ForeignKeyOptions extends InSchema {
  name?: string;
  referencedSchema?: string;
  deleteRule?: Rule;
  updateRule?: Rule;
  deferMode?: DeferMode;
  notValid?: boolean;
}

export interface TableOptions extends InSchema {
  columns: Columns;
  primaryKey?: { name?: string; columns: Names };
  comment?: string;
  ifNotExists?: boolean;
  /** What follows `partition by`, such as `range (created_at)`. PostgreSQL. */
  partitionBy?: string;
  indexes?: readonly (Omit<IndexOptions, 'schema'> & { columns?: readonly (string | IndexColumn)[] })[];
  uniques?: readonly { name?: string; columns: Names; deferMode?: DeferMode }[];
  checks?: readonly { name?: string; expression: string }[];
  foreignKeys?: readonly (Omit<ForeignKeyOptions, 'schema'> & {
    columns: Names;
    referencedTable: string;
    referencedColumns: Names;
  })[];
}

/** A trigger: by its parts, which every engine is given in its own words, or as the whole statement. */
export interface TriggerOptions extends InSchema {
  timing: 'before' | 'after' | 'instead of';
  events: TriggerEvent | readonly TriggerEvent[];
  /** Default `'row'`. MySQL, MariaDB and SQLite know no other. */
  forEach?: 'row' | 'statement';
  /** A condition; PostgreSQL and SQLite. */
  when?: string;
  /** The statements between `begin` and `end`; exactly one of `body` and `expression`. */
  body?: string;
  /** The whole `create trigger` statement. */
  expression?: string;
}

/** Where a partition lives. */
export interface PartitionOptions extends InSchema {
  /** The schema of the partition, where it is not that of its table. */
  partitionSchema?: string;
}

/** A policy of row-level security, in MikroORM's words. */
export interface PolicyOptions extends InSchema {
  /** Default `'all'`. */
  command?: 'select' | 'insert' | 'update' | 'delete' | 'all';
  /** Default `'permissive'`: one of those has to let a row pass; of the restrictive ones all have to. */
  type?: 'permissive' | 'restrictive';
  /** Default everybody. */
  roles?: Names;
  /** Which rows are seen, as a condition. */
  using?: string;
  /** Which rows may be written; without it `using` counts for that as well. */
  check?: string;
}

/** A table as it is, for a batch that a run without a database makes another table of. */
export interface ExistingTableOptions extends TableOptions {
  triggers?: readonly (Omit<TriggerOptions, 'schema'> & { name: string })[];
}

/** A stored function or procedure: by its parts, or as the whole statement. */
export interface RoutineOptions extends InSchema {
  type: 'function' | 'procedure';
  /** Types in the database's own words. `direction` (default `'in'`) belongs to procedures, `defaultRaw` to PostgreSQL. */
  params?: readonly { name: string; type: string; direction?: 'in' | 'out' | 'inout'; defaultRaw?: string }[];
  /** The type that a function answers with. */
  returns?: string;
  /** PostgreSQL. Default `plpgsql` for procedures and `sql` for functions, as MikroORM has it. */
  language?: string;
  deterministic?: boolean;
  /** MySQL and MariaDB. */
  dataAccess?: 'contains-sql' | 'no-sql' | 'reads-sql-data' | 'modifies-sql-data';
  security?: 'invoker' | 'definer';
  comment?: string;
  /** Exactly one of `body` and `expression`. Put between `begin` and `end` where it has none and the language wants it. */
  body?: string;
  /** The whole `create` statement. */
  expression?: string;
  orReplace?: boolean;
}

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
export interface OperationVerbs<Data> {
  /**
   * Creates a table with its columns and keys, then its indexes, unique constraints, checks and foreign keys as statements
   * of their own. With `ifNotExists` all of it is in the one statement, so that a table that is there is left alone.
   *
   * PostgreSQL: `autoincrement` becomes `serial` or `bigserial`; an `enum` without `nativeEnumName` is a text column with
   * a check. MySQL and MariaDB: InnoDB, with the character set and collation of the MikroORM configuration.
   *
   * @example
   * await op.createTable('book', {
   *   columns: {
   *     id: { type: 'integer', primary: true, autoincrement: true },
   *     title: { type: 'string', length: 200 },
   *     authorId: { type: 'integer', nullable: true },
   *   },
   *   foreignKeys: [{ columns: 'authorId', referencedTable: 'author', referencedColumns: 'id', deleteRule: 'cascade' }],
   * });
   */
  createTable(table: string, options: TableOptions): Promise<void>;
  /**
   * Drops a table and its rows. Never with `cascade`: what still depends on it stops the statement.
   *
   * @example
   * await op.dropTable('book');
   */
  dropTable(table: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Renames a table within its schema. Its indexes, constraints and sequences keep their names.
   *
   * @example
   * await op.renameTable('book', 'publication');
   */
  renameTable(from: string, to: string, options?: InSchema): Promise<void>;
  /**
   * Sets the comment of a table, whether it had one or not.
   *
   * @example
   * await op.createTableComment('book', 'what we sell');
   */
  createTableComment(table: string, comment: string, options?: InSchema): Promise<void>;
  /**
   * Removes the comment of a table.
   *
   * @example
   * await op.dropTableComment('book');
   */
  dropTableComment(table: string, options?: InSchema): Promise<void>;
  /**
   * Adds a column, `after` another, `first`, or at the end of the table. One that is not nullable and has no default needs
   * a table without rows. PostgreSQL puts every column last. SQLite makes the table anew for any other place, for which a
   * script has to be told of the table (`batchAlterTable`), and else puts it last.
   *
   * `ifNotExists` leaves a column of that name as it is. MySQL has nothing like it, and neither has PostgreSQL for `primary`
   * and for `items` without `nativeEnumName`, which take a second statement.
   *
   * @example
   * await op.addColumn('book', 'pages', { type: 'integer', nullable: true, after: 'title' });
   */
  addColumn(table: string, column: string, options: AddColumnOptions): Promise<void>;
  /**
   * Drops a column and its values. PostgreSQL drops its indexes and checks along, and so does SQLite where it makes the
   * table anew; MySQL and MariaDB refuse where a constraint still names it. MySQL has no `ifExists` for a column.
   *
   * @example
   * await op.dropColumn('book', 'pages');
   */
  dropColumn(table: string, column: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Changes what is named in `change` and leaves the rest: an absent key leaves a property, `null` removes it.
   *
   * PostgreSQL: one statement a property. A change of type casts with `using`, by default to the new type itself; the
   * default that `existing` tells of is lifted before and set again after. A check that stands for `items` is replaced.
   * MySQL and MariaDB restate the whole column: `existing`, the column as it is, has to be given, except where only the
   * default changes. `existing` is also what makes the change reversible.
   *
   * A new type keeps the length, precision and so on of the old one only where they mean the same on both.
   *
   * @example
   * await op.alterColumn('book', 'title', { length: 500 }, { existing: { type: 'string', length: 200 } });
   */
  alterColumn(
    table: string,
    column: string,
    change: ColumnChange,
    options?: InSchema & { existing?: ColumnOptions },
  ): Promise<void>;
  /**
   * Renames a column. Indexes and constraints follow it and keep their names.
   *
   * @example
   * await op.renameColumn('book', 'pages', 'pageCount');
   */
  renameColumn(table: string, from: string, to: string, options?: InSchema): Promise<void>;
  /**
   * Creates an index. `expression` is what to index in place of columns, or a whole `create index` statement; either
   * needs a `name`. A dot inside the name of a column is part of it.
   *
   * PostgreSQL: `concurrently` runs outside of a transaction, so in `autocommitBlock`. MySQL and MariaDB build indexes
   * without stopping writers by themselves, so it changes nothing there, and neither do `include` and `fillFactor`; MySQL
   * makes an index with `where` of expressions. MariaDB has neither `where` nor `expression`.
   *
   * @example
   * await op.createIndex('book', ['title', { name: 'pages', sort: 'desc' }], { name: 'book_title_pages' });
   */
  createIndex(table: string, columns: readonly (string | IndexColumn)[], options?: IndexOptions): Promise<void>;
  /**
   * Drops an index by its name. `concurrently` is PostgreSQL's; MySQL has no `ifExists` for an index.
   *
   * @example
   * await op.dropIndex('book', 'book_title_pages');
   */
  dropIndex(
    table: string,
    name: string,
    options?: InSchema & { concurrently?: boolean; ifExists?: boolean },
  ): Promise<void>;
  /**
   * Renames an index without building it anew.
   *
   * @example
   * await op.renameIndex('book', 'book_title_pages', 'book_by_title');
   */
  renameIndex(table: string, from: string, to: string, options?: InSchema): Promise<void>;
  /**
   * Gives a table its primary key. MySQL and MariaDB know no name for it.
   *
   * @example
   * await op.createPrimaryKey('book_tag', ['bookId', 'tagId']);
   */
  createPrimaryKey(table: string, columns: Names, options?: InSchema & { name?: string }): Promise<void>;
  /**
   * Creates a foreign key. `referencedSchema` is the connection's own where it is absent, not the table's.
   *
   * PostgreSQL: `notValid` leaves the rows that are there unchecked, `deferMode` makes it deferrable. MySQL and MariaDB
   * have neither; they create an index on the columns where there is none.
   *
   * @example
   * await op.createForeignKey('book', 'authorId', 'author', 'id', { deleteRule: 'set null' });
   */
  createForeignKey(
    table: string,
    columns: Names,
    referencedTable: string,
    referencedColumns: Names,
    options?: ForeignKeyOptions,
  ): Promise<void>;
  /**
   * Creates a unique constraint; on MySQL and MariaDB that is a unique index. `deferMode` is PostgreSQL's.
   *
   * @example
   * await op.createUniqueConstraint('book', ['title', 'authorId']);
   */
  createUniqueConstraint(
    table: string,
    columns: Names,
    options?: InSchema & { name?: string; deferMode?: DeferMode },
  ): Promise<void>;
  /**
   * Creates a check. PostgreSQL: `notValid` leaves the rows that are there unchecked, and an expression that begins with
   * `exclude` is an exclusion constraint.
   *
   * @example
   * await op.createCheckConstraint('book', 'pages > 0', { name: 'book_pages_check' });
   */
  createCheckConstraint(
    table: string,
    expression: string,
    options?: InSchema & { name?: string; notValid?: boolean },
  ): Promise<void>;
  /**
   * Drops a constraint by its name. MySQL and MariaDB drop each `type` with words of its own, and take no name for the
   * primary key; a column that counts up has to stop that before its primary key goes. `ifExists` is not MySQL's, nor
   * MariaDB's for the primary key.
   *
   * @example
   * await op.dropConstraint('book', 'book_author_id_foreign', { type: 'foreignKey' });
   */
  dropConstraint(
    table: string,
    name: string,
    options: InSchema & { type: 'foreignKey' | 'unique' | 'check' | 'primaryKey'; ifExists?: boolean },
  ): Promise<void>;
  /**
   * Creates a schema where it is not there yet. On MySQL and MariaDB that is a database.
   *
   * @example
   * await op.createSchema('archive');
   */
  createSchema(name: string): Promise<void>;
  /**
   * Drops an empty schema. Not on MySQL and MariaDB, where it would be a database with all its tables.
   *
   * @example
   * await op.dropSchema('archive');
   */
  dropSchema(name: string): Promise<void>;
  /**
   * Creates a native enum type for columns with `nativeEnumName`. PostgreSQL and PGlite only.
   *
   * @example
   * await op.createEnum('mood', ['happy', 'sad']);
   */
  createEnum(name: string, items: readonly string[], options?: InSchema): Promise<void>;
  /**
   * Drops a native enum type that no column uses any more. PostgreSQL and PGlite only.
   *
   * @example
   * await op.dropEnum('mood');
   */
  dropEnum(name: string, options?: InSchema): Promise<void>;
  /**
   * Makes the items of a native enum type what `items` says. `renames` come first, one after the other, and rows and
   * defaults follow them. Where the `existing` ones all stay in their order, values are added in place; PostgreSQL lets them
   * be used once the transaction is over. Otherwise the type is built anew and `columns`, which have to be all that use it,
   * go over to it by way of text. PostgreSQL and PGlite only.
   *
   * @example
   * await op.alterEnum('mood', ['happy', 'calm', 'blue'], {
   *   existing: ['happy', 'sad'],
   *   renames: [{ from: 'sad', to: 'blue' }],
   * });
   */
  alterEnum(
    name: string,
    items: readonly string[],
    options: InSchema & {
      existing: readonly string[];
      renames?: readonly EnumValueRename[];
      columns?: readonly EnumColumn[];
    },
  ): Promise<void>;
  /**
   * Creates a view. `definition` is the `select`, in the engine's SQL. With `orReplace` it takes the place of one that is
   * there, whose columns PostgreSQL wants to find again in front. SQLite has no `orReplace`.
   *
   * @example
   * await op.createView('cheap_book', 'select id, title from book where price < 10');
   */
  createView(view: string, definition: string, options?: InSchema & { orReplace?: boolean }): Promise<void>;
  /**
   * Drops a view. Never with `cascade`: a view that stands on it stops the statement on PostgreSQL.
   *
   * @example
   * await op.dropView('cheap_book');
   */
  dropView(view: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Creates a view whose rows are stored. PostgreSQL and PGlite only. `withData: false` leaves it empty until it is
   * refreshed. It takes indexes like a table: `op.createIndex(view, …)`.
   *
   * @example
   * await op.createMaterializedView('sales_by_day', 'select day, sum(total) as total from sale group by day');
   */
  createMaterializedView(view: string, definition: string, options?: InSchema & { withData?: boolean }): Promise<void>;
  /**
   * Drops a materialized view with its rows and indexes. PostgreSQL and PGlite only.
   *
   * @example
   * await op.dropMaterializedView('sales_by_day');
   */
  dropMaterializedView(view: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Computes the rows of a materialized view anew. `concurrently` lets readers go on meanwhile, for which the view needs
   * a unique index. PostgreSQL and PGlite only.
   *
   * @example
   * await op.refreshMaterializedView('sales_by_day', { concurrently: true });
   */
  refreshMaterializedView(view: string, options?: InSchema & { concurrently?: boolean }): Promise<void>;
  /**
   * Creates a trigger. By its parts it is what MikroORM writes for an entity: PostgreSQL puts `body` into a function
   * `<table>_<name>_fn` of its own; MySQL, MariaDB and SQLite, whose triggers have one event, make one of each event, named
   * `<name>_<event>`, where there are several.
   *
   * @example
   * await op.createTrigger('book', 'book_touch', {
   *   timing: 'before',
   *   events: 'update',
   *   body: 'new.changed_at = now(); return new;',
   * });
   */
  createTrigger(table: string, name: string, options: TriggerOptions): Promise<void>;
  /**
   * Creates a partition of a table that has `partitionBy` (PostgreSQL's `create table … partition of`).
   *
   * @example
   * await op.createPartition('event', 'event_2026', "for values from ('2026-01-01') to ('2027-01-01')");
   */
  createPartition(table: string, name: string, bound: string, options?: PartitionOptions): Promise<void>;
  /**
   * Drops a partition and its rows.
   *
   * @example
   * await op.dropPartition('event', 'event_2019');
   */
  dropPartition(table: string, name: string, options?: PartitionOptions): Promise<void>;
  /**
   * Says whether row-level security holds on a table: `true`, `false`, or `'force'` for the table's owner as well. Only on
   * PostgreSQL; elsewhere it is an error. `existing` is what held before, which the way back needs.
   *
   * @example
   * await op.alterRowLevelSecurity('invoice', 'force', { existing: false });
   */
  alterRowLevelSecurity(
    table: string,
    level: RowLevelSecurity,
    options?: InSchema & { existing?: RowLevelSecurity },
  ): Promise<void>;
  /**
   * Creates a policy of row-level security (PostgreSQL's `create policy`), which counts where the table has that switched on.
   * Elsewhere than on PostgreSQL it is an error.
   *
   * @example
   * await op.createPolicy('invoice', 'own_tenant', { using: "tenant = current_setting('app.tenant')" });
   */
  createPolicy(table: string, name: string, options: PolicyOptions): Promise<void>;
  /**
   * Drops a policy. Where row-level security stays switched on and no other policy is left, nobody but the owner sees a row.
   *
   * @example
   * await op.dropPolicy('invoice', 'own_tenant');
   */
  dropPolicy(table: string, name: string, options?: InSchema): Promise<void>;
  /**
   * Drops a trigger, and on PostgreSQL the function that `createTrigger` made for it. `events` are needed where there were
   * several, on engines whose triggers have one each.
   *
   * @example
   * await op.dropTrigger('book', 'book_touch');
   */
  dropTrigger(
    table: string,
    name: string,
    options?: InSchema & { events?: TriggerEvent | readonly TriggerEvent[] },
  ): Promise<void>;
  /**
   * Creates a stored function or procedure. `orReplace` is not MySQL's. SQLite has none.
   *
   * @example
   * await op.createRoutine('book_count', {
   *   type: 'function',
   *   returns: 'bigint',
   *   body: 'select count(*) from book',
   * });
   */
  createRoutine(name: string, options: RoutineOptions): Promise<void>;
  /**
   * Drops a stored function or procedure. PostgreSQL needs `parameterTypes` where several share the name.
   *
   * @example
   * await op.dropRoutine('book_count', { type: 'function' });
   */
  dropRoutine(
    name: string,
    options: InSchema & { type: 'function' | 'procedure'; parameterTypes?: readonly string[]; ifExists?: boolean },
  ): Promise<void>;
  /**
   * Has the rows checked that a foreign key or check with `notValid` left unchecked, without stopping writers meanwhile.
   * PostgreSQL and PGlite only.
   *
   * @example
   * await op.validateConstraint('book', 'book_author_id_foreign');
   */
  validateConstraint(table: string, name: string, options?: InSchema): Promise<void>;
  /**
   * Runs one SQL statement and answers nothing. `?` in it stands for a value, `??` for a name (whose first dot parts the
   * schema from it, as in MikroORM), `\?` for a question mark; without `params` the SQL is not touched. `postcondition` and
   * `repeatable` let a run that died on MySQL or MariaDB go on behind the statement, or repeat it. SQL that begins or ends a
   * transaction (`begin`, `commit`, `rollback`, and their like) is refused before it runs.
   *
   * @example
   * await op.execute('update book set pages = ? where pages is null', [0], { repeatable: true });
   */
  execute(
    sql: string,
    params?: readonly Value[],
    options?: { postcondition?: Postcondition; repeatable?: boolean },
  ): Promise<void>;
  /**
   * The rows of a query, seeing what the verbs before it did. There is nothing to ask where SQL is only printed, so it is
   * an error there.
   *
   * @example
   * const [{ total }] = await op.query<{ total: number }>('select count(*) as total from book');
   */
  query<T = Record<string, unknown>>(sql: string, params?: readonly Value[]): Promise<T[]>;
  /**
   * Inserts rows with their values written into the statement, some hundred rows a statement. All rows have the same
   * columns; no rows, no statement. JSON is given as text.
   *
   * @example
   * await op.bulkInsert('genre', [{ name: 'crime' }, { name: 'poetry' }]);
   */
  bulkInsert(table: string, rows: readonly Readonly<Record<string, Value>>[], options?: InSchema): Promise<void>;
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

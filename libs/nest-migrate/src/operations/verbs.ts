import {
  type DeferMode,
  type EnumColumn,
  type IndexColumn,
  type InSchema,
  type Operation,
  type Postcondition,
  type Rule,
  type TypeName,
} from './operation.js';
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
  /** The native enum type that holds `items` (PostgreSQL, PGlite). */
  nativeEnumName?: string;
  generated?: string;
  collation?: string;
  /** MySQL and MariaDB: what follows the type, such as `on update current_timestamp`. */
  extra?: string;
  comment?: string;
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
  /** The access method, such as `gin` or `hash`; `fulltext` on MySQL and MariaDB. */
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
  indexes?: readonly (Omit<IndexOptions, 'schema'> & { columns?: readonly (string | IndexColumn)[] })[];
  uniques?: readonly { name?: string; columns: Names; deferMode?: DeferMode }[];
  checks?: readonly { name?: string; expression: string }[];
  foreignKeys?: readonly (Omit<ForeignKeyOptions, 'schema'> & {
    columns: Names;
    referencedTable: string;
    referencedColumns: Names;
  })[];
}

/**
 * The verbs of a revision: what `op` is. Each hands one frozen operation to whatever runs, prints or records the
 * revision, and resolves when that is done. Verbs run strictly in the order in which they were called, awaited or not.
 *
 * @typeParam Data what the function given to {@link OperationVerbs.transaction} receives.
 */
export interface OperationVerbs<Data> {
  createTable(table: string, options: TableOptions): Promise<void>;
  dropTable(table: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  renameTable(from: string, to: string, options?: InSchema): Promise<void>;
  createTableComment(table: string, comment: string, options?: InSchema): Promise<void>;
  dropTableComment(table: string, options?: InSchema): Promise<void>;
  addColumn(table: string, column: string, options: ColumnOptions & InSchema): Promise<void>;
  dropColumn(table: string, column: string, options?: InSchema): Promise<void>;
  alterColumn(
    table: string,
    column: string,
    change: ColumnChange,
    options?: InSchema & { existing?: ColumnOptions },
  ): Promise<void>;
  renameColumn(table: string, from: string, to: string, options?: InSchema): Promise<void>;
  createIndex(table: string, columns: readonly (string | IndexColumn)[], options?: IndexOptions): Promise<void>;
  dropIndex(
    table: string,
    name: string,
    options?: InSchema & { concurrently?: boolean; ifExists?: boolean },
  ): Promise<void>;
  renameIndex(table: string, from: string, to: string, options?: InSchema): Promise<void>;
  createPrimaryKey(table: string, columns: Names, options?: InSchema & { name?: string }): Promise<void>;
  createForeignKey(
    table: string,
    columns: Names,
    referencedTable: string,
    referencedColumns: Names,
    options?: ForeignKeyOptions,
  ): Promise<void>;
  createUniqueConstraint(
    table: string,
    columns: Names,
    options?: InSchema & { name?: string; deferMode?: DeferMode },
  ): Promise<void>;
  createCheckConstraint(
    table: string,
    expression: string,
    options?: InSchema & { name?: string; notValid?: boolean },
  ): Promise<void>;
  dropConstraint(
    table: string,
    name: string,
    options: InSchema & { type: 'foreignKey' | 'unique' | 'check' | 'primaryKey' },
  ): Promise<void>;
  createSchema(name: string): Promise<void>;
  dropSchema(name: string): Promise<void>;
  createEnum(name: string, items: readonly string[], options?: InSchema): Promise<void>;
  dropEnum(name: string, options?: InSchema): Promise<void>;
  alterEnum(
    name: string,
    items: readonly string[],
    options: InSchema & { existing: readonly string[]; columns?: readonly EnumColumn[] },
  ): Promise<void>;
  execute(
    sql: string,
    params?: readonly Value[],
    options?: { postcondition?: Postcondition; repeatable?: boolean },
  ): Promise<void>;
  query<T = Record<string, unknown>>(sql: string, params?: readonly Value[]): Promise<T[]>;
  bulkInsert(table: string, rows: readonly Readonly<Record<string, Value>>[], options?: InSchema): Promise<void>;
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  autocommitBlock(work: (op: OperationVerbs<Data>) => Promise<void>): Promise<void>;
  /** The engine that this run speaks to. */
  readonly dialect: 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  /** True where SQL is printed and nothing is executed. */
  readonly offline: boolean;
  /** The connection's name; `default` where it has none. */
  readonly connection: string;
  readonly xArguments: Readonly<Record<string, string>>;
}

/** What the verbs hand their operations to. One implementation executes, one prints, one records. */
export interface OperationSink<Data> {
  apply(operation: Operation): Promise<void>;
  query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]>;
  transaction(work: (data: Data) => Promise<void>): Promise<void>;
  /** Runs `block` outside of any transaction; `block` applies its operations through `apply`. */
  autocommitBlock(block: () => Promise<void>): Promise<void>;
}

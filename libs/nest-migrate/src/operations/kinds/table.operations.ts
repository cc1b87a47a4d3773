import {
  nameOf,
  type Names,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
  type OptionKinds,
  type Site,
} from '../arguments.js';
import { type Argument, Listing, listOrNothing, orNothing } from '../call.js';
import { columnList, type Columns, namedColumns, type NamedColumnDefinition } from '../column-definition.js';
import {
  type CheckDefinition,
  checkDefinition,
  checkOptions,
  type ForeignKeyDefinition,
  type PrimaryKeyDefinition,
  primaryKeyDefinition,
  primaryKeyOptions,
  referenceOf,
  tableForeignKey,
  tableForeignKeyOptions,
  type TableForeignKeyOptions,
  type TableUniqueOptions,
  type UniqueDefinition,
  uniqueDefinition,
  uniqueOptions,
} from '../constraint-definitions.js';
import { definitionsOf, type InSchema } from '../define.js';
import { frozen } from '../frozen.js';
import { type IndexDefinition, tableIndex, type TableIndexOptions, tableIndexOptions } from '../index-definition.js';
import { held, missing } from '../previous.js';
import { keyWords, objectWords, tableWords } from '../words.js';
import { createTrigger, type TriggerDefinition, triggerOptions, type TriggerOptions } from './trigger.operations.js';

/** Creates a table with its keys, constraints, checks and indexes. */
export interface CreateTableOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createTable';
  /** The name of the new table. */
  readonly table: string;
  /** Its columns, in order; at least one. */
  readonly columns: readonly NamedColumnDefinition[];
  /** Its primary key. Absent: the columns that are `primary`, if any, form the key. */
  readonly primaryKey?: PrimaryKeyDefinition;
  /** The comment that the database keeps with the table. SQLite keeps none. */
  readonly comment?: string;
  /** True: a table of that name is left as it is. Absent: it is an error. */
  readonly ifNotExists?: boolean;
  /** What follows `partition by`. PostgreSQL. */
  readonly partitionBy?: string;
  /** Its indexes; empty for none. */
  readonly indexes: readonly IndexDefinition[];
  /** Its unique constraints; empty for none. */
  readonly uniques: readonly UniqueDefinition[];
  /** Its checks; empty for none. At most one of them has no name. */
  readonly checks: readonly CheckDefinition[];
  /** Its foreign keys; empty for none. */
  readonly foreignKeys: readonly ForeignKeyDefinition[];
}

/** A table as it is, with everything that is dropped with it. A rebuild of the table starts from this. */
export interface ExistingTable extends CreateTableOperation {
  /** The triggers of the table, which a rebuild creates again. Absent: none. */
  readonly triggers?: readonly { readonly name: string; readonly trigger: TriggerDefinition }[];
}

/** Drops a table with its rows. */
export interface DropTableOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropTable';
  /** The name of the table. */
  readonly table: string;
  /** True: a table that is not there is no error. */
  readonly ifExists?: boolean;
  /** The table that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: CreateTableOperation;
}

/** Renames a table, or moves it into another schema. */
export interface RenameTableOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'renameTable';
  /** The name before. */
  readonly from: string;
  /** The name afterwards, without a schema. */
  readonly to: string;
  /** The schema afterwards; `null` for the one of the connection. Absent: the table stays in its schema. */
  readonly toSchema?: string | null;
}

/** Sets the comment of a table; `null` removes it. */
export interface AlterTableCommentOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'alterTableComment';
  /** The name of the table. */
  readonly table: string;
  /** The new comment; `null` removes it. */
  readonly comment: string | null;
  /** The comment before, `null` for none. Absent where it is not known; then the operation cannot be reversed. */
  readonly previous?: string | null;
}

/** The operations on a table as a whole. */
export type TableOperation =
  CreateTableOperation | DropTableOperation | RenameTableOperation | AlterTableCommentOperation;

/**
 * What `createTable` creates.
 *
 * @example
 * await op.createTable('book', {
 *   columns: {
 *     id: { type: 'integer', primary: true, autoincrement: true },
 *     title: { type: 'string', length: 200 },
 *   },
 *   indexes: [{ columns: ['title'] }],
 *   checks: [{ name: 'book_title_check', expression: "title <> ''" }],
 * });
 */
export interface TableOptions extends InSchema {
  /** The columns, in order; at least one. */
  columns: Columns;
  /**
   * The primary key with a name, or with another order of columns than `columns` has. Default: the columns that are
   * `primary` form the key. MySQL and MariaDB keep no name for it.
   */
  primaryKey?: { name?: string; columns: Names };
  /** A comment that the database keeps with the table. SQLite keeps none. */
  comment?: string;
  /** Leaves a table of that name as it is. Default: it is an error. See `createTable`. */
  ifNotExists?: boolean;
  /** What follows `partition by`, such as `range (created_at)`. PostgreSQL; on other engines it is an error. */
  partitionBy?: string;
  /** The indexes of the table. Default: none. */
  indexes?: readonly TableIndexOptions[];
  /** The unique constraints of the table. Default: none. */
  uniques?: readonly TableUniqueOptions[];
  /** The conditions that every row meets, in SQL. Only one of them may be without a name. */
  checks?: readonly { name?: string; expression: string }[];
  /** The foreign keys of the table. Default: none. */
  foreignKeys?: readonly TableForeignKeyOptions[];
}

/**
 * A table as it is, triggers included. From this, a run without a database knows what `batchAlterTable` changes.
 *
 * @example
 * await op.batchAlterTable('book', async (batch) => batch.dropColumn('book', 'pages'), {
 *   existing: { columns: { id: { type: 'integer', primary: true }, pages: { type: 'integer' } } },
 * });
 */
export interface ExistingTableOptions extends TableOptions {
  /** The triggers of the table, which are created again with the table. Default: none. */
  triggers?: readonly (Omit<TriggerOptions, 'schema'> & { name: string })[];
}

/**
 * Where a table is, and where `renameTable` moves it.
 *
 * @example
 * await op.renameTable('book', 'book', { schema: 'shop', toSchema: 'archive' });
 */
export interface RenameTableOptions extends InSchema {
  /**
   * The schema into which the table is moved; `null` for the one of the connection. Default: the table stays in its
   * schema. PostgreSQL moves the indexes, constraints and owned sequences of the table along, and leaves its types where
   * they are. On MySQL and MariaDB it is another database. On SQLite it is an error.
   */
  toSchema?: string | null;
}

/** The verbs for a table as a whole. */
export interface TableVerbs {
  /**
   * Creates a table with its columns and primary key, then its indexes, unique constraints, checks and foreign keys in
   * statements of their own.
   *
   * With `ifNotExists` these parts belong to the one statement, so that a table that is there stays as it is. There are
   * two exceptions. PostgreSQL and SQLite create indexes, and SQLite unique constraints, in statements of their own: a
   * missing one is created even on a table that is there. PostgreSQL also sets the comments.
   *
   * PostgreSQL: `autoincrement` becomes `serial` or `bigserial`; an `enum` without `nativeEnumName` is a text column
   * with a check. MySQL and MariaDB: InnoDB, with the character set and collation of the MikroORM configuration.
   *
   * @example
   * await op.createTable('book', {
   *   columns: {
   *     id: { type: 'integer', primary: true, autoincrement: true },
   *     title: { type: 'string', length: 200 },
   *     authorId: { type: 'integer', nullable: true },
   *   },
   *   foreignKeys: [
   *     { columns: 'authorId', referencedTable: 'author', referencedColumns: 'id', deleteRule: 'cascade' },
   *   ],
   * });
   */
  createTable(table: string, options: TableOptions): Promise<void>;
  /**
   * Drops a table and its rows, without `cascade`: it fails while other objects, such as foreign keys, depend on the
   * table.
   *
   * @example
   * await op.dropTable('book');
   */
  dropTable(table: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Renames a table, or moves it into another schema with `toSchema`. Its indexes, constraints and sequences keep their
   * names.
   *
   * @example
   * await op.renameTable('book', 'publication');
   * await op.renameTable('author', 'author', { schema: 'shop', toSchema: 'archive' });
   */
  renameTable(from: string, to: string, options?: RenameTableOptions): Promise<void>;
  /**
   * Sets the comment of a table, in place of one that is there. SQLite keeps no comments and ignores it.
   *
   * @example
   * await op.createTableComment('book', 'what we sell');
   */
  createTableComment(table: string, comment: string, options?: InSchema): Promise<void>;
  /**
   * Removes the comment of a table. SQLite keeps no comments and ignores it.
   *
   * @example
   * await op.dropTableComment('book');
   */
  dropTableComment(table: string, options?: InSchema): Promise<void>;
}

const tableKinds = {
  ...schemaKinds,
  columns: 'any',
  primaryKey: 'any',
  comment: 'string',
  ifNotExists: 'boolean',
  partitionBy: 'name',
  indexes: 'any',
  uniques: 'any',
  checks: 'any',
  foreignKeys: 'any',
} satisfies OptionKinds<TableOptions>;

const defineOperation = definitionsOf<
  TableVerbs,
  TableOperation,
  { alterTableComment: 'createTableComment' | 'dropTableComment' }
>();

const createTable = defineOperation({
  kind: 'createTable',
  changes: ({ table, columns, foreignKeys }) => ({
    does: 'creates',
    object: 'table',
    name: table,
    columns: columns.map(({ name }) => name),
    definitions: columns.map(({ name, ...given }) => ({ name, given })),
    references: foreignKeys.map(referenceOf),
  }),
  parse: (table, options) => {
    const site = tableSite('createTable', table);
    const { columns, primaryKey, indexes, uniques, checks, foreignKeys, ...rest } = optionsOf(
      site,
      options,
      tableKinds,
    );
    if (columns === undefined) refuse(site, "has no 'columns'.");
    const operation = {
      ...rest,
      table,
      columns: namedColumns('createTable', table, columns),
      primaryKey: primaryKey === undefined ? undefined : primaryKeyDefinition(site, primaryKey),
      indexes: listOf(site, 'indexes', indexes).map((index) => tableIndex(site, index)),
      uniques: listOf(site, 'uniques', uniques).map((unique) => uniqueDefinition(site, unique)),
      checks: listOf(site, 'checks', checks).map((check) => checkDefinition(site, check)),
      foreignKeys: listOf(site, 'foreignKeys', foreignKeys).map((key) => tableForeignKey(site, key)),
    };
    checkColumnsOf(site, operation);
    return operation;
  },
  reverse: (operation) => {
    const { schema, table } = operation;
    return [{ kind: 'dropTable', schema, table, previous: operation }];
  },
  call: (operation) => [operation.table, tableOptions(operation)],
  describe: (operation) => [
    `added table ${tableWords(operation)}`,
    ...operation.indexes.map((index) => `added index ${keyWords(index)} on ${tableWords(operation)}`),
  ],
});

const dropTable = defineOperation({
  kind: 'dropTable',
  changes: ({ table, previous }) => ({
    does: 'drops',
    object: 'table',
    name: table,
    columns: 'all',
    definitions: previous?.columns.map(({ name, ...before }) => ({ name, before })),
  }),
  parse: (table, options) => {
    const site = tableSite('dropTable', table);
    return { ...optionsOf(site, options, { ...schemaKinds, ifExists: 'boolean' }), table };
  },
  reverse: (operation) => [held(operation, 'previous', 'it does not hold the table that was there.')],
  call: ({ table, schema, ifExists }) => [table, orNothing({ schema, ifExists })],
  describe: (operation) => `removed table ${tableWords(operation)}`,
});

const renameTable = defineOperation({
  kind: 'renameTable',
  changes: (operation) => {
    const { from } = operation;
    return { does: 'renames', object: 'table', name: from, table: from, columns: 'all', after: placeAfter(operation) };
  },
  parse: (from, to, options) => {
    const site = tableSite('renameTable', from);
    nameOf(site, 'its new name', to);
    const { toSchema, ...rest } = Object(options ?? {}) as RenameTableOptions;
    const place = optionsOf(site, options === undefined ? undefined : rest, schemaKinds);
    if (toSchema === undefined) return { ...place, from, to };
    return { ...place, from, to, toSchema: toSchema === null ? null : nameOf(site, 'toSchema', toSchema) };
  },
  reverse: ({ from, to, schema, toSchema, ...rest }) => {
    if (toSchema === undefined) return [{ ...rest, schema, from: to, to: from }];
    return [{ ...rest, schema: toSchema ?? undefined, from: to, to: from, toSchema: schema ?? null }];
  },
  call: ({ from, to, schema, toSchema }) => [from, to, orNothing({ schema, toSchema })],
  describe: (operation) => {
    const { name, schema } = placeAfter(operation);
    return `renamed table ${objectWords(operation.schema, operation.from)} to ${objectWords(schema, name)}`;
  },
});

const alterTableComment = defineOperation({
  kind: 'alterTableComment',
  alters: 'table',
  changes: ({ table }) => ({ does: 'alters', object: 'table', name: table, columns: [] }),
  parse: {
    createTableComment: (table, comment, options) => {
      const site = tableSite('createTableComment', table);
      nameOf(site, 'a comment', comment);
      return { ...optionsOf(site, options, schemaKinds), table, comment };
    },
    dropTableComment: (table, options) => {
      const site = tableSite('dropTableComment', table);
      return { ...optionsOf(site, options, schemaKinds), table, comment: null };
    },
  },
  reverse: (operation) => {
    const { previous } = operation;
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the comment that was there.');
    return [{ ...operation, comment: previous, previous: operation.comment }];
  },
  call: ({ table, comment, schema }) =>
    comment === null
      ? { verb: 'dropTableComment', args: [table, orNothing({ schema })] }
      : { verb: 'createTableComment', args: [table, comment, orNothing({ schema })] },
  describe: (operation) => `comment on table ${tableWords(operation)}`,
});

/** Where the table is once it is renamed. */
export function placeAfter({ schema, to, toSchema = schema }: Omit<RenameTableOperation, 'kind' | 'from'>): {
  readonly name: string;
  readonly schema?: string;
} {
  return { name: to, ...(toSchema != null && { schema: toSchema }) };
}

export const tableOperations = [createTable, dropTable, renameTable, alterTableComment] as const;

/** A table that is there, as data. It is in `schema`, unless `options` have another. */
export function existingTable(table: string, schema: string | undefined, options: ExistingTableOptions): ExistingTable {
  const { triggers, ...rest } = Object(options) as ExistingTableOptions;
  const list = listOf(tableSite('batchAlterTable', table), 'triggers', triggers);
  return frozen({
    ...createTable.builders.createTable(table, { schema, ...rest }),
    ...(list.length > 0 && {
      triggers: list.map(({ name, ...trigger }) => {
        const operation = createTrigger.builders.createTrigger(table, name, trigger);
        return { name: operation.name, trigger: operation.trigger };
      }),
    }),
  });
}

/** The options that describe such a table. */
export function existingTableOptions({ triggers = [], ...table }: ExistingTable): Argument {
  // the batch names the schema
  const { record } = tableOptions({ ...table, schema: undefined });
  const list = triggers.map(({ name, trigger }) => ({ name, ...triggerOptions(trigger) }));
  return new Listing({ ...record, triggers: listOrNothing(list) });
}

function tableOptions(operation: CreateTableOperation): Listing {
  return new Listing({
    schema: operation.schema,
    columns: columnList(operation.columns),
    primaryKey: operation.primaryKey === undefined ? undefined : primaryKeyOptions(operation.primaryKey),
    uniques: listOrNothing(operation.uniques.map(uniqueOptions)),
    indexes: listOrNothing(operation.indexes.map(tableIndexOptions)),
    checks: listOrNothing(operation.checks.map(checkOptions)),
    foreignKeys: listOrNothing(operation.foreignKeys.map(tableForeignKeyOptions)),
    comment: operation.comment,
    partitionBy: operation.partitionBy,
    ifNotExists: operation.ifNotExists,
  });
}

function listOf<T>(site: Site, key: string, list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) refuse(site, `wants a list as '${key}'.`);
  return list as readonly T[];
}

/** Checks that keys, constraints and indexes of a table are about columns that it has. */
function checkColumnsOf(site: Site, operation: Omit<CreateTableOperation, 'kind'>): void {
  const { columns, primaryKey, indexes, uniques, checks, foreignKeys } = operation;
  const names = new Set(columns.map(({ name }) => name));
  const mentioned = [
    ...(primaryKey?.columns ?? []).map((name) => ['primary key', name] as const),
    ...indexes.flatMap((index) => index.columns.map(({ name }) => ['index', name] as const)),
    ...uniques.flatMap((unique) => unique.columns.map((name) => ['unique constraint', name] as const)),
    ...foreignKeys.flatMap((key) => key.columns.map((name) => ['foreign key', name] as const)),
  ];
  for (const [what, name] of mentioned) {
    if (!names.has(name)) refuse(site, `has no column '${name}', which its ${what} names.`);
  }
  if (checks.filter(({ name }) => name === undefined).length > 1) {
    refuse(site, 'has several checks without a name.', 'Name them: one name is all that can be made up.');
  }
  const primary = columns.filter((column) => column.primary === true).map(({ name }) => name);
  if (primaryKey !== undefined && primary.some((name) => !primaryKey.columns.includes(name))) {
    refuse(site, "has columns that are 'primary' beside a 'primaryKey' without them.", "Use 'primaryKey' alone.");
  }
}

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

export interface CreateTableOperation extends InSchema {
  readonly kind: 'createTable';
  readonly table: string;
  readonly columns: readonly NamedColumnDefinition[];
  readonly primaryKey?: PrimaryKeyDefinition;
  readonly comment?: string;
  readonly ifNotExists?: boolean;
  /** What follows `partition by`. PostgreSQL. */
  readonly partitionBy?: string;
  readonly indexes: readonly IndexDefinition[];
  readonly uniques: readonly UniqueDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
}

/** A table as it is, with all that goes when it is dropped: what one starts from who makes another of it. */
export interface ExistingTable extends CreateTableOperation {
  readonly triggers?: readonly { readonly name: string; readonly trigger: TriggerDefinition }[];
}

export interface DropTableOperation extends InSchema {
  readonly kind: 'dropTable';
  readonly table: string;
  readonly ifExists?: boolean;
  /** The table that is dropped, where it is known: what `reverse` rebuilds. */
  readonly previous?: CreateTableOperation;
}

export interface RenameTableOperation extends InSchema {
  readonly kind: 'renameTable';
  readonly from: string;
  readonly to: string;
}

/** Sets the comment of a table; `null` removes it. */
export interface AlterTableCommentOperation extends InSchema {
  readonly kind: 'alterTableComment';
  readonly table: string;
  readonly comment: string | null;
  readonly previous?: string | null;
}

/** The operations on a table as a whole. */
export type TableOperation =
  CreateTableOperation | DropTableOperation | RenameTableOperation | AlterTableCommentOperation;

export interface TableOptions extends InSchema {
  columns: Columns;
  primaryKey?: { name?: string; columns: Names };
  comment?: string;
  ifNotExists?: boolean;
  /** What follows `partition by`, such as `range (created_at)`. PostgreSQL. */
  partitionBy?: string;
  indexes?: readonly TableIndexOptions[];
  uniques?: readonly TableUniqueOptions[];
  checks?: readonly { name?: string; expression: string }[];
  foreignKeys?: readonly TableForeignKeyOptions[];
}

/** A table as it is, for a batch that a run without a database makes another table of. */
export interface ExistingTableOptions extends TableOptions {
  triggers?: readonly (Omit<TriggerOptions, 'schema'> & { name: string })[];
}

/** The verbs for a table as a whole. */
export interface TableVerbs {
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
  parse: (from, to, options) => {
    const site = tableSite('renameTable', from);
    nameOf(site, 'its new name', to);
    return { ...optionsOf(site, options, schemaKinds), from, to };
  },
  reverse: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  call: ({ from, to, schema }) => [from, to, orNothing({ schema })],
  describe: ({ from, to, schema }) => `renamed table ${objectWords(schema, from)} to ${objectWords(schema, to)}`,
});

const alterTableComment = defineOperation({
  kind: 'alterTableComment',
  alters: 'table',
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

export const tableOperations = [createTable, dropTable, renameTable, alterTableComment] as const;

/** A table that is there, as data; `schema` is where it is unless it says so itself. */
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

/** The options that make such a table again. */
export function existingTableOptions({ triggers = [], ...table }: ExistingTable): Argument {
  // whose table it is, the batch says
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

/** What a table says of its columns has to be about columns that it has. */
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

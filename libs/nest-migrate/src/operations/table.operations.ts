import { nameOf, optionsOf, refuse, schemaKinds, tableSite, type OptionKinds, type Site } from './arguments.js';
import { namedColumns } from './column.operations.js';
import {
  checkDefinition,
  foreignKeyDefinition,
  primaryKeyDefinition,
  uniqueDefinition,
} from './constraint.operations.js';
import { frozen } from './frozen.js';
import { tableIndex } from './index.operations.js';
import {
  type AlterTableCommentOperation,
  type CreateTableOperation,
  type DropTableOperation,
  type ExistingTable,
  type InSchema,
  type NamedColumnDefinition,
  type RenameTableOperation,
} from './operation.js';
import { createTrigger } from './trigger.operations.js';
import { type ExistingTableOptions, type TableOptions } from './verbs.js';

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

export function createTable(table: string, options: TableOptions): CreateTableOperation {
  const site = tableSite('createTable', table);
  const { columns, primaryKey, indexes, uniques, checks, foreignKeys, ...rest } = optionsOf(site, options, tableKinds);
  if (columns === undefined) refuse(site, "has no 'columns'.");
  const operation: CreateTableOperation = {
    kind: 'createTable',
    ...rest,
    table,
    columns: namedColumns('createTable', table, columns),
    primaryKey: primaryKey === undefined ? undefined : primaryKeyDefinition(site, primaryKey),
    indexes: listOf(site, 'indexes', indexes).map((index) => tableIndex(site, index)),
    uniques: listOf(site, 'uniques', uniques).map((unique) => uniqueDefinition(site, unique)),
    checks: listOf(site, 'checks', checks).map((check) => checkDefinition(site, check)),
    foreignKeys: listOf(site, 'foreignKeys', foreignKeys).map((key) => foreignKeyDefinition(site, key)),
  };
  checkColumnsOf(site, operation);
  return frozen(operation);
}

/** A table that is there, in the same words; `schema` is where it is unless it says so itself. */
export function existingTable(table: string, schema: string | undefined, options: ExistingTableOptions): ExistingTable {
  const { triggers, ...rest } = Object(options) as ExistingTableOptions;
  const list = listOf(tableSite('batchAlterTable', table), 'triggers', triggers);
  return frozen({
    ...createTable(table, { schema, ...rest }),
    ...(list.length > 0 && {
      triggers: list.map(({ name, ...trigger }) => {
        const operation = createTrigger(table, name, trigger);
        return { name: operation.name, trigger: operation.trigger };
      }),
    }),
  });
}

function listOf<T>(site: Site, key: string, list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) refuse(site, `wants a list as '${key}'.`);
  return list as readonly T[];
}

/** What a table says of its columns has to be about columns that it has. */
function checkColumnsOf(site: Site, operation: CreateTableOperation): void {
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
  const primary = columns.filter(isPrimary).map(({ name }) => name);
  if (primaryKey !== undefined && primary.some((name) => !primaryKey.columns.includes(name))) {
    refuse(site, "has columns that are 'primary' beside a 'primaryKey' without them.", "Use 'primaryKey' alone.");
  }
}

function isPrimary({ primary }: NamedColumnDefinition): boolean {
  return primary === true;
}

export function dropTable(table: string, options?: InSchema & { ifExists?: boolean }): DropTableOperation {
  const site = tableSite('dropTable', table);
  return frozen({ kind: 'dropTable', ...optionsOf(site, options, { ...schemaKinds, ifExists: 'boolean' }), table });
}

export function renameTable(from: string, to: string, options?: InSchema): RenameTableOperation {
  const site = tableSite('renameTable', from);
  nameOf(site, 'its new name', to);
  return frozen({ kind: 'renameTable', ...optionsOf(site, options, schemaKinds), from, to });
}

export function createTableComment(table: string, comment: string, options?: InSchema): AlterTableCommentOperation {
  const site = tableSite('createTableComment', table);
  nameOf(site, 'a comment', comment);
  return frozen({ kind: 'alterTableComment', ...optionsOf(site, options, schemaKinds), table, comment });
}

export function dropTableComment(table: string, options?: InSchema): AlterTableCommentOperation {
  const site = tableSite('dropTableComment', table);
  return frozen({ kind: 'alterTableComment', ...optionsOf(site, options, schemaKinds), table, comment: null });
}

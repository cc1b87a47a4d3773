import {
  type OptionKinds,
  type Site,
  describe,
  nameOf,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
} from './arguments.js';
import { frozen } from './frozen.js';
import {
  type CreateIndexOperation,
  type DropIndexOperation,
  type IndexColumn,
  type IndexDefinition,
  type InSchema,
  type RenameIndexOperation,
} from './operation.js';
import { type IndexOptions } from './verbs.js';

type IndexColumns = readonly (string | IndexColumn)[];

/** An index within `createTable`: its columns are an option like the others. */
export type TableIndexOptions = Omit<IndexOptions, 'schema'> & { columns?: IndexColumns };

const indexKinds = {
  name: 'name',
  unique: 'boolean',
  type: 'name',
  where: 'name',
  include: 'strings',
  fillFactor: 'integer',
  invisible: 'boolean',
  expression: 'name',
  concurrently: 'boolean',
  ifNotExists: 'boolean',
} satisfies OptionKinds<Omit<IndexOptions, 'schema'>>;

const indexColumnKinds = {
  name: 'name',
  sort: ['asc', 'desc'],
  nulls: ['first', 'last'],
  length: 'integer',
  collation: 'name',
} satisfies OptionKinds<IndexColumn>;

/** The index of a table's definition. */
export function tableIndex(site: Site, options: TableIndexOptions): IndexDefinition {
  const { columns, ...rest } = options;
  // an index of a new table is created with it, in the same transaction, on no rows
  for (const key of ['concurrently', 'ifNotExists'] as const) {
    if (rest[key] !== undefined) refuse(site, `has an index with '${key}'.`, 'Use createIndex for it.');
  }
  return indexDefinition(site, columns ?? [], optionsOf(site, rest, indexKinds));
}

function indexDefinition(
  site: Site,
  columns: IndexColumns,
  options: Omit<IndexDefinition, 'columns'>,
): IndexDefinition {
  const { expression, fillFactor, where, name } = options;
  if (!Array.isArray(columns)) refuse(site, `needs the columns of the index as a list, and got ${describe(columns)}.`);
  if (columns.length === 0 && expression === undefined) refuse(site, 'has an index without columns.');
  if (expression !== undefined && name === undefined) refuse(site, "has an index by 'expression' without a 'name'.");
  if (expression !== undefined && where !== undefined && isStatement(expression)) {
    refuse(site, "has an index with 'where' beside a whole statement as 'expression'.", 'Put the condition into it.');
  }
  if (fillFactor !== undefined && (fillFactor < 10 || fillFactor > 100)) {
    refuse(site, `has an index with the fill factor ${fillFactor}.`, 'It lies between 10 and 100.');
  }
  return { ...options, columns: (columns as IndexColumns).map((column) => indexColumn(site, column)) };
}

/** Whether the expression of an index is a statement of its own, as in MikroORM, rather than what to index. */
export function isStatement(expression: string): boolean {
  return /^\s*(create|alter)\s/i.test(expression);
}

function indexColumn(site: Site, column: string | IndexColumn): IndexColumn {
  if (typeof column === 'string') return { name: nameOf(site, 'the name of an indexed column', column) };
  const { name, ...options } = optionsOf(site, column, indexColumnKinds);
  if (options.collation !== undefined && !/^[\w.-]+$/.test(options.collation)) {
    refuse(site, `has an index with the collation '${options.collation}', which is not the name of one.`);
  }
  return { name: nameOf(site, 'the name of an indexed column', name), ...options };
}

export function createIndex(table: string, columns: IndexColumns, options?: IndexOptions): CreateIndexOperation {
  const site = tableSite('createIndex', table);
  const checked = optionsOf(site, options, { ...schemaKinds, ...indexKinds });
  const { schema, concurrently, ifNotExists, ...rest } = checked;
  const index = indexDefinition(site, columns, rest);
  return frozen({ kind: 'createIndex', schema, table, index, concurrently, ifNotExists });
}

export function dropIndex(
  table: string,
  name: string,
  options?: InSchema & { concurrently?: boolean; ifExists?: boolean },
): DropIndexOperation {
  const site = tableSite('dropIndex', table);
  nameOf(site, 'the name of the index', name);
  const kinds = { ...schemaKinds, concurrently: 'boolean', ifExists: 'boolean' } as const;
  return frozen({ kind: 'dropIndex', ...optionsOf(site, options, kinds), table, name });
}

export function renameIndex(table: string, from: string, to: string, options?: InSchema): RenameIndexOperation {
  const site = tableSite('renameIndex', table);
  nameOf(site, 'the name of the index', from);
  nameOf(site, 'the new name of the index', to);
  return frozen({ kind: 'renameIndex', ...optionsOf(site, options, schemaKinds), table, from, to });
}

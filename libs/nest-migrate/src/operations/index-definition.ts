import { type Site, type OptionKinds, describe, nameOf, optionsOf, refuse } from './arguments.js';
import { type Argument, type ArgumentRecord } from './call.js';
import { type InSchema } from './define.js';

export interface IndexColumn {
  readonly name: string;
  readonly sort?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  readonly length?: number;
  readonly collation?: string;
}

export interface IndexDefinition {
  readonly name?: string;
  readonly columns: readonly IndexColumn[];
  readonly unique?: boolean;
  readonly type?: string;
  readonly where?: string;
  readonly include?: readonly string[];
  readonly fillFactor?: number;
  readonly invisible?: boolean;
  readonly expression?: string;
}

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

/** The columns of an index: a name where there is nothing more to say about the column. */
export type IndexColumns = readonly (string | IndexColumn)[];

/** An index within `createTable`: its columns are an option like the others. */
export type TableIndexOptions = Omit<IndexOptions, 'schema'> & { columns?: IndexColumns };

/** The options of an index beside its columns and its schema. */
export const indexKinds = {
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

/** An index as data. */
export function indexDefinition(
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

/** The columns of an index as an argument. */
export function indexColumnsArgument(columns: readonly IndexColumn[]): Argument {
  return columns.map((column) => {
    const { name, sort, nulls, length, collation } = column;
    const bare = sort === undefined && nulls === undefined && length === undefined && collation === undefined;
    return bare ? name : { name, sort, nulls, length, collation };
  });
}

/** The options of an index beside its columns. */
export function indexOptions(index: IndexDefinition): ArgumentRecord {
  return {
    name: index.name,
    unique: index.unique,
    type: index.type,
    where: index.where,
    include: index.include,
    fillFactor: index.fillFactor,
    invisible: index.invisible,
    expression: index.expression,
  };
}

/** The options of an index inside `createTable`. */
export function tableIndexOptions(index: IndexDefinition): ArgumentRecord {
  const { name, ...rest } = indexOptions(index);
  return { name, columns: index.columns.length > 0 ? indexColumnsArgument(index.columns) : undefined, ...rest };
}

import { type Site, type OptionKinds, describe, nameOf, optionsOf, refuse } from './arguments.js';
import { type Argument, type ArgumentRecord } from './call.js';
import { type InSchema } from './define.js';

/**
 * A column of an index with further options.
 *
 * @example
 * await op.createIndex('book', [{ name: 'published', sort: 'desc', nulls: 'last' }]);
 */
export interface IndexColumn {
  /** The name of the column. A dot inside it is part of the name. */
  readonly name: string;
  /** The direction in which the index is sorted by the column. Default `asc`. */
  readonly sort?: 'asc' | 'desc';
  /**
   * Whether nulls come first or last. PostgreSQL: by default last with `asc` and first with `desc`. MySQL and MariaDB
   * ignore it; SQLite refuses it.
   */
  readonly nulls?: 'first' | 'last';
  /** MySQL and MariaDB: indexes only that many characters from the start of the value. Other engines ignore it. */
  readonly length?: number;
  /** The name of the collation by which the index compares, in place of the column's own. Not for MariaDB. */
  readonly collation?: string;
}

/** An index as data. */
export interface IndexDefinition {
  /** The name of the index. Absent: the naming strategy of the ORM gives it. */
  readonly name?: string;
  /** The indexed columns, in order. Empty where `expression` says what is indexed. */
  readonly columns: readonly IndexColumn[];
  /** No two rows have the same indexed values. Absent: false. */
  readonly unique?: boolean;
  /** The kind of index, as {@link IndexOptions.type}. */
  readonly type?: string;
  /** The condition that indexed rows meet, in SQL. Absent: all rows are indexed. */
  readonly where?: string;
  /** Further columns that the index stores, without being searched by them. PostgreSQL. */
  readonly include?: readonly string[];
  /** How full the pages of the index are packed, in percent from 10 to 100. PostgreSQL. */
  readonly fillFactor?: number;
  /** Queries do not use the index. MySQL and MariaDB. Absent: false. */
  readonly invisible?: boolean;
  /** What is indexed in place of columns, or the whole `create index` statement. */
  readonly expression?: string;
}

/**
 * What an index is, beside its table and columns.
 *
 * @example
 * await op.createIndex('book', ['isbn'], { name: 'book_isbn', unique: true, where: 'isbn is not null' });
 * await op.createIndex('book', [], { name: 'book_title_lower', expression: 'lower(title)' });
 */
export interface IndexOptions extends InSchema {
  /** The name of the index. Default: the one that the naming strategy of the ORM gives it. Needed with `expression`. */
  name?: string;
  /** True: no two rows have the same indexed values. Default false. */
  unique?: boolean;
  /**
   * PostgreSQL: the access method, such as `gin` or `hash`. MySQL and MariaDB: only `fulltext`. On SQLite it is an
   * error.
   */
  type?: string;
  /**
   * A condition in SQL: only rows that meet it are indexed. MySQL indexes expressions instead, and takes columns by
   * name alone with it. MariaDB has no such index.
   */
  where?: string;
  /**
   * PostgreSQL: further columns that the index stores, without being searched by them. MySQL and MariaDB ignore it; on
   * SQLite it is an error.
   */
  include?: readonly string[];
  /** PostgreSQL: how full the pages of the index are packed, in percent from 10 to 100. Other engines ignore it. */
  fillFactor?: number;
  /** MySQL and MariaDB: queries do not use the index. PostgreSQL ignores it; on SQLite it is an error. */
  invisible?: boolean;
  /**
   * What to index in place of columns, or a whole `create index` statement, which excludes `where`. It needs a `name`.
   * MariaDB takes only a whole statement.
   */
  expression?: string;
  /** PostgreSQL: builds the index without blocking writes, only inside `autocommitBlock`. Other engines ignore it. */
  concurrently?: boolean;
  /**
   * Leaves an index of that name as it is. Not for MySQL. Within `createTable` it is an error, as is `concurrently`.
   */
  ifNotExists?: boolean;
}

/** The columns of an index. A column without further options is its name. */
export type IndexColumns = readonly (string | IndexColumn)[];

/**
 * An index within `createTable`, which takes its columns as an option.
 *
 * @example
 * await op.createTable('book', {
 *   columns: { title: { type: 'string' }, published: { type: 'date' } },
 *   indexes: [{ columns: ['title', { name: 'published', sort: 'desc' }] }],
 * });
 */
export type TableIndexOptions = Omit<IndexOptions, 'schema'> & {
  /** The indexed columns, in order. Left out where `expression` says what is indexed. */
  columns?: IndexColumns;
};

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
  // an index of a new table is created together with the table, which has no rows
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

/** Whether the expression of an index is a whole statement, as in MikroORM, rather than what to index. */
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

import { type VersionTableSql } from '../dialect.js';

/** The differences between engines in the version table. */
export interface VersionTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  /** A query with one row: `present` is whether the table exists, `schema_present` whether its schema does. */
  readonly exists: string;
  /** As {@link VersionTableSql.column}. */
  readonly column: string;
  /** As {@link VersionTableSql.widen}. */
  readonly widen: string;
  /** As {@link VersionTableSql.createSchema}. */
  readonly createSchema: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}

/** The version table's statements: one column of 255 characters, so that ids written by hand fit as well. */
export function versionTableSql(names: VersionTableNames): VersionTableSql {
  const { table, exists, column, widen, createSchema, suffix = '', literal } = names;
  return {
    exists,
    column,
    widen,
    createSchema,
    create: `create table if not exists ${table} (version_num varchar(255) not null primary key)${suffix}`,
    select: `select version_num from ${table} order by version_num`,
    insert: (revision) => `insert into ${table} (version_num) values (${literal(revision)})`,
    delete: (revision) => `delete from ${table} where version_num = ${literal(revision)}`,
    clear: `delete from ${table}`,
    update: (from, to) => `update ${table} set version_num = ${literal(to)} where version_num = ${literal(from)}`,
  };
}

/** What to do where a schema is missing, on an engine that can create one; the name is quoted. */
export function createSchema(schema: string): string {
  return `Create it (create schema ${schema})`;
}

/** The version table's name in messages. */
export function displayName(table: string, schema: string | undefined): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

import { historyTableSql, type MissingColumn } from '../tables/history-table.js';
import { journalTableSql } from '../tables/journal-table.js';
import { lockTableSql } from '../tables/lock-table.js';
import { markTableSql } from '../tables/mark-table.js';
import { schemaTableSql } from '../tables/schema-table.js';
import { type ToolTables } from '../tables/tool-tables.js';
import { createSchema, versionTableSql } from '../tables/version-table.js';
import { mysqlSql } from './lexical-rules.js';

const { quote, text: literal } = mysqlSql;

// under the server's default collation 'ABC' would equal 'abc'
const exact = 'character set utf8mb4 collate utf8mb4_bin';
const suffix = ` engine=InnoDB default ${exact}`;

export const mysqlTables: ToolTables = {
  version(table, schema) {
    return versionTableSql({
      table: quote(schema, table),
      exists: `select (select count(*) from information_schema.tables where ${place(table, schema)}) > 0 as present, (select count(*) from information_schema.schemata where schema_name = ${databaseOf(schema)}) > 0 as schema_present`,
      column: `select character_maximum_length as max_length, if(right(collation_name, 4) = '_bin', null, collation_name) as collation_name, data_type as data_type, data_type regexp 'char|text|binary|blob|enum' as is_text from information_schema.columns where ${place(table, schema)} and column_name = 'version_num'`,
      widen: `alter table ${quote(schema, table)} modify version_num varchar(255) ${exact} not null`,
      createSchema: createSchema(quote(schema)),
      suffix,
      literal,
    });
  },

  history(table, schema) {
    const name = quote(schema, table);
    return historyTableSql({
      table: name,
      columns: columnsOf(table, schema),
      addMissing: (columns) => addMissing(name, columnsOf(table, schema), columns),
      counter: 'bigint not null auto_increment primary key',
      time: { type: 'datetime(3)', now: 'utc_timestamp(3)' },
      role: 'current_user()',
      suffix,
      literal,
    });
  },

  schema(table, schema) {
    return schemaTableSql({
      table: quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'longtext',
      suffix,
      literal,
    });
  },

  mark(table, schema) {
    return markTableSql({ table: quote(schema, table), columns: columnsOf(table, schema), suffix });
  },

  journal(table, schema) {
    return journalTableSql({
      table: quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'longtext',
      suffix,
      literal,
    });
  },

  lock(table, schema) {
    return lockTableSql({
      table: quote(schema, table),
      columns: columnsOf(table, schema),
      suffix,
      literal,
    });
  },
};

/** A query for the names of a table's columns. */
function columnsOf(table: string, schema: string | undefined): string {
  return `select lower(column_name) as name from information_schema.columns where ${place(table, schema)}`;
}

/** MySQL has no `if not exists` for columns and no block outside of a routine, so the statement is put together. */
function addMissing(table: string, columns: string, missing: readonly MissingColumn[]): readonly string[] {
  const parts = missing.map(
    ({ name, type }) =>
      `if(find_in_set(${literal(name)}, @nest_migrate_columns), null, ${literal(`add ${name} ${type}`)})`,
  );
  return [
    `set @nest_migrate_columns = (select group_concat(name) from (${columns}) as existing)`,
    `set @nest_migrate_missing = if(find_in_set('tool_version', @nest_migrate_columns), concat_ws(', ', ${parts.join(', ')}), '')`,
    `set @nest_migrate_alter = if(@nest_migrate_missing = '', 'do 0', concat(${literal(`alter table ${table} `)}, @nest_migrate_missing))`,
    'prepare nest_migrate from @nest_migrate_alter',
    'execute nest_migrate',
    'deallocate prepare nest_migrate',
  ];
}

/** The condition that selects a table in `information_schema`. */
function place(table: string, schema: string | undefined): string {
  return `table_schema = ${databaseOf(schema)} and table_name = ${literal(table)}`;
}

function databaseOf(schema: string | undefined): string {
  return schema === undefined ? 'database()' : literal(schema);
}

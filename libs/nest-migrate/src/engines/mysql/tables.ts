import { historyTableSql } from '../tables/history-table.js';
import { journalTableSql } from '../tables/journal-table.js';
import { lockTableSql } from '../tables/lock-table.js';
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
    return historyTableSql({
      table: quote(schema, table),
      columns: `select lower(column_name) as name from information_schema.columns where ${place(table, schema)}`,
      counter: 'bigint not null auto_increment primary key',
      time: { type: 'datetime(3)', now: 'utc_timestamp(3)' },
      role: 'current_user()',
      suffix,
      literal,
    });
  },

  journal(table, schema) {
    return journalTableSql({
      table: quote(schema, table),
      exists: `select count(*) > 0 as present from information_schema.tables where ${place(table, schema)}`,
      text: 'longtext',
      suffix,
      literal,
    });
  },

  lock(table, schema) {
    return lockTableSql({
      table: quote(schema, table),
      exists: `select count(*) as present from information_schema.tables where ${place(table, schema)}`,
      suffix,
      literal,
    });
  },
};

/** The condition that selects a table in `information_schema`. */
function place(table: string, schema: string | undefined): string {
  return `table_schema = ${databaseOf(schema)} and table_name = ${literal(table)}`;
}

function databaseOf(schema: string | undefined): string {
  return schema === undefined ? 'database()' : literal(schema);
}

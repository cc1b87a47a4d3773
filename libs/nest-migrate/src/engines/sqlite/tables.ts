import { historyTableSql, type MissingColumn } from '../tables/history-table.js';
import { journalTableSql } from '../tables/journal-table.js';
import { markTableSql } from '../tables/mark-table.js';
import { schemaTableSql } from '../tables/schema-table.js';
import { type ToolTables } from '../tables/tool-tables.js';
import { displayName, versionTableSql } from '../tables/version-table.js';
import { text } from './ddl/live-table.js';
import { sqliteSql } from './lexical-rules.js';
import { failing } from './script.js';

export const sqliteTables: ToolTables = {
  version(table, schema) {
    // by SQLite's affinity rules: a numeric column stores '0012' as 12
    const holdsText = `(type = '' or type not like '%int%' and (type like '%char%' or type like '%clob%' or type like '%text%' or type like '%blob%'))`;
    const file = text(schema ?? 'main');
    return versionTableSql({
      table: sqliteSql.quote(schema, table),
      // the catalogue of a file that is not attached cannot be queried
      exists: `select exists (select 1 from pragma_table_list where type = 'table' and schema = ${file} collate nocase and name = ${text(table)} collate nocase) as present, exists (select 1 from pragma_database_list where name = ${file} collate nocase) as schema_present`,
      // a length has no effect here, and ids are compared exactly
      column: `select null as max_length, null as collation_name, type as data_type, ${holdsText} as is_text from pragma_table_info(${text(table)}, ${file}) where name = 'version_num' collate nocase`,
      widen: 'select null',
      createSchema: "Attach it (MikroORM's attachDatabases)",
      literal: text,
    });
  },

  history(table, schema) {
    return historyTableSql({
      table: sqliteSql.quote(schema, table),
      columns: columnsOf(table, schema),
      addMissing: (columns) => [refuseMissing(table, schema, columns)],
      counter: 'integer primary key',
      time: { type: 'text', now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" },
      role: 'null',
      literal: text,
    });
  },

  schema(table, schema) {
    return schemaTableSql({
      table: sqliteSql.quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'text',
      literal: text,
    });
  },

  mark(table, schema) {
    return markTableSql({ table: sqliteSql.quote(schema, table), columns: columnsOf(table, schema) });
  },

  journal(table, schema) {
    return journalTableSql({
      table: sqliteSql.quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'text',
      literal: text,
    });
  },
};

/** A query for the names of a table's columns. */
function columnsOf(table: string, schema: string | undefined): string {
  return `select lower(name) as name from pragma_table_info(${text(table)}, ${text(schema ?? 'main')})`;
}

/** SQLite adds no column on a condition, so a script says what to run. */
function refuseMissing(table: string, schema: string | undefined, missing: readonly MissingColumn[]): string {
  const values = missing.map(({ name, type }) => `(${text(`${name} ${type}`)}, ${text(name)})`).join(', ');
  const alter = text(`alter table ${sqliteSql.quote(schema, table)} add `);
  const found = `select group_concat(${alter} || definition, '; ') from wanted where name not in (${columnsOf(table, schema)})`;
  const message = text(`${displayName(table, schema)} is of an earlier version, run first: `);
  return `with wanted(definition, name) as (values ${values}), missing(additions) as (${found}) ${failing(`${message} || additions`, 'additions is not null', 'missing')}`;
}

import { type Capabilities } from '../capabilities.js';
import { sqliteCapabilities } from './capabilities.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type ExistingTable, type Operation, type Postcondition } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import { type Dialect, type HomeSchema, type SqlSession, type VersionTableSql } from '../dialect.js';
import { type HistoryTableSql, historyTableSql, type MissingColumn } from '../tables/history-table.js';
import { type JournalTableSql, journalTableSql } from '../tables/journal-table.js';
import { quoteQualified } from '../sql/quoting.js';
import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type Statement } from '../ddl/statement.js';
import { type ScriptSyntax } from '../script-syntax.js';
import { transactionControl } from '../sql/transaction-control.js';
import { displayName, versionTableSql } from '../tables/version-table.js';
import { text } from './ddl/live-table.js';
import { sqliteHolds } from './postcondition.js';
import { failing, sqliteScript } from './script.js';
import { sqliteLexicalRules } from './lexical-rules.js';
import { sqliteSettings } from './session/settings.js';
import { sqliteDdl, sqliteStatements } from './ddl/statements.js';
import { TableAlterations } from './ddl/table-alterations.js';
import { sqliteTransaction, sqliteTransactionMark } from './session/transaction.js';

/** SQLite, a file that any process may open. A writer locks the whole file. */
export class SqliteDialect implements Dialect {
  readonly name = 'sqlite';
  readonly capabilities: Capabilities = sqliteCapabilities;
  readonly lockingTransaction = sqliteTransaction;
  readonly settings = sqliteSettings;
  readonly transactionMark = sqliteTransactionMark;
  readonly #adapter: SchemaHelperAdapter;
  readonly #alterations: TableAlterations;

  constructor(platform: AbstractSqlPlatform, config: Configuration) {
    const statements = sqliteStatements(platform, config);
    this.#adapter = new SchemaHelperAdapter(platform, statements);
    this.#alterations = new TableAlterations(sqliteDdl(platform, config), statements);
  }

  statements(operation: Operation): readonly Statement[] {
    return this.#adapter.statements(operation);
  }

  statementsOn(session: SqlSession, operations: readonly Operation[]): AsyncIterable<Statement> {
    return this.#alterations.online(session, operations);
  }

  statementsFrom(existing: ExistingTable | undefined, operations: readonly Operation[]): readonly Statement[] {
    return this.#alterations.offline(operations, existing);
  }

  needsTable(alterations: readonly Operation[], existing: ExistingTable): boolean {
    return this.#alterations.needsTable(alterations, existing);
  }

  format(sql: string, params: readonly EncodedValue[]): string {
    return this.#adapter.format(sql, params);
  }

  quote(...names: readonly (string | undefined)[]): string {
    return quoteQualified(names, '`');
  }

  transactionControl(sql: string, inTransaction = true): string | undefined {
    return transactionControl(sql, { lexical: sqliteLexicalRules, savepoints: !inTransaction });
  }

  versionTable(table: string, schema: string | undefined): VersionTableSql {
    // by SQLite's affinity rules: a numeric column stores '0012' as 12
    const holdsText = `(type = '' or type not like '%int%' and (type like '%char%' or type like '%clob%' or type like '%text%' or type like '%blob%'))`;
    const file = text(schema ?? 'main');
    return versionTableSql({
      table: this.quote(schema, table),
      // the catalogue of a file that is not attached cannot be queried
      exists: `select exists (select 1 from pragma_table_list where type = 'table' and schema = ${file} collate nocase and name = ${text(table)} collate nocase) as present, exists (select 1 from pragma_database_list where name = ${file} collate nocase) as schema_present`,
      // a length has no effect here, and ids are compared exactly
      column: `select null as max_length, null as collation_name, type as data_type, ${holdsText} as is_text from pragma_table_info(${text(table)}, ${file}) where name = 'version_num' collate nocase`,
      widen: 'select null',
      createSchema: "Attach it (MikroORM's attachDatabases)",
      literal: text,
    });
  }

  historyTable(table: string, schema: string | undefined): HistoryTableSql {
    return historyTableSql({
      table: this.quote(schema, table),
      columns: columnsOf(table, schema),
      addMissing: (columns) => [refuseMissing(table, schema, columns)],
      counter: 'integer primary key',
      time: { type: 'text', now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" },
      role: 'null',
      literal: text,
    });
  }

  journalTable(table: string, schema: string | undefined): JournalTableSql {
    return journalTableSql({
      table: this.quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'text',
      literal: text,
    });
  }

  holds(postcondition: Postcondition): string {
    return sqliteHolds(postcondition);
  }

  script(table: string, schema: string | undefined, lockWaitTimeout: number): ScriptSyntax {
    const version = { name: displayName(table, schema), table: this.quote(schema, table) };
    return sqliteScript(version, text, lockWaitTimeout);
  }

  /** There is no lock other than the transaction. */
  lock(): null {
    return null;
  }

  /** Always the main file, even where a temporary table or a table of an attached file has the name. */
  async homeSchema(session: SqlSession, versionTable: string): Promise<HomeSchema> {
    const place = `type = 'table' and name = ${text(versionTable)} collate nocase`;
    const [row] = await session.query<{ elsewhere: string | null }>(
      `select min(schema) as elsewhere from pragma_table_list where ${place} and schema not in ('main', 'temp')
         and not exists (select 1 from pragma_table_list where ${place} and schema = 'main')`,
    );
    return { schema: 'main', elsewhere: row?.elsewhere ?? null };
  }

  async verifyServer(): Promise<void> {
    // nothing to check: the library is part of the driver
  }
}

/** A query for the names of a table's columns. */
function columnsOf(table: string, schema: string | undefined): string {
  return `select lower(name) as name from pragma_table_info(${text(table)}, ${text(schema ?? 'main')})`;
}

/** SQLite adds no column on a condition, so a script says what to run. */
function refuseMissing(table: string, schema: string | undefined, missing: readonly MissingColumn[]): string {
  const values = missing.map(({ name, type }) => `('${name} ${type}', '${name}')`).join(', ');
  const alter = text(`alter table ${quoteQualified([schema, table], '`')} add `);
  const found = `select group_concat(${alter} || definition, '; ') from wanted where name not in (${columnsOf(table, schema)})`;
  const message = text(`${displayName(table, schema)} is of an earlier version, run first: `);
  return `with wanted(definition, name) as (values ${values}), missing(additions) as (${found}) ${failing(`${message} || additions`, 'additions is not null', 'missing')}`;
}

import { type Capabilities } from '../capabilities.js';
import { pgliteCapabilities, postgresCapabilities } from './capabilities.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type Operation, type Postcondition } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import {
  type ConcurrentStatements,
  type Dialect,
  type HomeSchema,
  type MigrationLock,
  type ServerSession,
  type SqlSession,
  type TransactionLock,
  type TransactionMark,
  type VersionTableSql,
} from '../dialect.js';
import { type HistoryTableSql, historyTableSql, type MissingColumn } from '../tables/history-table.js';
import { type JournalTableSql, journalTableSql } from '../tables/journal-table.js';
import { lockRelease, type LockRelease } from '../sql/lock-release.js';
import { quoteEscapedString, quoteQualified } from '../sql/quoting.js';
import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type ScriptSyntax } from '../script-syntax.js';
import { type SessionLimits } from '../session-limits.js';
import { type SessionSettings } from '../session-settings.js';
import { type Statement } from '../ddl/statement.js';
import { transactionControl } from '../sql/transaction-control.js';
import { createSchema, displayName, versionTableSql } from '../tables/version-table.js';
import { concurrentStatements } from './session/concurrent-statements.js';
import { postgresLimits } from './session/limits.js';
import { postgresLock, postgresLockReleases } from './session/lock.js';
import { checkNames } from './ddl/long-names.js';
import { postgresStatements } from './ddl/statements.js';
import { postgresHolds } from './postcondition.js';
import { postgresScript } from './script.js';
import { postgresLexicalRules } from './lexical-rules.js';
import { postgresPartialStatements } from './session/partial-statements.js';
import { postgresServer } from './session/server-session.js';
import { postgresSettings } from './session/settings.js';
import { postgresTransactionLock } from './session/transaction-lock.js';
import { refuseOthers } from '../other-servers.js';
import { AURORA_DSQL, otherThanPostgres } from './other-servers.js';
import { UnsupportedServerError, WrongServerError } from '../../errors/database.errors.js';

/** PostgreSQL, on a server or in this process (PGlite): DDL is transactional, and names belong to schemas. */
export class PostgresDialect implements Dialect {
  readonly name = 'postgres';
  readonly capabilities: Capabilities;
  readonly limits: SessionLimits | undefined;
  readonly settings: SessionSettings = postgresSettings(literal);
  readonly transactionMark: TransactionMark = {
    // a standby has no transaction ids of its own
    begun: 'select case when not pg_is_in_recovery() then txid_current()::text end',
    now: 'select txid_current_if_assigned()::text',
    fate: (mark) => `select txid_status(${literal(mark)}::bigint)`,
  };
  readonly partial = postgresPartialStatements;
  readonly server: ServerSession | undefined;
  readonly concurrent: ConcurrentStatements;
  readonly #adapter: SchemaHelperAdapter;

  constructor(
    platform: AbstractSqlPlatform,
    config: Configuration,
    private readonly embedded: boolean,
  ) {
    this.#adapter = new SchemaHelperAdapter(platform, postgresStatements(platform, config));
    // in this process no other session holds a lock, and none could end a statement
    this.server = embedded ? undefined : postgresServer;
    this.limits = embedded ? undefined : postgresLimits;
    this.concurrent = embedded ? { ...concurrentStatements, awaited: async () => null } : concurrentStatements;
    this.capabilities = embedded ? pgliteCapabilities : postgresCapabilities;
  }

  statements(operation: Operation): readonly Statement[] {
    return checkNames(operation, this.#adapter.statements(operation));
  }

  format(sql: string, params: readonly EncodedValue[]): string {
    return this.#adapter.format(sql, params);
  }

  quote(...names: readonly (string | undefined)[]): string {
    return quoteQualified(names, '"');
  }

  transactionControl(sql: string): string | undefined {
    return transactionControl(sql, { lexical: postgresLexicalRules });
  }

  lockRelease(sql: string): LockRelease | undefined {
    return lockRelease(sql, { lexical: postgresLexicalRules }, postgresLockReleases);
  }

  versionTable(table: string, schema: string | undefined): VersionTableSql {
    const name = this.quote(schema, table);
    const relation = `to_regclass(${literal(name)})`;
    const place = schema === undefined ? 'true' : `to_regnamespace(${literal(this.quote(schema))}) is not null`;
    return versionTableSql({
      table: name,
      exists: `select ${relation} is not null as present, ${place} as schema_present`,
      // for varchar and char the modifier is the length plus a header of four bytes
      column: `select case when atttypmod > 4 then atttypmod - 4 end as max_length, null as collation_name, atttypid::regtype::text as data_type, (select typcategory in ('S', 'E') or typname = 'bytea' from pg_type where oid = atttypid) as is_text from pg_attribute where attrelid = ${relation} and attname = 'version_num' and not attisdropped`,
      widen: `alter table ${name} alter column version_num type varchar(255)`,
      createSchema: createSchema(this.quote(schema)),
      literal,
    });
  }

  historyTable(table: string, schema: string | undefined): HistoryTableSql {
    const name = this.quote(schema, table);
    return historyTableSql({
      table: name,
      columns: columnsOf(name),
      addMissing: (columns) => addMissing(name, columns),
      counter: 'bigint generated by default as identity primary key',
      // not the time at which the transaction began, which would be the same for all lines of a run
      time: { type: 'timestamptz', now: 'clock_timestamp()' },
      role: 'session_user',
      literal,
    });
  }

  journalTable(table: string, schema: string | undefined): JournalTableSql {
    const name = this.quote(schema, table);
    return journalTableSql({
      table: name,
      // none for a role that may not read the table, as on the other engines: the table may be newer than the role's
      // grants
      columns: `${columnsOf(name)} and has_table_privilege(attrelid, 'select')`,
      text: 'text',
      literal,
    });
  }

  holds(postcondition: Postcondition): string {
    return postgresHolds(postcondition, literal);
  }

  script(table: string, schema: string | undefined): ScriptSyntax {
    const version = { name: displayName(table, schema), table: this.quote(schema, table) };
    return postgresScript({ ...version, isQualified: schema !== undefined }, literal);
  }

  lock(versionTable: string, schema: string | undefined): MigrationLock | null {
    return this.embedded ? null : postgresLock(versionTable, schema);
  }

  transactionLock(versionTable: string, schema: string | undefined): TransactionLock | null {
    return this.embedded ? null : postgresTransactionLock(versionTable, schema);
  }

  async homeSchema(session: SqlSession, versionTable: string): Promise<HomeSchema> {
    const [row] = await session.query<HomeSchema>(
      `select current_schema() as schema,
              (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.oid = to_regclass(${literal(this.quote(versionTable))}) and n.nspname <> current_schema()) as elsewhere`,
    );
    return { schema: row?.schema ?? null, elsewhere: row?.elsewhere ?? null };
  }

  async verifyServer(session: SqlSession): Promise<void> {
    const [row] = await session.query<{ version: string }>('select version() as version');
    const version = row?.version ?? 'nothing';
    refuseOthers(version, otherThanPostgres);
    if (!version.startsWith('PostgreSQL')) {
      throw new WrongServerError('@mikro-orm/postgresql', version, 'the driver made');
    }
    if (this.embedded) return;
    const [dsql] = await session.query<{ found: number }>(AURORA_DSQL.query);
    if (dsql?.found !== 0) throw new UnsupportedServerError(AURORA_DSQL.name, version, AURORA_DSQL.why);
  }
}

/** A query for the names of a table's columns. */
function columnsOf(table: string): string {
  return `select attname as name from pg_attribute where attrelid = to_regclass(${literal(table)}) and attnum > 0 and not attisdropped`;
}

/** A block, since `add column if not exists` tells of each column that exists. */
function addMissing(table: string, missing: readonly MissingColumn[]): readonly string[] {
  const wanted = missing.map(({ name, type }) => `(${literal(name)}, ${literal(type)})`).join(', ');
  const lines = [
    `do $nest_migrate$`,
    'declare',
    `  missing text := (select string_agg(format('add %s %s', column_name, type), ', ') from (values ${wanted}) as wanted (column_name, type)`,
    `    where column_name not in (${columnsOf(table)}));`,
    'begin',
    `  if missing is not null then execute ${literal(`alter table ${table} `)} || missing; end if;`,
    'end $nest_migrate$',
  ];
  return [lines.join('\n')];
}

/**
 * A string literal under `standard_conforming_strings`. With a backslash it uses the escape form, which needs no
 * setting.
 */
function literal(value: string): string {
  const quoted = quoteEscapedString(value);
  return value.includes('\\') ? `E${quoted}` : quoted;
}

import { type Capabilities } from '../capabilities.js';
import { mysqlCapabilities } from './capabilities.js';
import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { WrongServerError } from '../../errors/database.errors.js';
import { type Operation, type Postcondition } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import {
  type Dialect,
  type DialectName,
  type HomeSchema,
  type MigrationLock,
  type SqlSession,
  type VersionTableSql,
} from '../dialect.js';
import { type HistoryTableSql, historyTableSql, type MissingColumn } from '../tables/history-table.js';
import { type JournalTableSql, journalTableSql } from '../tables/journal-table.js';
import { type Cluster } from '../cluster.js';
import { mysqlText as literal, portablePlatform } from '../sql/literal.js';
import { type LockTableSql, lockTableSql } from '../tables/lock-table.js';
import { lockRelease, type LockRelease } from '../sql/lock-release.js';
import { quoteQualified } from '../sql/quoting.js';
import { SchemaHelperAdapter } from '../ddl/schema-helper-adapter.js';
import { type PartialStatements } from '../partial-statements.js';
import { type ScriptSyntax } from '../script-syntax.js';
import { errorCode, type SessionLimits } from '../session-limits.js';
import { type SessionSettings } from '../session-settings.js';
import { type Statement } from '../ddl/statement.js';
import { transactionControl } from '../sql/transaction-control.js';
import { createSchema, displayName, versionTableSql } from '../tables/version-table.js';
import { clusterOf } from './cluster/cluster-member.js';
import { assertPreparedMember, UNPREPARED } from './cluster/galera.js';
import { mysqlStatements } from './ddl/statements.js';
import { escaping, writesEscapes } from './session/escaping.js';
import { mysqlLimits } from './session/limits.js';
import { lockName, mysqlLock, mysqlLockReleases, type ProcessListTable } from './session/lock.js';
import { refuseOthers } from '../other-servers.js';
import { otherThanMySql } from './other-servers.js';
import { mysqlHolds } from './postcondition.js';
import { mysqlScript, type MySqlScriptTraits, mysqlTraits } from './script.js';
import { mysqlLexicalRules } from './lexical-rules.js';
import { mysqlPartialStatements } from './session/partial-statements.js';
import { mysqlServer } from './session/server-session.js';
import { mysqlSettings, mysqlVariables } from './session/settings.js';

/** MySQL: every DDL statement commits, and a database takes the place of a schema. */
export class MySqlDialect implements Dialect {
  readonly name: DialectName = 'mysql';
  readonly limits: SessionLimits = mysqlLimits;
  readonly server = mysqlServer;
  readonly partial: PartialStatements = mysqlPartialStatements;
  readonly settings: SessionSettings = mysqlSettings(mysqlVariables, literal);
  readonly capabilities: Capabilities = mysqlCapabilities;
  protected readonly processList: ProcessListTable = 'performance_schema.processlist';
  protected readonly scriptTraits: MySqlScriptTraits = mysqlTraits;
  readonly #adapter: SchemaHelperAdapter;
  readonly #portable: SchemaHelperAdapter;

  constructor(
    platform: AbstractSqlPlatform,
    private readonly config: Configuration,
    statementsOf = mysqlStatements,
  ) {
    this.#adapter = new SchemaHelperAdapter(platform, statementsOf(platform, config));
    this.#portable = new SchemaHelperAdapter(platform, statementsOf(portablePlatform(platform), config));
  }

  statements(operation: Operation): readonly Statement[] {
    const statements = this.#adapter.statements(operation);
    if (!writesEscapes(operation)) return statements;
    const portable = this.#portable.statements(operation);
    return statements.map((statement, at) => ({ ...statement, portable: portable[at]?.sql }));
  }

  format(sql: string, params: readonly EncodedValue[]): string {
    return this.#adapter.format(sql, params);
  }

  quote(...names: readonly (string | undefined)[]): string {
    return quoteQualified(names, '`');
  }

  transactionControl(sql: string): string | undefined {
    return transactionControl(sql, { lexical: mysqlLexicalRules, isMySql: true });
  }

  lockRelease(sql: string): LockRelease | undefined {
    return lockRelease(sql, { lexical: mysqlLexicalRules, isMySql: true }, mysqlLockReleases);
  }

  escaping<T>(session: SqlSession, statement: Statement, send: (sql: string) => Promise<T>): Promise<T> {
    return escaping(session, statement, send);
  }

  versionTable(table: string, schema: string | undefined): VersionTableSql {
    const database = schema === undefined ? 'database()' : literal(schema);
    const place = `table_schema = ${database} and table_name = ${literal(table)}`;
    // under the server's default collation 'ABC' would equal 'abc'
    const exact = 'character set utf8mb4 collate utf8mb4_bin';
    return versionTableSql({
      table: this.quote(schema, table),
      exists: `select (select count(*) from information_schema.tables where ${place}) > 0 as present, (select count(*) from information_schema.schemata where schema_name = ${database}) > 0 as schema_present`,
      column: `select character_maximum_length as max_length, if(right(collation_name, 4) = '_bin', null, collation_name) as collation_name, data_type as data_type, data_type regexp 'char|text|binary|blob|enum' as is_text from information_schema.columns where ${place} and column_name = 'version_num'`,
      widen: `alter table ${this.quote(schema, table)} modify version_num varchar(255) ${exact} not null`,
      createSchema: createSchema(this.quote(schema)),
      suffix: ` engine=InnoDB default ${exact}`,
      literal,
    });
  }

  historyTable(table: string, schema: string | undefined): HistoryTableSql {
    const name = this.quote(schema, table);
    return historyTableSql({
      table: name,
      columns: columnsOf(table, schema),
      addMissing: (columns) => addMissing(name, columnsOf(table, schema), columns),
      counter: 'bigint not null auto_increment primary key',
      time: { type: 'datetime(3)', now: 'utc_timestamp(3)' },
      role: 'current_user()',
      suffix: ' engine=InnoDB default character set utf8mb4 collate utf8mb4_bin',
      literal,
    });
  }

  journalTable(table: string, schema: string | undefined): JournalTableSql {
    return journalTableSql({
      table: this.quote(schema, table),
      columns: columnsOf(table, schema),
      text: 'longtext',
      suffix: ' engine=InnoDB default character set utf8mb4 collate utf8mb4_bin',
      literal,
    });
  }

  holds(postcondition: Postcondition): string {
    return mysqlHolds(postcondition, literal);
  }

  script(table: string, schema: string | undefined, lockWaitTimeout: number): ScriptSyntax {
    const version = {
      name: displayName(table, schema),
      table: this.quote(schema, table),
      isQualified: schema !== undefined,
    };
    return mysqlScript(version, {
      literal,
      lock: { name: lockName(table, schema, literal), seconds: Math.ceil(lockWaitTimeout / 1000) },
      collation: collationOf(this.config),
      traits: this.scriptTraits,
    });
  }

  lock(versionTable: string, schema: string | undefined): MigrationLock {
    return mysqlLock(versionTable, schema, this.processList, literal);
  }

  cluster(session: SqlSession): Promise<Cluster | null> {
    return clusterOf(session, this.processList);
  }

  lockTable(table: string, schema: string | undefined): LockTableSql {
    const database = schema === undefined ? 'database()' : literal(schema);
    return lockTableSql({
      table: this.quote(schema, table),
      exists: `select count(*) as present from information_schema.tables where table_schema = ${database} and table_name = ${literal(table)}`,
      suffix: ' engine=InnoDB default character set utf8mb4 collate utf8mb4_bin',
      literal,
    });
  }

  /** A revision with a `use` statement changes it. */
  async homeSchema(session: SqlSession): Promise<HomeSchema> {
    const [row] = await session.query<{ name: string | null }>('select database() as name');
    return { schema: row?.name ?? null, elsewhere: null };
  }

  async verifyServer(session: SqlSession): Promise<void> {
    const version = await assertOwnProduct(session);
    if (/mariadb/i.test(version)) throw new WrongServerError('@mikro-orm/mysql', version, '@mikro-orm/mariadb');
  }

  /** A Galera member that is cut off, or still starting, cannot read a table. */
  async explain(session: SqlSession, error: unknown): Promise<unknown> {
    if (errorCode(error) !== UNPREPARED) return error;
    return assertPreparedMember(session).then(
      () => error,
      (named: unknown) => named,
    );
  }
}

/**
 * The version string of the server, such as `9.7.4` or `10.11.19-MariaDB-0+deb12u1`.
 *
 * @throws UnsupportedServerError for a product that is neither MySQL nor MariaDB.
 */
export async function assertOwnProduct(session: SqlSession): Promise<string> {
  const [row] = await session.query<{ version: string; comment: string }>(
    'select version() as version, @@version_comment as comment',
  );
  const { version = 'nothing', comment = '' } = row ?? {};
  refuseOthers(`${version} ${comment}`.trim(), otherThanMySql);
  return version;
}

/** A query for the names of a table's columns. */
function columnsOf(table: string, schema: string | undefined): string {
  const database = schema === undefined ? 'database()' : literal(schema);
  return `select lower(column_name) as name from information_schema.columns where table_schema = ${database} and table_name = ${literal(table)}`;
}

/** MySQL has no `if not exists` for columns and no block outside of a routine, so the statement is put together. */
function addMissing(table: string, columns: string, missing: readonly MissingColumn[]): readonly string[] {
  const parts = missing.map(
    ({ name, type }) => `if(find_in_set('${name}', @nest_migrate_columns), null, 'add ${name} ${type}')`,
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

/** The collation of connections: the driver's default, unless its `charset` option names one. */
function collationOf(config: Configuration): string {
  const { charset }: { readonly charset?: unknown } = config.get('driverOptions') ?? {};
  return typeof charset === 'string' && /^utf8mb4_\w+$/i.test(charset) ? charset.toLowerCase() : 'utf8mb4_unicode_ci';
}

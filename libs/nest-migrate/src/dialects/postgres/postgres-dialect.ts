import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type Operation } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import {
  type Capabilities,
  type Dialect,
  type MigrationLock,
  type SqlSession,
  type VersionTableSql,
} from '../dialect.js';
import { quoteQualified } from '../quoting.js';
import { SchemaHelperAdapter } from '../schema-helper-adapter.js';
import { type ScriptSyntax } from '../script-syntax.js';
import { type Statement } from '../statement.js';
import { displayName, versionTableSql } from '../version-table.js';
import { postgresLock } from './lock.js';
import { postgresScript } from './script.js';
import { WrongServerError } from '../../errors/database.errors.js';

/** PostgreSQL, on a server or (PGlite) in this process: DDL is transactional, names live in schemas. */
export class PostgresDialect implements Dialect {
  readonly name = 'postgres';
  readonly capabilities: Capabilities;
  readonly #adapter: SchemaHelperAdapter;

  constructor(
    platform: AbstractSqlPlatform,
    config: Configuration,
    private readonly embedded: boolean,
  ) {
    this.#adapter = new SchemaHelperAdapter(platform, config);
    this.capabilities = {
      transactionalDdl: true,
      // an embedded database has one session, which all callers share: a session lock would let every one of them in
      sessionLock: !embedded,
      singleConnection: embedded,
      schemas: true,
    };
  }

  statements(operation: Operation): readonly Statement[] {
    return this.#adapter.statements(operation);
  }

  format(sql: string, params: readonly EncodedValue[]): string {
    return this.#adapter.format(sql, params);
  }

  quote(...names: readonly (string | undefined)[]): string {
    return quoteQualified(names, '"');
  }

  versionTable(table: string, schema: string | undefined): VersionTableSql {
    const name = this.quote(schema, table);
    const relation = `to_regclass(${literal(name)})`;
    const place = schema === undefined ? 'true' : `to_regnamespace(${literal(this.quote(schema))}) is not null`;
    return versionTableSql({
      table: name,
      exists: `select ${relation} is not null as present, ${place} as schema_present`,
      // of varchar and char the modifier is the length and a header of four bytes
      column: `select case when atttypmod > 4 then atttypmod - 4 end as max_length, null as collation_name from pg_attribute where attrelid = ${relation} and attname = 'version_num' and not attisdropped`,
      widen: `alter table ${name} alter column version_num type varchar(255)`,
      literal,
    });
  }

  script(table: string, schema: string | undefined): ScriptSyntax {
    return postgresScript({ name: displayName(table, schema), table: this.quote(schema, table) }, literal);
  }

  lock(versionTable: string, schema: string | undefined): MigrationLock | null {
    return this.embedded ? null : postgresLock(versionTable, schema);
  }

  async verifyServer(session: SqlSession): Promise<void> {
    const [row] = await session.query<{ version: string }>('select version() as version');
    const version = row?.version ?? 'nothing';
    if (!version.startsWith('PostgreSQL')) {
      throw new WrongServerError('@mikro-orm/postgresql', version, 'the driver made');
    }
  }
}

/** A string literal under `standard_conforming_strings`; with the escape form where there is a backslash, it needs no setting. */
function literal(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? `E${quoted}` : quoted;
}

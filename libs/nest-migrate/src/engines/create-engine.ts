import { type MikroORM } from '@mikro-orm/core';
import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { createDialect } from './create-dialect.js';
import { type Engine } from './engine.js';
import { MySqlEngine } from './mysql/mysql-engine.js';
import { PostgresEngine } from './postgres/postgres-engine.js';
import { SqliteEngine } from './sqlite/sqlite-engine.js';

/** @throws UnsupportedDriverError for an engine that cannot be compared. */
export function createEngine(orm: Pick<MikroORM, 'config' | 'driver'>): Engine {
  const platform = orm.driver.getPlatform() as AbstractSqlPlatform;
  const dialect = createDialect(orm as Parameters<typeof createDialect>[0]);
  switch (dialect.name) {
    case 'postgres':
      return new PostgresEngine(
        platform,
        orm.config.get('schema') ?? platform.getDefaultSchemaName() ?? 'public',
        orm.config.get('schemaGenerator').ignoreSchema ?? [],
      );
    case 'mysql':
    case 'mariadb':
      return new MySqlEngine(platform, dialect.name);
    case 'sqlite':
      return new SqliteEngine(
        platform,
        (alterations, existing) => dialect.needsTable?.(alterations, existing) ?? false,
      );
  }
}

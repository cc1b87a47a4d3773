import { BaseMySqlPlatform, BasePostgreSqlPlatform, type MikroORM, SqlitePlatform } from '@mikro-orm/sql';
import { UnsupportedDriverError } from '../errors/database.errors.js';
import { type Dialect } from './dialect.js';
import { MariaDbDialect } from './mariadb/mariadb-dialect.js';
import { MySqlDialect } from './mysql/mysql-dialect.js';
import { PostgresDialect } from './postgres/postgres-dialect.js';
import { SqliteDialect } from './sqlite/sqlite-dialect.js';

/**
 * The dialect of an ORM's connection. Opens nothing.
 *
 * The drivers are optional to the library, so their platforms are told apart by the names of their classes, from the
 * most special to the base that `@mikro-orm/sql` exports.
 *
 * @throws UnsupportedDriverError for a driver without a dialect.
 */
export function createDialect(orm: Pick<MikroORM, 'config' | 'driver'>): Dialect {
  const platform = orm.driver.getPlatform();
  const config = orm.config;
  const lineage = classNames(platform);
  if (lineage.includes('MariaDbPlatform')) return new MariaDbDialect(platform, config);
  if (platform instanceof BaseMySqlPlatform) return new MySqlDialect(platform, config);
  if (platform instanceof BasePostgreSqlPlatform) {
    return new PostgresDialect(platform, config, lineage.includes('PglitePlatform'));
  }
  // libSQL's platform is another one, which may speak to a server
  if (lineage[0] === 'SqlitePlatform' && platform instanceof SqlitePlatform) return new SqliteDialect(platform, config);
  throw new UnsupportedDriverError(orm.driver.constructor.name);
}

function classNames(instance: object): readonly string[] {
  const names: string[] = [];
  for (
    let type = Object.getPrototypeOf(instance) as object | null;
    type;
    type = Object.getPrototypeOf(type) as object | null
  ) {
    names.push(type.constructor.name);
  }
  return names;
}

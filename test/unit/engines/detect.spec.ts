import { describe, expect, it } from '@jest/globals';
import { MariaDbDriver } from '@mikro-orm/mariadb';
import { MySqlDriver } from '@mikro-orm/mysql';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type AbstractSqlDriver, Configuration } from '@mikro-orm/sql';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { engines } from '../../../libs/nest-migrate/src/engines/all-engines.ts';
import { definitionFor } from '../../../libs/nest-migrate/src/engines/detect.ts';
import { type EngineDefinition } from '../../../libs/nest-migrate/src/engines/engine.ts';
import { otherThanMySql } from '../../../libs/nest-migrate/src/engines/mysql/other-servers.ts';
import { refuseOthers } from '../../../libs/nest-migrate/src/engines/other-servers.ts';
import { otherThanPostgres } from '../../../libs/nest-migrate/src/engines/postgres/other-servers.ts';
import { UnsupportedDriverError } from 'nest-migrate';

type DriverClass = new (config: Configuration) => AbstractSqlDriver;

function connectedBy(Driver: DriverClass) {
  const config = new Configuration(
    { driver: Driver as never, dbName: 'shop', entities: [], connect: false } as never,
    false,
  );
  return { config, driver: new Driver(config) } as never;
}

describe('the engine of a driver', () => {
  it.each([
    [PostgreSqlDriver, 'postgres'],
    [PgliteDriver, 'postgres'],
    [MySqlDriver, 'mysql'],
    [MariaDbDriver, 'mariadb'],
    [SqliteDriver, 'sqlite'],
  ] as const)('%p is for %s', (Driver, name) => {
    expect(definitionFor(connectedBy(Driver as DriverClass)).name).toBe(name);
  });

  it('is one more with one more line in the list', () => {
    class CloudPostgreSqlDriver extends PostgreSqlDriver {}
    const cloud: EngineDefinition = { ...engines[2], isFor: ({ config }) => config.get('dbName') === 'shop' };
    expect(definitionFor(connectedBy(CloudPostgreSqlDriver), [cloud, ...engines])).toBe(cloud);
  });

  it("is found where the driver's copy of @mikro-orm/sql is another than the library's", () => {
    // as a package manager makes of two versions that are wanted
    class BaseMySqlPlatform {}
    class MySqlPlatform extends BaseMySqlPlatform {}
    class BasePostgreSqlPlatform {}
    class PostgreSqlPlatform extends BasePostgreSqlPlatform {}
    class SqlitePlatform {}
    const found = [MySqlPlatform, PostgreSqlPlatform, SqlitePlatform].map(
      (Platform) => definitionFor({ config: undefined, driver: { getPlatform: () => new Platform() } } as never).name,
    );
    expect(found).toEqual(['mysql', 'postgres', 'sqlite']);
  });

  it('is none where no line of the list is for it', () => {
    expect(() => definitionFor(connectedBy(PostgreSqlDriver), [])).toThrow(UnsupportedDriverError);
  });
});

/** What the products say, from their documentation; none of them was asked. */
const products = [
  [otherThanPostgres, 'CockroachDB', 'CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, built 2025/06/10)'],
  [otherThanPostgres, 'YugabyteDB', 'PostgreSQL 15.2-YB-2.25.1.0-b0 on x86_64-pc-linux-gnu'],
  [otherThanPostgres, 'Amazon Redshift', 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.12103'],
  [otherThanPostgres, 'Greenplum', 'PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:0a7a3566)'],
  [otherThanMySql, 'TiDB', '8.0.11-TiDB-v8.5.1 TiDB Server (Apache License 2.0) Community Edition'],
  [otherThanMySql, 'Vitess', '8.0.30-Vitess Version: 21.0.0'],
  [otherThanMySql, 'SingleStore', '5.7.32 SingleStoreDB source distribution (compatible; MySQL Enterprise)'],
] as const;

describe('a server that speaks the protocol of an engine', () => {
  it.each(products)('%# is refused by its own name: %3$s', (others, name, identity) => {
    expect(() => refuseOthers(identity, others)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_SERVER', server: name, serverVersion: identity }),
    );
  });

  it.each([
    [otherThanPostgres, 'PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu'],
    [otherThanPostgres, 'PostgreSQL 15.2 (EnterpriseDB Advanced Server 15.2.0) on x86_64-pc-linux-gnu'],
    [otherThanMySql, '9.7.4 MySQL Community Server - GPL'],
    [otherThanMySql, '8.0.39-30 Percona Server (GPL), Release 30'],
    [otherThanMySql, '10.11.19-MariaDB-0+deb12u1 Debian 12'],
  ])('%# is taken for what it is: %s', (others, identity) => {
    expect(() => refuseOthers(identity, others)).not.toThrow();
  });
});

import { createServer } from 'node:net';
import { EntityManager, MikroORM } from '@mikro-orm/core';
import { MikroOrmModule, type MikroOrmModuleSyncOptions } from '@mikro-orm/nestjs';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { type DynamicModule, Global, Module, type OnModuleInit } from '@nestjs/common';
import { MigrationModule, type MigrationModuleOptions } from 'nest-migrate';
import { entities } from './entities.js';

const env = process.env;
/** Loaded when they are used: an application of somebody else has one of them. */
const drivers = {
  postgres: async () => (await import('@mikro-orm/postgresql')).PostgreSqlDriver,
  pglite: async () => (await import('@mikro-orm/pglite')).PgliteDriver,
  mysql: async () => (await import('@mikro-orm/mysql')).MySqlDriver,
  mariadb: async () => (await import('@mikro-orm/mariadb')).MariaDbDriver,
  sqlite: async () => (await import('@mikro-orm/sqlite')).SqliteDriver,
};

/** The ORM's configuration, from the environment that a test hands to this process. */
async function ormOptions(): Promise<MikroOrmModuleSyncOptions> {
  const engine = (env['DB_DRIVER'] ?? env['DB_ENGINE'] ?? 'pglite') as keyof typeof drivers;
  const driver = await drivers[engine]();
  const { DB_URL: clientUrl } = env;
  // MikroORM's default, which it reads once for all applications of a process
  const baseDir = process.cwd();
  if (clientUrl !== undefined) return { driver, clientUrl, entities: entities.v1, baseDir };
  return {
    baseDir,
    driver,
    dbName: env['DB_NAME'],
    ...(engine === 'pglite' || engine === 'sqlite'
      ? {}
      : {
          host: env['DB_HOST'],
          port: Number(env['DB_PORT']),
          user: env['DB_USER'],
          password: env['DB_PASSWORD'],
        }),
    entities: entities[(env['ENTITIES'] ?? 'v1') as keyof typeof entities],
    ...(env['DB_POOL'] === undefined ? {} : { pool: { max: Number(env['DB_POOL']) } }),
  };
}

/** Reads a table while it is being constructed, as applications do that load settings or warm a cache. */
@Module({
  providers: [
    {
      provide: 'BOOKS_AT_START',
      inject: [MikroORM],
      useFactory: async (orm: MikroORM) => (orm.em.fork() as SqlEntityManager).execute('select count(*) from book'),
    },
  ],
})
class EagerModule {}

/** Sends one statement while the application starts, as nearly all applications do sooner or later. */
@Module({
  providers: [
    {
      provide: 'CONNECTED',
      inject: [MikroORM],
      useFactory: async (orm: MikroORM) => (orm.em.fork() as SqlEntityManager).execute('select 1'),
    },
  ],
})
class ConnectingModule {}

/** Says that the application's own hooks ran: a `db` command must never print it. */
@Global()
@Module({})
class HookModule implements OnModuleInit {
  onModuleInit(): void {
    process.stderr.write('the application hook ran\n');
  }
}

/** What revisions may ask for: it writes through the EntityManager that every provider of the application injects. */
class AuthorService {
  constructor(private readonly em: SqlEntityManager) {}

  async add(name: string): Promise<void> {
    await this.em.execute('insert into author (name) values (?)', [name]);
  }
}

@Module({
  providers: [
    { provide: AuthorService, inject: [EntityManager], useFactory: (em: SqlEntityManager) => new AuthorService(em) },
  ],
})
class AuthorModule {}

/** Holds what keeps a process alive: `db` has to end all the same, and no hook runs that would let go of it. */
@Global()
@Module({
  providers: [
    { provide: 'TIMER', useFactory: () => setInterval(() => undefined, 1000) },
    { provide: 'SOCKET', useFactory: () => createServer().listen(0, '127.0.0.1') },
  ],
})
class HoldingModule {}

/** A second connection, to MySQL, whose revisions are in the same directory; none unless `SECOND_URL` says where. */
async function secondConnection(options: MigrationModuleOptions): Promise<(DynamicModule | Promise<DynamicModule>)[]> {
  const clientUrl = env['SECOND_URL'];
  if (clientUrl === undefined) return [];
  const contextName = 'reporting';
  const driver = await drivers.mysql();
  const orm = MikroOrmModule.forRoot({ contextName, driver, clientUrl, entities: entities.v2.slice(2) });
  return [MigrationModule.forRoot({ contextName, orm, ...options })];
}

/** On loopback, as all that tests do. */
const probe = { path: env['PROBE_PATH'], host: '127.0.0.1' };

/** The application that the tests start as real processes; what it is made of comes from the environment. */
@Module({})
export class AppModule {
  static async register(): Promise<DynamicModule> {
    const orm = MikroOrmModule.forRoot(await ormOptions());
    const gated = env['GATED'] !== 'no';
    const options = {
      directory: env['MIGRATIONS_DIRECTORY'],
      onBootstrap: (env['ON_BOOTSTRAP'] ?? 'off') as 'off' | 'wait' | 'upgrade',
      ...(env['PROBE_PORT'] === undefined ? {} : { probe: { ...probe, port: Number(env['PROBE_PORT']) } }),
      ...(env['SCHEMA_CHANGE'] === undefined
        ? {}
        : { onlineSchemaChange: JSON.parse(env['SCHEMA_CHANGE']) as MigrationModuleOptions['onlineSchemaChange'] }),
      ...(env['SCRATCH'] === undefined ? {} : { scratch: env['SCRATCH'] }),
      transactionPerMigration: env['ONE_TRANSACTION'] !== 'yes',
      services: { authors: AuthorService },
      versionTable: env['VERSION_TABLE'],
      versionTableSchema: env['VERSION_TABLE_SCHEMA'],
      lock: (env['LOCK'] ?? 'session') as 'session' | 'transaction',
    };
    return {
      module: AppModule,
      imports: [
        ...(gated ? [MigrationModule.forRoot({ orm, ...options })] : [orm, MigrationModule.forRoot(options)]),
        ...(await secondConnection(options)),
        ...(env['EAGER'] === 'yes' ? [EagerModule] : []),
        ...(env['CONNECTS'] === 'yes' ? [ConnectingModule] : []),
        ...(env['HOLD'] === 'yes' ? [HoldingModule] : []),
        AuthorModule,
        HookModule,
      ],
    };
  }
}

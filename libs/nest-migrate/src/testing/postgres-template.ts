import { randomBytes } from 'node:crypto';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { MigrationError } from '../errors/migration.error.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type DatabaseAtHead, WEEK_MS } from './database-at-head.js';
import { type DatabaseSetup } from './database-setup.js';
import { NO_ENTITIES, upgradeOrm, withOrm } from './upgrade-orm.js';
import { errorText } from '../errors/thrown.js';

type Execute = (sql: string) => Promise<readonly Record<string, unknown>[]>;

const MADE_BY = 'made by migratedDatabase() of nest-migrate at ';

/** A copy of the template at head, which the first test process made on the server. */
export async function postgresAtHead(setup: DatabaseSetup): Promise<DatabaseAtHead> {
  const key = setup.key.slice(0, 24);
  const template = `nest_migrate_template_${key}`;
  const copy = `nest_migrate_test_${key.slice(0, 8)}_${process.pid}_${randomBytes(4).toString('hex')}`;
  await onServer(setup, async (execute) => {
    // held by this session: other processes that need the same template wait here
    await execute(`select pg_advisory_lock(hashtext('${template}'))`);
    if ((await execute(`select 1 from pg_database where datname = '${template}'`)).length === 0) {
      await makeTemplate(setup, template, execute);
      await sweep(execute);
    }
    await execute(`create database ${copy} template ${template}`);
    await sign(copy, execute);
  });
  return {
    coordinates: { dbName: copy },
    close: () =>
      onServer(setup, async (execute) => void (await execute(`drop database if exists ${copy} with (force)`))),
  };
}

/** Makes a database at head. It gets the template's name only when it is complete. */
async function makeTemplate(setup: DatabaseSetup, template: string, execute: Execute): Promise<void> {
  const draft = template.replace('_template_', '_draft_');
  await execute(`drop database if exists ${draft} with (force)`);
  await execute(`create database ${draft}`);
  try {
    await sign(draft, execute);
    await withOrm({ ...setup.orm, dbName: draft }, (orm) => upgradeOrm(orm, setup));
    await execute(`alter database ${draft} rename to ${template}`);
  } catch (error) {
    await execute(`drop database if exists ${draft} with (force)`).catch(() => undefined);
    throw error;
  }
}

async function sign(database: string, execute: Execute): Promise<void> {
  await execute(`comment on database ${database} is '${MADE_BY}${new Date().toISOString()}'`);
}

/** Removes templates of other histories, and copies that a killed run left, a week after they were made. */
async function sweep(execute: Execute): Promise<void> {
  const found = await execute(
    `select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database ` +
      `where datname ~ '^nest_migrate_(template|draft|test)_[0-9a-f_]+$'`,
  );
  for (const { name, comment } of found) {
    const text = String(comment);
    if (!text.startsWith(MADE_BY) || Date.now() - Date.parse(text.slice(MADE_BY.length)) < WEEK_MS) continue;
    // one that is in use stays
    await execute(`drop database if exists ${String(name)}`).catch(() => undefined);
  }
}

/** Runs `work` on one connection to the server's management database. */
async function onServer<T>(setup: DatabaseSetup, work: (execute: Execute) => Promise<T>): Promise<T> {
  const management = setup.orm.schemaGenerator?.managementDbName ?? 'postgres';
  const options = { ...setup.orm, ...NO_ENTITIES, dbName: management };
  try {
    return await withOrm(options, async (orm) => {
      const connection: AbstractSqlConnection = orm.em.getConnection();
      await connection.connect({ skipOnConnect: true });
      return connection
        .getClient<unknown>()
        .connection()
        .execute((pinned) => work((sql) => connection.execute<Record<string, unknown>[]>(sql, [], 'all', pinned)));
    });
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    const reason = errorText(cause).replace(/[.\s]+$/, '');
    throw new MigratedDatabaseError(`A test database can't be made on the PostgreSQL server: ${reason}.`, {
      cure: 'The user of the `orm` options needs a running server, and the right to create databases (alter role … createdb).',
      cause,
    });
  }
}

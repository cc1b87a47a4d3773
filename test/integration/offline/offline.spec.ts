import { join } from 'node:path';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationService, type SqlResult } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { engines, type Engine } from '../../support/engines.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { dumpOf, type OpenDatabase, openDatabase, runScript } from '../../support/scripts.ts';
import { history, type Move, moves } from './history.ts';

const running: Scenario[] = [];
const opened: OpenDatabase[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
  while (opened.length > 0) {
    const { orm, database } = opened.pop()!;
    await orm.close(true);
    await database.drop();
  }
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

/** A database that only scripts are run in. */
async function fresh(engine: Engine): Promise<OpenDatabase> {
  const open = await openDatabase(await createDatabase(engine));
  opened.push(open);
  return open;
}

/** The same engine where nobody listens; PGlite: a folder that is not there. */
function nowhere(engine: Engine, database: TestDatabase): TestDatabase {
  const options = { ...database.options, host: '127.0.0.1', port: 1, dbName: 'nosuch' };
  return {
    ...database,
    options: engine === 'pglite' ? { ...database.options, dbName: join(database.name, 'no', 'such') } : options,
  };
}

/** The same revisions, without a database that could be asked. */
async function offline(online: Scenario): Promise<Scenario> {
  const { engine } = online.database;
  const at = await start(engine, {
    database: nowhere(engine, online.database),
    module: { directory: join(online.folder.path, 'migrations') },
  });
  const connection = at.orm.em.getConnection() as AbstractSqlConnection;
  connection.connect = () => Promise.reject(new Error('a connection was opened'));
  return at;
}

async function rowsIn({ orm }: OpenDatabase): Promise<readonly string[]> {
  const connection = orm.em.getConnection() as AbstractSqlConnection;
  const rows = await connection.execute<{ version_num: string }[]>('select version_num from nest_migrate_version');
  return rows.map((row) => row.version_num).sort();
}

/** The tables, by a connection that is there: of an embedded database there is no second. */
async function tablesOf({ orm, database: { engine } }: OpenDatabase): Promise<readonly string[]> {
  const schema = engine === 'mysql' || engine === 'mariadb' ? 'database()' : "'public'";
  const rows = await (orm.em.getConnection() as AbstractSqlConnection).execute<{ name: string }[]>(
    `select table_name as name from information_schema.tables where table_schema = ${schema} order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function go(migrations: MigrationService, { command, target }: Move): Promise<readonly string[]> {
  if (command === 'stamp') return (await migrations.stamp({ revisions: target })).rows;
  return (await migrations[command]({ target: String(target) })).rows;
}

async function write(migrations: MigrationService, { command, range }: Move): Promise<SqlResult> {
  if (command === 'stamp') return migrations.stamp({ revisions: range, sql: true });
  const options = { target: String(range), sql: true } as const;
  return command === 'upgrade' ? migrations.upgrade(options) : migrations.downgrade(options);
}

describe.each(engines)('a script for %s', (engine) => {
  it('does what the run does: schema, rows and version table, up, down, over branches, merges and stamps', async () => {
    const online = await start(engine, { revisions: history(engine) });
    const without = await offline(online);
    const database = await fresh(engine);
    for (const move of moves) {
      const { sql, steps } = await write(without.migrations, move);
      const result = await runScript(database, sql);
      expect({ move, sql, ...result }).toMatchObject({
        code: 0,
        stderr: engine === 'postgres' ? expect.not.stringMatching(/error/i) : '',
      });
      const rows = await go(online.migrations, move);
      expect({ move, rows }).toMatchObject({ rows: move.rows });
      expect({ move, rows: steps.at(-1)?.rows }).toMatchObject({ rows: move.rows });
      const [expected, actual] = [await dumpOf(online), await dumpOf(database)];
      expect(actual).toBe(expected);
    }
  });

  it('is refused, and changes nothing, where the database stands elsewhere; also by a client that goes on', async () => {
    const online = await start(engine, {
      revisions: {
        aaaa: "await op.execute('create table a (n int)');",
        bbbb: "await op.execute('create table b (n int)');",
      },
    });
    const database = await fresh(engine);
    const { sql: both } = await online.migrations.upgrade({ sql: true });
    const { sql: second } = await online.migrations.upgrade({ target: 'aaaa:bbbb', sql: true });
    const tables = ['a', 'b', 'nest_migrate_version'];

    // nothing is there yet, not even the version table
    const early = await runScript(database, second, { onError: 'go on' });
    expect(early.stderr).toMatch(/nest_migrate_version.*(not exist|doesn't exist)/);
    expect(await tablesOf(database)).toEqual([]);

    expect((await runScript(database, both)).code).toBe(0);
    expect(await tablesOf(database)).toEqual(tables);
    const before = await dumpOf(database);
    for (const script of [both, second, (await online.migrations.downgrade({ target: 'aaaa:base', sql: true })).sql]) {
      for (const onError of ['stop', 'go on'] as const) {
        const again = await runScript(database, script, { onError });
        expect(again.stderr).toMatch(
          /of (aaaa|bbbb) needs nest_migrate_version to hold exactly: (nothing|aaaa)\. It holds: bbbb/,
        );
        expect(await dumpOf(database)).toBe(before);
      }
    }
  });

  it('that fails in the middle applies nothing of what comes after it', async () => {
    const online = await start(engine, {
      revisions: {
        aaaa: "await op.execute('create table a (n int)');",
        bbbb: "await op.execute('create table b (n int)'); await op.execute('insert into nosuch values (1)');",
        cccc: "await op.execute('create table c (n int)');",
      },
    });
    const { sql } = await online.migrations.upgrade({ sql: true });
    const transactional = engine === 'postgres' || engine === 'pglite';
    // mysql and mariadb stop by themselves; with --force they have been told not to
    for (const onError of transactional ? (['stop', 'go on'] as const) : (['stop'] as const)) {
      const database = await fresh(engine);
      const result = await runScript(database, sql, { onError });
      expect(result.stderr).toMatch(/nosuch/);
      expect(await tablesOf(database)).toEqual(
        transactional ? ['a', 'nest_migrate_version'] : ['a', 'b', 'nest_migrate_version'],
      );
      expect(await rowsIn(database)).toEqual(['aaaa']);
    }
  });
});

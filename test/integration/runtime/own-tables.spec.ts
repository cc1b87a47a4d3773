/** Tables that have the names of the tool's own, and other columns. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OwnTableColumnMissingError } from 'nest-migrate';
import { databaseOf } from '../../../libs/nest-migrate/src/commands/database-of.js';
import { mysqlTables } from '../../../libs/nest-migrate/src/engines/mysql/tables.js';
import { LOCK_COLUMNS } from '../../../libs/nest-migrate/src/engines/tables/lock-table.js';
import { LeaseTable } from '../../../libs/nest-migrate/src/runtime/lease-table.js';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { contextOf } from '../../support/noted.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { startGalera } from '../../support/servers/galera-cluster.ts';
import { type TestCluster } from '../../support/servers/test-cluster.ts';
import { type OpenDatabase, openDatabase, runScript } from '../../support/scripts.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
const opened: OpenDatabase[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
  while (opened.length > 0) await opened.pop()!.orm.close(true);
  while (databases.length > 0) await databases.pop()!.drop();
});

const revisions = {
  aaaa: executing('create table a (n int)'),
  bbbb: executing('create table b (n int)'),
};

async function start(engine: Engine, options: ScenarioOptions = { revisions }): Promise<Scenario> {
  const at = await scenario(engine, options);
  running.push(at);
  return at;
}

type Row = Record<string, unknown>;

async function rows({ orm }: Pick<OpenDatabase, 'orm'> | Scenario, sql: string): Promise<readonly Row[]> {
  return (orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(sql);
}

describe.each(enginesByDialect('own-tables'))("a table of the tool's name on %s", (engine) => {
  it.each([
    [
      'nest_migrate_journal',
      'create table nest_migrate_journal (revision varchar(20), title text)',
      /direction, ordinal/,
    ],
    [
      'nest_migrate_history',
      'create table nest_migrate_history (id int, revision int, body text)',
      /parents, direction/,
    ],
  ])('that is another table is told of and left alone: %s', async (table, create, columns) => {
    const at = await start(engine);
    await rows(at, create);
    await rows(at, `insert into ${table} (revision) values (7)`);
    const before = await rows(at, `select * from ${table}`);
    for (const ask of [
      () => at.migrations.upgrade(),
      () => at.migrations.status(),
      () => at.migrations.stamp({ revisions: 'head' }),
    ]) {
      const error: unknown = await ask().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(OwnTableColumnMissingError);
      expect((error as Error).message).toMatch(new RegExp(`^The table ${table} is no \\w+ of nest-migrate: .*columns`));
      expect((error as Error).message).toMatch(columns);
      expect((error as Error).message).toMatch(/Rename it, or give versionTable another name/);
    }
    expect(await rows(at, `select * from ${table}`)).toEqual(before);
    await expect(rows(at, 'select * from a')).rejects.toThrow();
  });
});

/** A table that is no lock of a cluster. */
const foreign = 'create table nest_migrate_lock (part varchar(20), owner int, title text)';
const refusal =
  /^The table nest_migrate_lock is no lock of nest-migrate: it lacks the columns counter, member, .*Rename it, or give versionTable another name/;

describe.each(['mysql', 'mariadb'] as const)("a table of the name of a cluster's lock on %s", (engine) => {
  it('that is another table holds no lock, and is told of by what would take one', async () => {
    const at = await start(engine);
    await rows(at, foreign);
    await rows(at, "insert into nest_migrate_lock values ('lease', 7, 'x')");
    const sql = mysqlTables.lock!('nest_migrate_lock', undefined);
    const table = new LeaseTable('nest_migrate_lock', sql);
    await databaseOf(contextOf(at)).pin(async (session) => {
      expect(await table.read(session)).toBeUndefined();
      await expect(table.ensure(session)).rejects.toThrow(refusal);
      await session.execute('drop table nest_migrate_lock');
      await table.ensure(session);
      await session.execute('alter table nest_migrate_lock add note text');
      expect(await table.read(session)).toBeUndefined();
    });
    expect((await rows(at, sql.columns)).map(({ name }) => name)).toEqual(expect.arrayContaining([...LOCK_COLUMNS]));
  });

  it('that is another table is no matter of a server that is in no cluster', async () => {
    const at = await start(engine);
    await rows(at, foreign);
    await at.migrations.upgrade();
    expect((await at.migrations.status()).pending).toEqual([]);
  });
});

describe('a table of the name of the lock on a member of a Galera cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startGalera({ size: 1 });
  }, 600_000);
  afterAll(() => cluster?.stop());

  it('that is another table ends a run before anything is done', async () => {
    const database = await createDatabase('mariadb', { server: cluster.nodes[0].server });
    databases.push(database);
    const at = await start('mariadb', { revisions, database });
    await rows(at, foreign);
    const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(OwnTableColumnMissingError);
    expect((error as Error).message).toMatch(refusal);
    expect(await rows(at, 'select * from nest_migrate_lock')).toEqual([]);
    await expect(rows(at, 'select * from a')).rejects.toThrow();
    await rows(at, 'drop table nest_migrate_lock');
    await at.migrations.upgrade();
    expect(await rows(at, 'select * from a')).toEqual([]);
  }, 120_000);
});

/** The columns of digests, as an earlier version has them. */
const older = {
  'before there were digests': [
    ...['hash_algorithm', 'file_kind', 'file_digest', 'operations_digest', 'chain_hash', 'program_digest'],
  ],
  'before the digest of the program': ['program_digest'],
} as const;

describe.each(enginesByDialect('own-tables'))('a script for a history of an earlier version on %s', (engine) => {
  it.each(Object.entries(older))('adds what it lacks, or says how: %s', async (_, missing) => {
    const online = await start(engine);
    const first = await online.migrations.upgrade({ target: 'base:aaaa', sql: true });
    const { sql } = await online.migrations.upgrade({ target: 'aaaa:bbbb', sql: true });
    const database = await createDatabase(engine);
    databases.push(database);
    const at = await openDatabase(database);
    opened.push(at);
    expect((await runScript(at, first.sql)).code).toBe(0);
    for (const column of missing) await rows(at, `alter table nest_migrate_history drop column ${column}`);
    let result = await runScript(at, sql);
    if (engine === 'sqlite') {
      // no statement of SQLite adds a column where it is missing
      expect(result.code).not.toBe(0);
      const [, alterations] = /run first: (.*?)'?\s*$/m.exec(result.stderr) ?? [];
      expect(alterations?.match(/alter table/g)).toHaveLength(missing.length);
      for (const alteration of (alterations ?? '').split('; ')) await rows(at, alteration);
      result = await runScript(at, sql);
    }
    expect(result).toMatchObject({ code: 0, stderr: engine === 'postgres' ? expect.not.stringMatching(/error/i) : '' });
    const lines = await rows(at, 'select revision, program_digest from nest_migrate_history order by id');
    expect(lines).toMatchObject([
      { revision: 'aaaa', program_digest: null },
      { revision: 'bbbb', program_digest: expect.any(String) },
    ]);
    // and once more, where nothing is missing
    const down = await online.migrations.downgrade({ target: 'bbbb:aaaa', sql: true });
    expect((await runScript(at, down.sql)).code).toBe(0);
    expect((await runScript(at, (await online.migrations.ensureVersion({ sql: true })).sql)).code).toBe(0);
  });
});

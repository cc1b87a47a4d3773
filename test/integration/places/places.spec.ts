/** Which tables are the tool's own, and whose lock is whose: by where the tables are, and not by how they are spelled. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, type MigrationModuleOptions } from 'nest-migrate';
import { allEngines, createDatabase, type Engine, serverEngines, type TestDatabase } from '../../support/databases.ts';
import { closeGate, gateStatement } from '../../support/gate.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { openDatabase, runScript } from '../../support/scripts.ts';
import { startMariadb } from '../../support/servers/index.ts';
import { isTurn } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function emptyDatabase(engine: Engine): Promise<TestDatabase> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  return database;
}

async function start(database: TestDatabase, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(database.engine, { ...options, database });
  ending.push(() => at.end());
  return at;
}

async function sql<T = Record<string, unknown>>(at: Scenario, statement: string): Promise<T[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute<T[]>(statement);
}

async function ended(at: Scenario): Promise<void> {
  ending.pop();
  await at.end();
}

const revisions: Revisions = { aaaa: (op) => op.execute('create table a (n int)'), bbbb: {} };
const schemas = ['public', 'tenant'] as const;
type Schema = (typeof schemas)[number];

/** A database with both schemas, in some of which the first revision is applied, and a search_path for what comes. */
async function prepared(engine: Engine, tablesIn: readonly Schema[], searchPath: string): Promise<TestDatabase> {
  const database = await emptyDatabase(engine);
  const open = await openDatabase(database);
  const run = (statement: string): Promise<{ name: string }[]> =>
    (open.orm.em.getConnection() as AbstractSqlConnection).execute(statement);
  await run('create schema tenant');
  for (const schema of tablesIn) {
    await run(`create table ${schema}.nest_migrate_version (version_num varchar(255) not null primary key)`);
    await run(`insert into ${schema}.nest_migrate_version values ('aaaa')`);
  }
  const [row] = await run('select current_database() as name');
  if (engine === 'postgres') await run(`alter database "${row.name}" set search_path = ${searchPath}`);
  await open.orm.close(true);
  return database;
}

/** An embedded server heeds no settings of a database: its one session is told. */
async function ledBy(searchPath: string, at: Pick<Scenario, 'orm' | 'database'>): Promise<void> {
  if (at.database.engine !== 'pglite') return;
  await (at.orm.em.getConnection() as AbstractSqlConnection).execute(`set search_path = ${searchPath}`);
}

async function rowsIn(at: Scenario, schema: Schema): Promise<readonly string[] | null> {
  const [found] = await sql<{ name: string | null }>(
    at,
    `select to_regclass('${schema}.nest_migrate_version') as name`,
  );
  if (found?.name == null) return null;
  const rows = await sql<{ version_num: string }>(at, `select version_num from ${schema}.nest_migrate_version`);
  return rows.map((row) => row.version_num);
}

const withSchemas = ['postgres', 'pglite'] as const;
const cases = (['tenant, public', 'public, tenant'] as const)
  .flatMap((searchPath) =>
    ([[], ['public'], ['tenant'], ['public', 'tenant']] as const).flatMap((tablesIn: readonly Schema[]) =>
      ([undefined, 'public', 'tenant'] as const).map((spelled) => ({ searchPath, tablesIn, spelled })),
    ),
  )
  // each on one of the two, on the other one the next day
  .flatMap((given, index) =>
    withSchemas.filter((engine) => isTurn(index, engine, withSchemas)).map((engine) => ({ engine, ...given })),
  );

describe('the version table is the one of the schema that is named, or else of the first in the search_path', () => {
  it.each(cases)('on $engine: search_path $searchPath, tables in $tablesIn, named: $spelled', async (given) => {
    const { engine, searchPath, tablesIn, spelled } = given;
    const database = await prepared(engine, tablesIn, searchPath);
    const first = searchPath.split(', ')[0] as Schema;
    const home = spelled ?? first;
    const other = schemas.find((schema) => schema !== home)!;
    const module = spelled === undefined ? {} : { versionTableSchema: spelled };
    // `a` stands in the first schema of the path, whoever keeps count of it
    const at = await start(database, {
      revisions: { ...revisions, aaaa: (op) => op.execute('create table if not exists a (n int)') },
      module,
    });
    await ledBy(searchPath, at);
    const isThere = tablesIn.includes(home);
    const events: MigrationEvent[] = [];
    const { rows } = await at.migrations.current({ onEvent: (event) => void events.push(event) });
    expect(rows).toEqual(isThere ? ['aaaa'] : []);
    const told = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    const isHinted = spelled === undefined && !isThere && tablesIn.includes(other);
    expect(told).toEqual(isHinted ? [expect.stringContaining(`set versionTableSchema: '${other}'`)] : []);
    const done = await at.migrations.upgrade();
    expect(done.steps.map(({ revision }) => revision)).toEqual(isThere ? ['bbbb'] : ['aaaa', 'bbbb']);
    expect(await rowsIn(at, home)).toEqual(['bbbb']);
    expect(await rowsIn(at, other)).toEqual(tablesIn.includes(other) ? ['aaaa'] : null);
  });

  it.each(['postgres', 'pglite'] as const)(
    'on %s: a search_path of schemas that are not there is said',
    async (engine) => {
      const database = await prepared(engine, [], 'nowhere');
      const at = await start(database, { revisions });
      await ledBy('nowhere', at);
      for (const command of ['upgrade', 'current', 'status'] as const) {
        await expect(at.migrations[command]()).rejects.toMatchObject({
          code: 'NO_SCHEMA',
          message: expect.stringContaining('No schema has been selected'),
        });
      }
    },
  );
});

/** What leads a session elsewhere, in the middle of a revision. */
const departures = (engine: Engine, other: string): readonly string[] => {
  if (engine === 'sqlite') return ['create temp table nest_migrate_version (version_num text)'];
  if (engine === 'mysql' || engine === 'mariadb') return [`use \`${other}\``];
  return [
    "select set_config('search_path', '', false)",
    'set search_path = elsewhere, public',
    "set schema 'elsewhere'",
  ];
};

describe.each(allEngines)('on %s a revision that leads its session elsewhere', (engine) => {
  it('moves the rows of the table that the run has begun with, and lets go of the lock', async () => {
    const database = await emptyDatabase(engine);
    const other = engine === 'mysql' || engine === 'mariadb' ? await emptyDatabase(engine) : undefined;
    const ways = departures(engine, other?.name ?? '');
    const module: MigrationModuleOptions = { lockWaitTimeout: 3_000 };
    const at = await start(database, {
      module,
      revisions: {
        aaaa: engine === 'postgres' || engine === 'pglite' ? executing('create schema elsewhere') : {},
        ...Object.fromEntries(ways.map((way, index) => [`bbb${index}`, executing(way)])),
      },
    });
    const last = `bbb${ways.length - 1}`;
    expect((await at.migrations.upgrade()).rows).toEqual([last]);
    // a PGlite has one connection, and its folder one owner
    const directory = `${at.folder.path}/migrations`;
    const again = engine === 'pglite' ? at : await start(database, { module: { ...module, directory } });
    expect((await again.migrations.current()).rows).toEqual([last]);
    expect((await again.migrations.downgrade({ target: 'base' })).rows).toEqual([]);
  });
});

describe.each(serverEngines)('the migration lock on %s', (engine) => {
  const locks = engine === 'postgres' ? (['session', 'transaction'] as const) : (['session'] as const);
  const both = locks.flatMap((held) =>
    locks.flatMap((wanted) => ['held', 'wanted'].map((named) => ({ held, wanted, named }))),
  );
  it.each(both)(
    "is the same for a table whose schema is named and for one whose schema is not: '$held' beside '$wanted', named: $named",
    async ({ held, wanted, named }) => {
      const database = await emptyDatabase(engine);
      const schema = { versionTableSchema: engine === 'postgres' ? 'public' : database.name };
      const slow = { aaaa: executing(gateStatement(engine, database.name)) };
      const gate = await closeGate(database);
      ending.push(() => gate.open());
      const of = (lock: 'held' | 'wanted'): MigrationModuleOptions => (named === lock ? schema : {});
      const one = await start(database, { revisions: slow, module: { ...of('held'), lock: held }, poolMax: 4 });
      const two = await start(database, { revisions: slow, module: { ...of('wanted'), lock: wanted }, poolMax: 4 });
      const running = one.migrations.upgrade();
      await gate.reached();
      expect((await two.migrations.status()).lock).not.toBeNull();
      await expect(two.migrations.upgrade({ lockWaitTimeout: 200 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await gate.open();
      await running;
      expect((await two.migrations.upgrade()).steps).toEqual([]);
    },
  );
});

describe('on PostgreSQL tenants whose roles have search_paths of their own', () => {
  it('do not keep one another waiting', async () => {
    const database = await prepared('postgres', [], 'tenant, public');
    const gate = await closeGate(database);
    ending.push(() => gate.open());
    const slow = { aaaa: executing(gateStatement('postgres', database.name)) };
    const tenant = await start(database, { revisions: slow });
    const running = tenant.migrations.upgrade();
    await gate.reached();
    const options = { ...database.options, driverOptions: { options: '-c search_path=public' } };
    const other = await start({ ...database, options }, { revisions });
    expect((await other.migrations.upgrade({ lockWaitTimeout: 200 })).rows).toEqual(['bbbb']);
    await gate.open();
    await running;
    expect([await rowsIn(other, 'tenant'), await rowsIn(other, 'public')]).toEqual([['aaaa'], ['bbbb']]);
  });
});

describe.each(['postgres', 'pglite'] as const)('a script for %s', (engine) => {
  it.each(['stop', 'go on'] as const)(
    "is refused where the table that it needs stands later in the search_path, by a client that would '%s'",
    async (onError) => {
      const database = await prepared(engine, ['public'], 'tenant, public');
      const at = await start(database, { revisions });
      const { sql: script } = await at.migrations.upgrade({ target: 'aaaa:bbbb', sql: true });
      const { sql: whole } = await at.migrations.upgrade({ sql: true });
      await ended(at);
      const open = await openDatabase(database);
      await ledBy('tenant, public', open);
      const refused = await runScript(open, script, { onError });
      expect(refused.stderr).toContain('There is no nest_migrate_version in the schema tenant');
      expect(refused.stderr).toContain('the one in public is not it');
      const done = await runScript(open, whole, { onError });
      expect(done).toMatchObject({ code: 0 });
      await open.orm.close(true);
      const look = await start(database, { revisions });
      expect([await rowsIn(look, 'tenant'), await rowsIn(look, 'public')]).toEqual([['bbbb'], ['aaaa']]);
    },
  );

  it('moves the rows of the table that it has begun with, whatever a revision sets', async () => {
    const database = await emptyDatabase(engine);
    const at = await start(database, {
      revisions: {
        aaaa: (op) => op.execute('create schema elsewhere'),
        ...Object.fromEntries(departures(engine, '').map((way, index) => [`bbb${index}`, executing(way)])),
      },
    });
    const { sql: script } = await at.migrations.upgrade({ sql: true });
    await ended(at);
    const open = await openDatabase(database);
    expect(await runScript(open, script)).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/error/i) });
    await open.orm.close(true);
    const look = await start(database, {});
    expect(await rowsIn(look, 'public')).toEqual(['bbb2']);
  });
});

describe.each(['mysql', 'mariadb'] as const)('a script for %s', (engine) => {
  it('holds no `use`, behind which its own tables would be looked for elsewhere, unless their database is named', async () => {
    const database = await emptyDatabase(engine);
    const revision = { aaaa: executing('/* to */ use `mysql`') };
    const at = await start(database, { revisions: revision });
    await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow('set versionTableSchema');
    const named = await start(database, { revisions: revision, module: { versionTableSchema: database.name } });
    expect((await named.migrations.upgrade({ sql: true })).sql).toContain('use `mysql`');
  });

  it('takes the lock in a statement that selects nothing else, and does nothing while another holds it', async () => {
    const database = await emptyDatabase(engine);
    const slow = { aaaa: executing(gateStatement(engine, database.name)) };
    const gate = await closeGate(database);
    ending.push(() => gate.open());
    const module = { lockWaitTimeout: 1_000 };
    const at = await start(database, { revisions: slow, module });
    const quick = await start(database, { revisions: { aaaa: (op) => op.execute('create table a (n int)') }, module });
    const { sql: script } = await quick.migrations.upgrade({ sql: true });
    expect(script).toMatch(/^select get_lock\(.*\) as migration_lock;$/m);
    const running = at.migrations.upgrade();
    await gate.reached();
    const open = await openDatabase(database);
    ending.push(() => open.orm.close(true));
    for (const onError of ['stop', 'go on'] as const) {
      const { stderr } = await runScript(open, script, { onError });
      expect(stderr).toContain('Another process holds the migration lock');
    }
    await gate.open();
    expect((await running).rows).toEqual(['aaaa']);
  });
});

describe('on a server that takes names in any case for the same', () => {
  it('a version table has one lock, however its name and that of its database are written', async () => {
    const server = await startMariadb({ settings: ['--lower-case-table-names=1'] });
    ending.push(() => server.stop());
    const database = await createDatabase('mariadb', { server });
    const slow = { aaaa: executing('create table a as select sleep(2) as n') };
    const upper = { versionTable: 'Nest_Migrate_Version', versionTableSchema: database.name.toUpperCase() };
    const one = await start(database, { revisions: slow });
    const two = await start(database, { revisions: slow, module: upper });
    let isLocked = false;
    const running = one.migrations.upgrade({ onEvent: ({ type }) => void (isLocked ||= type === 'statementStarted') });
    while (!isLocked) await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(two.migrations.upgrade({ lockWaitTimeout: 100 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await running;
    expect((await two.migrations.upgrade()).steps).toEqual([]);
    expect((await two.migrations.current()).rows).toEqual(['aaaa']);
  });
});

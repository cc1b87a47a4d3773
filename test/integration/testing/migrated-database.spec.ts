import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { MikroOrmModule, MIKRO_ORM_MODULE_OPTIONS } from '@mikro-orm/nestjs';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { SqliteDriver } from '@mikro-orm/sqlite';
import { type Options, type SqlEntityManager } from '@mikro-orm/sql';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MigrationError, MigrationModule, MigrationService } from 'nest-migrate';
import { type MigratedDatabase, migratedDatabase } from 'nest-migrate/testing';
import { type Row, serverOf } from '../../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { abandonedDatabases } from '../../support/rehearsals.ts';
import { executing, given, revision, type RevisionFile } from '../../support/revision-file.ts';
import { isTurn } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const Event = defineEntity({
  name: 'Event',
  properties: { id: p.integer().primary(), name: p.string().length(50), at: p.datetime(), tags: p.json<string[]>() },
});
const entities = [Event];

/**
 * What an application gives to MikroOrmModule, on each engine; the database that it names is not there. PGlite's log is
 * small, since each snapshot holds it: 16 MB unless told, which the last of these tests has.
 */
const configurations: Readonly<Record<string, () => Partial<Options>>> = {
  PGlite: () => ({
    ...{ driver: PgliteDriver, dbName: '/nowhere/at/all', entities },
    driverOptions: { initDbStartParams: ['--wal-segsize=1'] },
  }),
  PostgreSQL: () => {
    const { host, port, user, password } = serverOf('postgres');
    return { driver: PostgreSqlDriver, dbName: 'not_there', host, port, user, password, entities };
  },
};

let folder: TemporaryFolder;
const cleanups: (() => Promise<unknown>)[] = [];
let runs: string;
beforeEach(async () => {
  folder = await temporaryFolder('testing', { files: { 'migrations/package.json': '{ "type": "module" }\n' } });
  await mkdir(join(folder.path, 'migrations', 'versions'));
  runs = join(folder.path, 'runs');
  await writeFile(runs, '');
  // the folder's name makes the content, and so the key, this test's own
  await writeRevision({
    id: 'aaaa',
    message: folder.path,
    upgrade: given({ runs }, async (op, values) => {
      await (await import('node:fs/promises')).appendFile(values.runs, '.');
      await op.createTable('event', {
        columns: {
          id: { type: 'integer', primary: true, autoincrement: true },
          name: { type: 'string', length: 50 },
          at: { type: 'datetime', length: 0 },
          tags: { type: 'json' },
        },
      });
    }),
  });
  await writeRevision({
    id: 'bbbb',
    down: 'aaaa',
    upgrade: (op) => op.bulkInsert('event', [{ name: 'seed', at: new Date(Date.UTC(2026, 0, 2)), tags: '["a"]' }]),
  });
});
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
  await folder.remove();
});
async function writeRevision(file: RevisionFile): Promise<void> {
  await writeFile(join(folder.path, 'migrations', 'versions', `${file.id}.ts`), revision(file));
}

const directory = (): string => join(folder.path, 'migrations');

async function databaseFor(
  orm: Partial<Options>,
  more: Partial<Parameters<typeof migratedDatabase>[0]> = {},
): Promise<MigratedDatabase<Partial<Options>>> {
  const scratch = { snapshots: { folder: snapshots } };
  const database = await migratedDatabase({ orm, directory: directory(), scratch, ...more });
  cleanups.push(() => database.close());
  return database;
}

async function open(database: MigratedDatabase<Partial<Options>>): Promise<SqlEntityManager> {
  const orm = await MikroORM.init(database.options);
  cleanups.push(() => orm.close(true));
  return orm.em.fork();
}

/** How often the revisions have run. */
const ran = async (): Promise<number> => (await readFile(runs, 'utf8')).length;
/** The copies that are there without the process that uses them. */
const copies = async (): Promise<readonly string[]> => abandonedDatabases('postgres');

// of this file alone: no other process adds to it, or takes away what is beyond its limits
let snapshots: string;
beforeAll(async () => {
  snapshots = await mkdtemp(join(tmpdir(), 'snapshots-'));
});
afterAll(() => rm(snapshots, { recursive: true }));

/** The files that `work` adds to what is kept, the older ones first. */
async function added(work: () => Promise<unknown>): Promise<readonly string[]> {
  const names = async (): Promise<readonly string[]> => readdir(snapshots).catch(() => []);
  const before = await names();
  await work();
  const paths = (await names()).filter((name) => !before.includes(name)).map((name) => join(snapshots, name));
  cleanups.push(...paths.map((path) => () => rm(path, { force: true })));
  const times = await Promise.all(paths.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  return times.sort((one, other) => one.time - other.time).map(({ path }) => path);
}

describe.each(Object.keys(configurations))('migratedDatabase() on %s', (name) => {
  const configuration = (): Partial<Options> => configurations[name]();
  /** What is decided before there is a database: on one of them, on the other one the next day. */
  const inTurn = (ordinal: number, title: string, test: () => Promise<void>): void => {
    if (isTurn(ordinal, name, Object.keys(configurations))) it(title, test);
  };

  it('is at head, and each call has one of its own', async () => {
    const [first, second] = [
      await open(await databaseFor(configuration())),
      await open(await databaseFor(configuration())),
    ];
    await first.insert(Event, { name: 'mine', at: new Date(0), tags: [] });
    // values come as the driver brings them on any other database
    expect(await first.find(Event, {}, { orderBy: { id: 1 } })).toMatchObject([
      { name: 'seed', at: new Date(Date.UTC(2026, 0, 2)), tags: ['a'] },
      { name: 'mine', at: new Date(0), tags: [] },
    ]);
    expect(await second.count(Event)).toBe(1);
  });

  inTurn(0, 'stands in for the database of an application that is tested as it is', async () => {
    @Module({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot(configuration()),
          directory: directory(),
          onBootstrap: 'upgrade',
        }),
      ],
    })
    class AppModule {}
    const database = await databaseFor(configuration());
    const app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(MIKRO_ORM_MODULE_OPTIONS)
      .useValue(database.options)
      .compile();
    await app.init();
    expect(await app.get(MigrationService).current()).toMatchObject({ rows: ['bbbb'], atHead: true });
    expect((await app.get(MigrationService).upgrade()).steps).toEqual([]);
    await app.close();
    // and for the next application of the same file
    const em = await open(database);
    expect(await em.count(Event)).toBe(1);
  });

  it('runs the revisions once for all, and again when a file beside them has changed', async () => {
    await symlink(directory(), join(directory(), 'circle'));
    await Promise.all([databaseFor(configuration()), databaseFor(configuration()), databaseFor(configuration())]);
    expect(await ran()).toBe(1);
    await databaseFor(configuration());
    expect(await ran()).toBe(1);
    await writeFile(join(directory(), 'seed.json'), JSON.stringify({ by: name }));
    const [first, second] = await Promise.all([databaseFor(configuration()), databaseFor(configuration())]);
    expect(await ran()).toBe(2);
    expect(first.options).not.toEqual(second.options);
  });

  inTurn(
    0,
    'runs revisions that take something from elsewhere each time, unless a key tells what that is',
    async () => {
      await writeFile(join(folder.path, 'elsewhere.mjs'), 'export const seeds = [];');
      await writeRevision({ id: 'cccc', down: 'bbbb', upgrade: { call: "import('../../elsewhere.mjs')" } });
      await databaseFor(configuration(), { key: 'one' });
      await databaseFor(configuration(), { key: 'one' });
      expect(await ran()).toBe(1);
      await databaseFor(configuration(), { key: 'two' });
      expect(await ran()).toBe(2);
    },
  );

  it('says what failed, keeps nothing of it, and works once it is mended', async () => {
    await writeRevision({ id: 'cccc', down: 'bbbb', upgrade: executing('select broken(') });
    const failing = databaseFor(configuration());
    await expect(failing).rejects.toMatchObject({ code: 'REVISION_FAILED', failure: { revision: 'cccc' } });
    expect(await copies()).toEqual([]);
    await rm(join(directory(), 'versions', 'cccc.ts'));
    await writeRevision({ id: 'dddd', down: 'bbbb' });
    expect(
      await (await open(await databaseFor(configuration()))).execute('select version_num from nest_migrate_version'),
    ).toEqual([{ version_num: 'dddd' }]);
  });

  inTurn(1, 'gives revisions stand-ins for the services that they need', async () => {
    await writeRevision({
      id: 'dddd',
      down: 'bbbb',
      services: ['names'],
      upgrade: (op) => op.transaction(async ({ get }) => get<{ add(text: string): void }>('names').add('by a service')),
    });
    const lacking = await databaseFor(configuration()).catch((error: unknown) => error as MigrationError);
    expect(lacking).toMatchObject({ code: 'MIGRATED_DATABASE' });
    expect((lacking as MigrationError).message).toBe(
      "Revision dddd needs the service 'names'. Give migratedDatabase() a stand-in: services: () => ({ names: { … } }).",
    );
    const database = await databaseFor(configuration(), {
      services: (em) => ({
        names: { add: (text: string) => em.persist(em.create(Event, { name: text, at: new Date(0), tags: [] })) },
      }),
    });
    expect(await (await open(database)).count(Event)).toBe(2);
  });

  it('leaves nothing behind but what is kept for the next run', async () => {
    const scratch = { snapshots: { folder: snapshots } };
    const database = await migratedDatabase({ orm: configuration(), directory: directory(), scratch });
    const orm = await MikroORM.init(database.options);
    await orm.em.fork().count(Event);
    await orm.close(true);
    await database.close();
    expect(await copies()).toEqual([]);
    await databaseFor(configuration());
    expect(await ran()).toBe(1);
  });
});

describe('the empty PGlite that migratedDatabase() keeps for its next snapshots', () => {
  const ownName = `${process.pid} ${Date.now()}`;
  /** With an option that PGlite ignores, so that these tests have empty ones of their own. */
  const own = (more: object = {}): Partial<Options> => ({
    ...configurations['PGlite'](),
    driverOptions: { initDbStartParams: ['--wal-segsize=1'], test: ownName, ...more },
  });
  let first: { readonly file: string; readonly whole: Buffer } | undefined;
  /** The one of own(): to make it takes seconds of the processor, so what the first test made is put there again. */
  const kept = async (): Promise<{ readonly file: string; readonly whole: Buffer }> => {
    if (first === undefined) {
      // the empty one, and the one at head
      const [file, , ...others] = await added(() => databaseFor(own()));
      expect(others).toEqual([]);
      first = { file, whole: await readFile(file) };
    } else {
      const { file, whole } = first;
      await writeFile(file, whole);
      cleanups.push(() => rm(file, { force: true }));
    }
    return first;
  };

  it('is made once, and what it holds is what the next snapshot begins with', async () => {
    const { file, whole } = await kept();
    const planted = await MikroORM.init({
      ...{ driver: PgliteDriver, dbName: 'memory://', entities: [], discovery: { warnWhenNoEntities: false } },
      driverOptions: () => ({ loadDataDir: new Blob([whole.subarray(32)]) }),
    });
    const connection = planted.em.getConnection();
    await connection.execute('create table planted (n int)');
    const dump = await (await connection.getNativeClient()).dumpDataDir('none');
    const content = new Uint8Array(await dump.arrayBuffer());
    await writeFile(file, Buffer.concat([createHash('sha256').update(content).digest(), content]));
    await planted.close(true);
    expect(
      await added(async () => {
        const em = await open(await databaseFor(own(), { key: 'another' }));
        expect(await em.execute('select * from planted')).toEqual([]);
        expect(await em.count(Event)).toBe(1);
      }),
      // at head alone
    ).toHaveLength(1);
  });

  it('holds nothing that a revision has done', async () => {
    await kept();
    for (const id of ['aaaa', 'bbbb']) await rm(join(directory(), 'versions', `${id}.ts`));
    await writeRevision({ id: 'cccc', upgrade: executing('create table other (n int)') });
    const em = await open(await databaseFor(own()));
    expect(await em.execute("select tablename as name from pg_tables where schemaname = 'public' order by 1")).toEqual(
      ['nest_migrate_history', 'nest_migrate_version', 'other'].map((name) => ({ name })),
    );
  });

  const broken = ['empty', 'half', 'garbage'];
  it.each(broken.filter((how) => isTurn(0, how, broken)))('is made again where its file is broken: %s', async (how) => {
    const { file, whole } = await kept();
    const content = {
      empty: whole.subarray(0, 0),
      half: whole.subarray(0, whole.length / 2),
      garbage: whole.map((byte, at) => (at > 4e6 && at < 8e6 ? 7 : byte)),
    }[how]!;
    await writeFile(file, content);
    const em = await open(await databaseFor(own(), { key: 'another' }));
    expect(await em.count(Event)).toBe(1);
    expect((await stat(file)).size).toBe(whole.length);
  });

  it('does not stand in where the parameters of initdb or the options differ', async () => {
    await kept();
    const options = [own(), own({ initDbStartParams: ['--wal-segsize=2'] }), own({ postgresqlconf: 'work_mem = 5MB' })];
    const made = await added(async () => {
      const managers = [];
      for (const orm of options) managers.push(await open(await databaseFor(orm)));
      const sizes = await Promise.all(
        managers.map((em) =>
          em.execute<Row[]>(
            "select current_setting('wal_segment_size') as size, current_setting('work_mem') as memory",
          ),
        ),
      );
      expect(sizes.flat()).toEqual([
        { size: '1MB', memory: '4MB' },
        { size: '2MB', memory: '4MB' },
        { size: '1MB', memory: '5MB' },
      ]);
    });
    // three at head, and two empty ones
    expect(made).toHaveLength(5);
  });

  it('is not kept where an option holds what no name can tell, such as a function', async () => {
    expect(await added(() => databaseFor(own({ anything: () => 1 })))).toEqual([]);
  });

  it('may be made by several at once', async () => {
    const made = await added(async () => {
      const all = await Promise.all(['a', 'b'].map((key) => databaseFor(own({ several: true }), { key })));
      for (const database of all) expect(await (await open(database)).count(Event)).toBe(1);
    });
    expect(made).toHaveLength(3);
    expect((await readdir(snapshots)).filter((name) => name.includes('.draft-'))).toEqual([]);
  });
});

describe('migratedDatabase()', () => {
  it('makes the snapshot again where its file is broken', async () => {
    const [file = ''] = (await added(() => databaseFor(configurations['PGlite']()))).slice(-1);
    await writeFile(file, 'broken');
    expect(await (await open(await databaseFor(configurations['PGlite']()))).count(Event)).toBe(1);
    expect((await stat(file)).size).toBeGreaterThan(1e6);
  });

  it("puts PGlite in the place of the application's server", async () => {
    const orm = { ...configurations['PostgreSQL'](), clientUrl: 'postgresql://nobody@192.0.2.1/none', port: 1 };
    const em = await open(await databaseFor(orm, { engine: 'pglite' }));
    expect(await em.count(Event)).toBe(1);
  });

  it('refuses a driver that it does not work with, and a directory that is not there', async () => {
    class LibSqlDriver extends SqliteDriver {}
    await expect(migratedDatabase({ orm: { driver: LibSqlDriver, dbName: 'x' } })).rejects.toThrow(
      'migratedDatabase() does not work with the driver LibSqlDriver. Give it `orm` options whose driver is',
    );
    await expect(databaseFor(configurations['PGlite'](), { directory: '/not/there' })).rejects.toMatchObject({
      code: 'SCRIPT_DIRECTORY_MISSING',
    });
  });

  it('says in one line why the server makes no database', async () => {
    const orm = { ...configurations['PostgreSQL'](), port: 1 };
    const error = await databaseFor(orm).catch((failure: unknown) => failure as MigrationError);
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect((error as MigrationError).message).toMatch(
      /^Can't connect to the database at .*:1: connection refused\. .*$/,
    );
  });
});

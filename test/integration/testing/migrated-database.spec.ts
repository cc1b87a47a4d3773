import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { MikroOrmModule, MIKRO_ORM_MODULE_OPTIONS } from '@mikro-orm/nestjs';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { MySqlDriver } from '@mikro-orm/mysql';
import { type Options, type SqlEntityManager } from '@mikro-orm/sql';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MigrationError, MigrationModule, MigrationService } from 'nest-migrate';
import { type MigratedDatabase, migratedDatabase } from 'nest-migrate/testing';
import { adminQuery, type Row, serverOf } from '../../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { executing, revision, type RevisionFile } from '../../support/revision-file.ts';

const Event = defineEntity({
  name: 'Event',
  properties: { id: p.integer().primary(), name: p.string().length(50), at: p.datetime(), tags: p.json<string[]>() },
});
const entities = [Event];

/** What an application gives to MikroOrmModule, on each engine; the database that it names is not there. */
const configurations: Readonly<Record<string, () => Partial<Options>>> = {
  PGlite: () => ({ driver: PgliteDriver, dbName: '/nowhere/at/all', entities }),
  PostgreSQL: () => {
    const { host, port, user, password } = serverOf('postgres');
    return { driver: PostgreSqlDriver, dbName: 'not_there', host, port, user, password, entities };
  },
};

let folder: TemporaryFolder;
const cleanups: (() => Promise<unknown>)[] = [];
let dumpsBefore: readonly string[];
beforeAll(async () => {
  dumpsBefore = await dumps();
});
beforeEach(async () => {
  folder = await temporaryFolder('testing', { files: { 'migrations/package.json': '{ "type": "module" }\n' } });
  await mkdir(join(folder.path, 'migrations', 'versions'));
  // the folder's name makes the content, and so the key, this test's own
  await writeRevision({
    id: 'aaaa',
    message: folder.path,
    upgrade: (op) =>
      op.createTable('event', {
        columns: {
          id: { type: 'integer', primary: true, autoincrement: true },
          name: { type: 'string', length: 50 },
          at: { type: 'datetime', length: 0 },
          tags: { type: 'json' },
        },
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
afterAll(async () => {
  for (const name of await dumps()) if (!dumpsBefore.includes(name)) await rm(join(dumpFolder, name));
  for (const { name } of await adminQuery(
    'postgres',
    "select datname as name from pg_database where datname like 'nest_migrate_%'",
  )) {
    await adminQuery('postgres', `drop database "${String(name)}" with (force)`);
  }
});

async function writeRevision(file: RevisionFile): Promise<void> {
  await writeFile(join(folder.path, 'migrations', 'versions', `${file.id}.ts`), revision(file));
}

const directory = (): string => join(folder.path, 'migrations');

async function databaseFor(
  orm: Partial<Options>,
  more: Partial<Parameters<typeof migratedDatabase>[0]> = {},
): Promise<MigratedDatabase<Partial<Options>>> {
  const database = await migratedDatabase({ orm, directory: directory(), ...more });
  cleanups.push(() => database.close());
  return database;
}

async function open(database: MigratedDatabase<Partial<Options>>): Promise<SqlEntityManager> {
  const orm = await MikroORM.init(database.options);
  cleanups.push(() => orm.close(true));
  return orm.em.fork();
}

const dumpFolder = join(tmpdir(), `nest-migrate-testing-${process.getuid?.() ?? 0}`);
const dumps = async (): Promise<readonly string[]> => {
  const all = await readdir(dumpFolder).catch(() => []);
  return all.filter((name) => name.endsWith('.pglite'));
};
const templates = async (): Promise<readonly unknown[]> =>
  adminQuery('postgres', "select datname from pg_database where datname like 'nest_migrate_template_%'");
const copies = async (): Promise<readonly unknown[]> =>
  adminQuery('postgres', "select datname from pg_database where datname ~ '^nest_migrate_(test|draft)_'");

describe.each(Object.keys(configurations))('migratedDatabase() on %s', (name) => {
  const configuration = (): Partial<Options> => configurations[name]();

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

  it('stands in for the database of an application that is tested as it is', async () => {
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
    const kept = name === 'PGlite' ? dumps : templates;
    await symlink(directory(), join(directory(), 'circle'));
    await databaseFor(configuration());
    const before = await kept();
    await Promise.all([databaseFor(configuration()), databaseFor(configuration())]);
    expect(await kept()).toEqual(before);
    await writeFile(join(directory(), 'seed.json'), JSON.stringify({ by: name }));
    const [first, second] = await Promise.all([databaseFor(configuration()), databaseFor(configuration())]);
    expect((await kept()).filter((entry) => !before.some((old) => isDeepStrictEqual(old, entry)))).toHaveLength(1);
    expect(first.options).not.toEqual(second.options);
  });

  it('says what failed, keeps nothing of it, and works once it is mended', async () => {
    const before = [await dumps(), await templates(), await copies()];
    await writeRevision({ id: 'cccc', down: 'bbbb', upgrade: executing('select broken(') });
    const failing = databaseFor(configuration());
    await expect(failing).rejects.toMatchObject({ code: 'REVISION_FAILED', failure: { revision: 'cccc' } });
    expect([await dumps(), await templates(), await copies()]).toEqual(before);
    await rm(join(directory(), 'versions', 'cccc.ts'));
    await writeRevision({ id: 'dddd', down: 'bbbb' });
    expect(
      await (await open(await databaseFor(configuration()))).execute('select version_num from nest_migrate_version'),
    ).toEqual([{ version_num: 'dddd' }]);
  });

  it('gives revisions stand-ins for the services that they need', async () => {
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
    const before = await dumps();
    const database = await migratedDatabase({ orm: configuration(), directory: directory() });
    const orm = await MikroORM.init(database.options);
    await orm.em.fork().count(Event);
    await orm.close(true);
    await database.close();
    const kept = (await dumps()).filter((entry) => !before.includes(entry));
    const locks = (await readdir(dumpFolder).catch(() => [])).filter((entry) => entry.endsWith('.lock'));
    // other test processes make some of their own meanwhile
    if (name === 'PGlite') expect(kept.filter((entry) => !locks.includes(`${entry}.lock`))).not.toEqual([]);
    expect(await copies()).toEqual([]);
  });
});

describe('the empty PGlite that migratedDatabase() keeps for its next snapshots', () => {
  const ownName = `${process.pid} ${Date.now()}`;
  /** With an option that PGlite ignores, so that these tests have empty ones of their own. */
  const own = (more: object = {}): Partial<Options> => ({
    ...configurations['PGlite'](),
    driverOptions: { initDbStartParams: ['--wal-segsize=1'], test: ownName, ...more },
  });
  const empties = async (): Promise<readonly string[]> =>
    (await readdir(dumpFolder).catch(() => [])).filter((name) => name.endsWith('.pglite-empty'));
  /** The files that `work` adds. */
  const added = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = await empties();
    await work();
    const names = (await empties()).filter((name) => !before.includes(name));
    cleanups.push(...names.map((name) => () => rm(join(dumpFolder, name), { force: true })));
    return names.map((name) => join(dumpFolder, name));
  };
  let first: { readonly file: string; readonly whole: Buffer } | undefined;
  /** The one of own(): to make it takes seconds of the processor, so what the first test made is put there again. */
  const kept = async (): Promise<{ readonly file: string; readonly whole: Buffer }> => {
    if (first === undefined) {
      const [file, ...others] = await added(() => databaseFor(own()));
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
    ).toEqual([]);
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

  it.each(['empty', 'half', 'garbage'])('is made again where its file is broken: %s', async (how) => {
    const { file, whole } = await kept();
    const broken = {
      empty: whole.subarray(0, 0),
      half: whole.subarray(0, whole.length / 2),
      garbage: whole.map((byte, at) => (at > 4e6 && at < 8e6 ? 7 : byte)),
    }[how]!;
    await writeFile(file, broken);
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
    expect(made).toHaveLength(2);
  });

  it('is not kept where an option holds what no name can tell, such as a function', async () => {
    expect(await added(() => databaseFor(own({ anything: () => 1 })))).toEqual([]);
  });

  it('may be made by several at once', async () => {
    const made = await added(async () => {
      const all = await Promise.all(['a', 'b', 'c'].map((key) => databaseFor(own({ several: true }), { key })));
      for (const database of all) expect(await (await open(database)).count(Event)).toBe(1);
    });
    expect(made).toHaveLength(1);
    expect((await readdir(dumpFolder)).filter((name) => name.includes('.draft-'))).toEqual([]);
  });
});

describe('migratedDatabase()', () => {
  it('makes the snapshot again where its file is broken', async () => {
    const before = await dumps();
    await databaseFor(configurations['PGlite']());
    const [name] = (await dumps()).filter((entry) => !before.includes(entry));
    await writeFile(join(dumpFolder, name), 'broken');
    expect(await (await open(await databaseFor(configurations['PGlite']()))).count(Event)).toBe(1);
    expect((await stat(join(dumpFolder, name))).size).toBeGreaterThan(1e6);
  });

  it("puts PGlite in the place of the application's server", async () => {
    const orm = { ...configurations['PostgreSQL'](), clientUrl: 'postgresql://nobody@192.0.2.1/none', port: 1 };
    const em = await open(await databaseFor(orm, { engine: 'pglite' }));
    expect(await em.count(Event)).toBe(1);
  });

  it('removes dumps that nothing has used for a week, when it makes another', async () => {
    await databaseFor(configurations['PGlite']());
    const old = join(dumpFolder, 'old.pglite');
    await writeFile(old, '');
    await utimes(old, new Date(0), new Date(0));
    await databaseFor(configurations['PGlite'](), { key: folder.path });
    expect(await dumps()).not.toContain('old.pglite');
  });

  it('refuses a driver that it does not work with, and a directory that is not there', async () => {
    await expect(migratedDatabase({ orm: { driver: MySqlDriver, dbName: 'x' } })).rejects.toThrow(
      'migratedDatabase() does not work with the driver MySqlDriver. Give it `orm` options whose driver is',
    );
    await expect(databaseFor(configurations['PGlite'](), { directory: '/not/there' })).rejects.toMatchObject({
      code: 'SCRIPT_DIRECTORY_MISSING',
    });
  });

  it('says in one line why the server makes no database', async () => {
    const orm = { ...configurations['PostgreSQL'](), port: 1 };
    const error = await databaseFor(orm).catch((failure: unknown) => failure as MigrationError);
    expect(error).toMatchObject({ code: 'MIGRATED_DATABASE' });
    expect((error as MigrationError).message).toMatch(
      /^A test database can't be made on the PostgreSQL server: .*ECONNREFUSED.*$/,
    );
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { type Options } from '@mikro-orm/sql';
import { databaseAt, type DatabaseAt } from 'nest-migrate/testing';
import { serverEngines, serverOf } from '../../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { abandonedDatabases } from '../../support/rehearsals.ts';
import { executing, revision } from '../../support/revision-file.ts';
import { drivers } from '../../support/servers/query.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

/** The entity as it is at head: the revision in the middle has given it its price. */
const Book = defineEntity({
  name: 'Book',
  properties: { id: p.integer().primary(), title: p.string().length(50), price: p.integer() },
});

let folder: TemporaryFolder;
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await temporaryFolder('testing', { files: { 'migrations/package.json': '{ "type": "module" }\n' } });
  const versions = join(folder.path, 'migrations', 'versions');
  await mkdir(versions);
  const files = [
    revision({
      id: 'aaaa',
      message: folder.path,
      upgrade: (op) =>
        op.createTable('book', {
          columns: {
            id: { type: 'integer', primary: true, autoincrement: true },
            title: { type: 'string', length: 50 },
          },
        }),
      downgrade: (op) => op.dropTable('book'),
    }),
    revision({
      id: 'bbbb',
      down: 'aaaa',
      upgrade: async (op) => {
        await op.addColumn('book', 'price', { type: 'integer', default: 0 });
        await op.execute("update book set price = 750 where title = 'Emma'");
      },
      downgrade: (op) => op.dropColumn('book', 'price'),
    }),
    revision({ id: 'cccc', down: 'bbbb', upgrade: executing("delete from book where title = 'Emma'") }),
  ];
  for (const [index, text] of files.entries()) await writeFile(join(versions, `${index}.ts`), text);
});
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
  await folder.remove();
});

describe.each(enginesByDialect('database-at'))('databaseAt() on %s', (engine) => {
  async function configuration(): Promise<Partial<Options>> {
    const driver = await drivers[engine]();
    const server = serverEngines.find((name) => name === engine);
    if (server === undefined) return { driver, dbName: '/nowhere/at/all', entities: [Book] };
    const { host, port, user, password } = serverOf(server);
    return { driver, dbName: 'not_there', host, port, user, password, entities: [Book] };
  }

  async function at(symbol: string): Promise<DatabaseAt<Partial<Options>>> {
    const options = { orm: await configuration(), directory: join(folder.path, 'migrations') };
    const database = await databaseAt(symbol, options);
    cleanups.push(() => database.close());
    return database;
  }

  it('stands at the revision, and goes on from there with the rows that were put in', async () => {
    const database = await at('aaaa');
    await database.execute('insert into book (title) values (?)', ['Emma']);
    expect(await database.execute('select title from book')).toEqual([{ title: 'Emma' }]);
    await database.upgrade('bbbb');
    // an ORM of the test, beside it
    const orm = await MikroORM.init(database.options);
    cleanups.push(() => orm.close(true));
    expect(await orm.em.fork().find(Book, {})).toMatchObject([{ title: 'Emma', price: 750 }]);
    await database.downgrade('aaaa');
    expect(await database.execute('select * from book')).toEqual([{ id: 1, title: 'Emma' }]);
    await database.upgrade();
    expect(await database.execute('select * from book')).toEqual([]);
    expect(await database.execute('select version_num from nest_migrate_version')).toEqual([{ version_num: 'cccc' }]);
    await database.downgrade();
    expect(await database.execute('select version_num from nest_migrate_version')).toEqual([{ version_num: 'bbbb' }]);
  });

  it('stands before the first revision at base, and at a relative symbol, each time apart from the others', async () => {
    const before = await abandonedDatabases(engine);
    const [base, other] = [await at('base'), await at('head-2')];
    await other.execute("insert into book (title) values ('Persuasion')");
    await base.upgrade('aaaa');
    expect(await base.execute('select * from book')).toEqual([]);
    await base.downgrade('base');
    expect(await other.execute('select title from book')).toEqual([{ title: 'Persuasion' }]);
    while (cleanups.length > 0) await cleanups.pop()!();
    expect((await abandonedDatabases(engine)).filter((name) => !before.includes(name))).toEqual([]);
  });

  it('fails as the revision does, and stays where that leaves it', async () => {
    await writeFile(
      join(folder.path, 'migrations', 'versions', 'dddd.ts'),
      revision({ id: 'dddd', down: 'cccc', upgrade: executing('no statement') }),
    );
    const database = await at('cccc');
    await expect(database.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED', failure: { revision: 'dddd' } });
    expect(await database.execute('select version_num from nest_migrate_version')).toEqual([{ version_num: 'cccc' }]);
  });
});

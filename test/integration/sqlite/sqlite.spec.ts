/** What only SQLite needs: tables that are rebuilt, a transaction that is the lock, a file that appears by itself. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineEntity, p } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { SqliteDriver as NativeSqlite } from '@mikro-orm/sqlite';
import { MikroORM, NodeSqliteDialect, SqliteDriver, type AbstractSqlConnection } from '@mikro-orm/sql';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { getMigrationServiceToken, type MigrationEvent, MigrationModule, type MigrationService } from 'nest-migrate';
import { createDatabase } from '../../support/databases.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { executing, given } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { sqliteDump } from '../../support/sqlite-dump.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(options: Parameters<typeof scenario>[1]): Promise<Scenario> {
  const started = await scenario('sqlite', options);
  running.push(started);
  return started;
}

function connectionOf({ orm }: Scenario): AbstractSqlConnection {
  return orm.em.getConnection() as AbstractSqlConnection;
}

async function rows(at: Scenario, sql: string): Promise<readonly unknown[]> {
  return connectionOf(at).execute<unknown[]>(sql);
}

/** A parent with everything that is lost by a rebuild from the columns alone. */
const everything = [
  `create table author (
     id integer primary key autoincrement, name text collate nocase not null, age int check (age > 0) default 30,
     shout text generated always as (upper(name)) stored, constraint named_well check (name <> ''))`,
  `create table book (
     id integer primary key, author_id integer not null references author (id) on delete cascade, title text,
     constraint book_title unique (title) on conflict ignore)`,
  `create table tag (code text not null, label text, primary key (code)) strict, without rowid`,
  `create table note (author_id integer, text text)`,
  `create index author_adult on author (age) where age >= 18`,
  `create unique index author_name on author (lower(name))`,
  `create view author_names as select id, name from author`,
  `create trigger author_noted after update on author begin insert into note values (new.id, 'touched'); end`,
  `create trigger book_noted after insert on book begin update author set age = age + 1 where id = new.author_id; end`,
  `insert into author (id, name) values (1, 'Ada'), (2, 'Bob'), (9, 'Cy')`,
  `delete from author where id = 9`,
  `insert into book (author_id, title) values (1, 'One'), (2, 'Two')`,
  `insert into note (rowid, author_id, text) values (70, 1, 'kept')`,
  `insert into tag values ('a', 'A')`,
];

const made = executing(...everything);

describe('a table that is rebuilt', () => {
  it('loses nothing: rows that refer to it, counters, triggers, views, indexes and what stands in its own text', async () => {
    const at = await start({ revisions: { aaaa: made } });
    await at.migrations.upgrade();
    const before = await sqliteDump(connectionOf(at));
    await at.addRevision(
      'bbbb',
      'aaaa',
      async (op) => {
        await op.batchAlterTable('author', async (batch) => {
          await batch.alterColumn('author', 'age', { nullable: false });
          await batch.createCheckConstraint('author', 'age < 200', { name: 'author_age' });
          await batch.addColumn('author', 'born', { type: 'date', defaultRaw: 'current_date' });
        });
        await op.alterColumn('note', 'text', { nullable: false });
        await op.alterColumn('tag', 'label', { default: 'none' });
      },
      async (op) => {
        await op.batchAlterTable('author', async (batch) => {
          await batch.dropColumn('author', 'born');
          await batch.dropConstraint('author', 'author_age', { type: 'check' });
          await batch.alterColumn('author', 'age', { nullable: true });
        });
        await op.alterColumn('note', 'text', { nullable: true });
        await op.alterColumn('tag', 'label', { default: null });
      },
    );
    const statements: string[] = [];
    await at.migrations.upgrade({
      onEvent: (event: MigrationEvent) => {
        if (event.type === 'statementFinished') statements.push(event.sql);
      },
    });
    expect(statements.filter((sql) => sql.startsWith('create table'))).toHaveLength(3);
    expect(await rows(at, 'select id, name, shout, age from author order by id')).toEqual([
      { id: 1, name: 'Ada', shout: 'ADA', age: 31 },
      { id: 2, name: 'Bob', shout: 'BOB', age: 31 },
    ]);
    expect(await rows(at, 'select author_id, title from book order by id')).toEqual([
      { author_id: 1, title: 'One' },
      { author_id: 2, title: 'Two' },
    ]);
    expect(await rows(at, 'select rowid, text from note order by rowid')).toContainEqual({ rowid: 70, text: 'kept' });
    expect(await rows(at, 'select count(*) as n from author_names')).toEqual([{ n: 2 }]);
    expect(await rows(at, "select code, label from tag where code = 'a'")).toEqual([{ code: 'a', label: 'A' }]);
    // the counter continues after the row that was deleted, names are compared as before, triggers fire, keys hold
    await rows(at, "insert into author (name) values ('Dee') returning id");
    expect(await rows(at, "select id from author where name = 'dEE'")).toEqual([{ id: 10 }]);
    await connectionOf(at).execute("insert into book (author_id, title) values (10, 'Three')");
    expect(await rows(at, 'select age from author where id = 10')).toEqual([{ age: 31 }]);
    expect(await rows(at, "select count(*) as n from note where text = 'touched' and author_id = 10")).toEqual([
      { n: 1 },
    ]);
    await connectionOf(at).execute('delete from author where id = 10');
    expect(await rows(at, 'select count(*) as n from book')).toEqual([{ n: 2 }]);

    await at.migrations.downgrade();
    const unordered = (dump: readonly string[]): readonly string[] =>
      dump.map((sql) =>
        sql
          .replaceAll('"', '')
          .replace(' null default 30', ' default 30')
          .replace(/ null$/gm, ''),
      );
    expect(unordered(await sqliteDump(connectionOf(at)))).toEqual(unordered(before));
  });

  it('is what loses rows with the schema generator of MikroORM', async () => {
    const Author = (age: object) =>
      defineEntity({ name: 'Author', tableName: 'author', properties: { id: p.integer().primary(), age } as never });
    const Book = (author: never) =>
      defineEntity({
        name: 'Book',
        tableName: 'book',
        properties: { id: p.integer().primary(), author: () => p.manyToOne(author).deleteRule('cascade') } as never,
      });
    const at = await start({ revisions: {} });
    const [before, after] = [Author(p.integer()), Author(p.integer().nullable())];
    const orm = async (author: typeof before) =>
      MikroORM.init({ ...at.database.options, entities: [author, Book(author as never)] as never });
    const first = await orm(before);
    await first.schema.update();
    const connection = first.em.getConnection();
    await connection.execute('insert into author (id, age) values (1, 40)');
    await connection.execute('insert into book (id, author_id) values (1, 1)');
    await first.close(true);
    const second = await orm(after);
    // in a transaction, as every migration of MikroORM runs: the pragma that should protect the rows is ignored there
    const sql = await second.schema.getUpdateSchemaSQL({ wrap: true });
    await second.em.transactional(async (em) => {
      for (const statement of sql.split(';').filter((text) => text.trim() !== '')) {
        await (em as never as { execute(sql: string): Promise<unknown> }).execute(statement);
      }
    });
    const left = await second.em.getConnection().execute('select * from book');
    await second.close(true);
    expect(left).toEqual([]);
  });

  it('is not left with a view or a trigger that cannot do without what was changed', async () => {
    const at = await start({ revisions: { aaaa: made } });
    await at.migrations.upgrade();
    const before = await sqliteDump(connectionOf(at));
    await at.addRevision('bbbb', 'aaaa', async (op) => {
      await op.batchAlterTable('author', async (batch) => {
        await batch.dropColumn('author', 'name');
        await batch.dropColumn('author', 'shout');
      });
    });
    await expect(at.migrations.upgrade()).rejects.toThrow(
      "the view 'author_names' cannot do without what was changed in table 'author': no such column: name.",
    );
    expect(await sqliteDump(connectionOf(at))).toEqual(before);
    expect(await rows(at, 'pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(await rows(at, 'pragma legacy_alter_table')).toEqual([{ legacy_alter_table: 0 }]);
  });

  it('says what there is where it is asked to change something else', async () => {
    const at = await start({ revisions: { aaaa: made } });
    await at.migrations.upgrade();
    await at.addRevision('bbbb', 'aaaa', (op) => op.dropConstraint('author', 'nope', { type: 'check' }));
    await expect(at.migrations.upgrade()).rejects.toThrow(
      "table 'author' has no constraint 'nope' (check). It has 'named_well'.",
    );
  });
});

describe('a table in a file that the connection attaches', () => {
  it('is rebuilt there, with its rows, indexes and triggers, and main stays as it was', async () => {
    const file = await createDatabase('sqlite');
    const path = join(tmpdir(), `attached-${randomUUID()}.db`);
    const attachDatabases = [{ name: 'arch ive', path }];
    const database = { ...file, options: { ...file.options, attachDatabases } };
    const at = await start({
      database,
      revisions: {
        aaaa: {
          upgrade: async (op) => {
            await op.createTable('author', { schema: 'arch ive', columns: { id: { type: 'integer', primary: true } } });
            await op.createTable('book', {
              schema: 'arch ive',
              columns: {
                id: { type: 'integer', primary: true },
                title: { type: 'text' },
                authorId: { type: 'integer', nullable: true },
              },
              indexes: [{ name: 'book title', columns: ['title'] }],
              uniques: [{ name: 'book_unique', columns: ['id', 'title'] }],
              foreignKeys: [
                { name: 'book_author', columns: 'authorId', referencedTable: 'author', referencedColumns: 'id' },
              ],
            });
            await op.createTable('log', { schema: 'arch ive', columns: { note: { type: 'text' } } });
            await op.createTrigger('book', 'logged', {
              schema: 'arch ive',
              timing: 'after',
              events: 'insert',
              body: 'insert into log values (new.title);',
            });
            await op.createView('titles', 'select title from `arch ive`.book', { schema: 'arch ive' });
            await op.bulkInsert('book', [{ id: 1, title: 'One' }], { schema: 'arch ive' });
          },
        },
        bbbb: {
          upgrade: async (op) => {
            await op.alterColumn('book', 'title', { nullable: true }, { schema: 'arch ive' });
            await op.renameIndex('book', 'book title', 'by title', { schema: 'arch ive' });
            await op.batchAlterTable(
              'book',
              async (batch) => {
                await batch.createCheckConstraint('book', 'id > 0', { name: 'positive' });
                await batch.createIndex('book', ['authorId'], { name: 'by author' });
                await batch.renameIndex('book', 'by title', 'of title');
              },
              { schema: 'arch ive' },
            );
          },
          downgrade: async (op) => {
            await op.batchAlterTable(
              'book',
              async (batch) => {
                await batch.dropConstraint('book', 'positive', { type: 'check' });
                await batch.dropIndex('book', 'by author');
                await batch.renameIndex('book', 'of title', 'book title');
                await batch.alterColumn('book', 'title', { nullable: false });
              },
              { schema: 'arch ive' },
            );
          },
        },
      },
    });
    try {
      const names = async (): Promise<readonly unknown[]> =>
        rows(
          at,
          "select type || ' ' || name as item from `arch ive`.sqlite_master where name not like 'sqlite%' order by 1",
        );
      await at.migrations.upgrade({ target: 'aaaa' });
      const before = await names();
      expect(before).toContainEqual({ item: 'trigger logged' });
      const main = await rows(at, 'select name, sql from sqlite_master order by name');
      await at.migrations.upgrade();
      expect(await names()).toEqual(
        ['index book_unique', 'index by author', 'index of title', 'table author', 'table book', 'table log']
          .concat('trigger logged', 'view titles')
          .map((item) => ({ item })),
      );
      expect(await rows(at, 'select name, sql from sqlite_master order by name')).toEqual(main);
      await connectionOf(at).execute("insert into `arch ive`.book values (2, 'Two', null)");
      expect(await rows(at, 'select note from `arch ive`.log order by note')).toEqual([
        { note: 'One' },
        { note: 'Two' },
      ]);
      expect(await rows(at, 'select title from `arch ive`.titles')).toEqual([{ title: 'One' }, { title: 'Two' }]);
      await at.migrations.downgrade();
      expect(await names()).toEqual(before);
      await at.addRevision('cccc', 'aaaa', (op) => op.execute("insert into `arch ive`.book values (3, 'Lost', 77)"));
      await expect(at.migrations.upgrade({ target: 'cccc' })).rejects.toThrow(
        "It leaves 1 row in 'arch ive.book' that refer to no row of 'author'.",
      );
    } finally {
      await at.end();
      running.length = 0;
      await file.drop();
      rmSync(path);
    }
  });
});

describe('foreign keys', () => {
  it('are checked at the end of a revision, and what was wrong before is no fault of it', async () => {
    const at = await start({ revisions: { aaaa: made } });
    await at.migrations.upgrade();
    await rows(at, 'pragma foreign_keys = off');
    await connectionOf(at).execute("insert into book (id, author_id, title) values (50, 777, 'Lost')");
    await connectionOf(at).execute('pragma foreign_keys = on');
    await at.addRevision('bbbb', 'aaaa', (op) => op.alterColumn('book', 'title', { default: 'x' }));
    expect((await at.migrations.upgrade()).rows).toEqual(['bbbb']);
    await at.addRevision('cccc', 'bbbb', (op) => op.execute('delete from author where id = 1'));
    await expect(at.migrations.upgrade()).rejects.toThrow(
      "It leaves 1 row in 'book' that refer to no row of 'author'.",
    );
    expect(await rows(at, 'select count(*) as n from author')).toEqual([{ n: 2 }]);
  });
});

describe('the transaction that is the lock', () => {
  it('keeps a second process out, which gives up in time and says so', async () => {
    const at = await start({ revisions: { aaaa: (op) => op.execute('create table a (n int)') } });
    // another connection of the same library: two libraries in one process do not see each other's locks
    const other = connectionOf(await start({ revisions: {}, database: at.database }));
    await other.execute('begin immediate');
    const events: MigrationEvent[] = [];
    await expect(
      at.migrations.upgrade({ lockWaitTimeout: 200, onEvent: (event) => events.push(event) }),
    ).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'lockWaiting' }));
    await other.execute('rollback');
    expect((await at.migrations.upgrade()).rows).toEqual(['aaaa']);
  });

  it('has each revision run once, whoever runs it', async () => {
    const revisions = Object.fromEntries(
      ['aaaa', 'bbbb', 'cccc', 'dddd'].map((id, index) => [
        id,
        executing(index === 0 ? 'create table a (n int)' : `insert into a values (${index})`),
      ]),
    );
    const first = await start({ revisions });
    const second = await start({ revisions, database: first.database });
    const third = await start({ revisions, database: first.database });
    const results = await Promise.all([first, second, third].map(({ migrations }) => migrations.upgrade()));
    const applied = results.flatMap(({ steps }) => steps.map(({ revision }) => revision));
    expect(applied.sort()).toEqual(['aaaa', 'bbbb', 'cccc', 'dddd']);
    expect(await rows(first, 'select n from a order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });
});

describe('the file', () => {
  it('is created by the first upgrade with the folder that it is in, and by nothing that only reads', async () => {
    const at = await start({ revisions: { aaaa: (op) => op.execute('create table a (n int)') } });
    const dbName = join(at.folder.path, 'data', 'app.db');
    const module = await Test.createTestingModule({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({
            driver: SqliteDriver,
            driverOptions: new NodeSqliteDialect(dbName),
            dbName,
            entities: [],
            discovery: { warnWhenNoEntities: false },
            contextName: 'file',
          }),
          contextName: 'file',
          directory: join(at.folder.path, 'migrations'),
        }),
      ],
    }).compile();
    const migrations = module.get<MigrationService>(getMigrationServiceToken('file'));
    expect((await migrations.current()).rows).toEqual([]);
    await migrations.heads();
    expect(existsSync(join(at.folder.path, 'data'))).toBe(false);
    expect((await migrations.upgrade()).rows).toEqual(['aaaa']);
    expect(existsSync(dbName)).toBe(true);
    await module.close();
  });
});

describe('a scratch database of a driver whose options say what is opened', () => {
  class OwnDialect extends NodeSqliteDialect {}
  const revisions = {
    aaaa: {
      upgrade: executing('create table book (id integer primary key)'),
      downgrade: executing('drop table book'),
    },
  };

  it.each([
    ["Node's SQLite", (dbName: string) => ({ driver: SqliteDriver, driverOptions: new NodeSqliteDialect(dbName) })],
    [
      "a function of Node's SQLite",
      (dbName: string) => ({ driver: SqliteDriver, driverOptions: () => new NodeSqliteDialect(dbName) }),
    ],
    ['the name of the file', (dbName: string) => ({ driverOptions: { dbName } })],
  ])('is another one than that of the application: %s', async (_, options) => {
    const made = await createDatabase('sqlite');
    const database = { ...made, options: { ...made.options, ...options(made.name) } as typeof made.options };
    const at = await start({ database, revisions });
    const { revisions: verified } = await at.migrations.verify({ all: true });
    expect(verified).toMatchObject([{ revision: 'aaaa', outcome: 'verified' }]);
    expect(await sqliteDump(connectionOf(at))).toEqual([]);
    await running.pop()!.end();
    await made.drop();
  });

  it('is refused where nothing says how that opens another file', async () => {
    const made = await createDatabase('sqlite');
    const options = { ...made.options, driver: SqliteDriver, driverOptions: new OwnDialect(made.name) };
    const at = await start({ database: { ...made, options }, revisions });
    await expect(at.migrations.verify({ all: true })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(await sqliteDump(connectionOf(at))).toEqual([]);
    await running.pop()!.end();
    await made.drop();
  });
});

describe('a first revision that makes what is there', () => {
  it('fails with a word about stamping', async () => {
    const at = await start({
      revisions: { aaaa: (op) => op.createTable('a', { columns: { id: { type: 'integer', primary: true } } }) },
    });
    await connectionOf(at).execute('create table a (id integer)');
    await expect(at.migrations.upgrade()).rejects.toThrow(/db stamp aaaa says so/);
  });
});

describe('without a database', () => {
  it('a batch is written from the table that it is told', async () => {
    const at = await start({
      revisions: {
        aaaa: (op) =>
          op.createTable('book', {
            columns: { id: { type: 'integer', primary: true, autoincrement: true }, title: { type: 'string' } },
          }),
        bbbb: async (op) => {
          await op.batchAlterTable(
            'book',
            async (batch) => {
              await batch.alterColumn('book', 'title', { nullable: true });
              await batch.createCheckConstraint('book', "title <> ''", { name: 'book_title' });
            },
            {
              existing: {
                columns: { id: { type: 'integer', primary: true, autoincrement: true }, title: { type: 'string' } },
              },
            },
          );
        },
      },
    });
    const { sql = '' } = (await at.migrations.upgrade({ sql: true } as never)) as { sql?: string };
    expect(sql).toContain('\n; insert into `book__rebuilt` (`id`, `title`) select `id`, `title` from `book`\n');
    const database = new DatabaseSync(':memory:');
    database.exec(sql);
    expect(database.prepare('select version_num from nest_migrate_version').all()).toEqual([
      expect.objectContaining({ version_num: 'bbbb' }),
    ]);
    database.close();
  });

  it('a column is put where it is asked to if the table is told, and last if not', async () => {
    const values = {
      existing: { columns: { a: { type: 'integer', nullable: true }, b: { type: 'integer', nullable: true } } },
      column: { type: 'integer', nullable: true, after: 'a' },
    } as const;
    const at = await start({
      revisions: {
        aaaa: given(values, async (op, { existing }) => {
          await op.createTable('told', existing);
          await op.createTable('untold', existing);
        }),
        bbbb: given(values, async (op, { existing, column }) => {
          await op.addColumn('untold', 'c', column);
          await op.batchAlterTable('told', (batch) => batch.addColumn('told', 'c', column), { existing });
        }),
      },
    });
    const { sql } = await at.migrations.upgrade({ sql: true });
    const database = new DatabaseSync(':memory:');
    database.exec(sql);
    const columns = (table: string): readonly unknown[] =>
      database
        .prepare(`select name from pragma_table_info('${table}')`)
        .all()
        .map(({ name }) => name);
    expect([columns('told'), columns('untold')]).toEqual([
      ['a', 'c', 'b'],
      ['a', 'b', 'c'],
    ]);
    database.close();
    await at.migrations.upgrade();
    expect(await rows(at, `select name from pragma_table_info('untold')`)).toEqual([
      { name: 'a' },
      { name: 'c' },
      { name: 'b' },
    ]);
  });
});

describe('two connections of one application', () => {
  it('cannot keep their rows in one table of one file, however its path is spelled', async () => {
    const { path: folder, remove } = await temporaryFolder('one-file');
    await mkdir(join(folder, 'migrations', 'versions'), { recursive: true });
    await symlink(folder, join(folder, 'link'));
    const options = (dbName: string, more: object = {}) => ({
      driver: NativeSqlite,
      dbName,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      ...more,
    });
    let boots = 0;
    const boot = async (second: ReturnType<typeof options>): Promise<unknown> => {
      // MikroORM's module remembers the names for the whole process
      const contextName = `second${(boots += 1)}`;
      const directory = join(folder, 'migrations');
      const module = await Test.createTestingModule({
        imports: [
          MigrationModule.forRoot({
            orm: MikroOrmModule.forRoot(options(join(folder, 'a.db'))),
            directory,
            onBootstrap: 'upgrade',
          }),
          MigrationModule.forRoot({
            orm: MikroOrmModule.forRoot({ ...second, contextName }),
            contextName,
            directory,
            onBootstrap: 'upgrade',
          }),
        ],
      }).compile();
      await module.close();
      return 'booted';
    };
    for (const second of [
      options(join(folder, 'a.db')),
      options(`${folder}/migrations/../a.db`),
      options(join(folder, 'link', 'a.db')),
      options('elsewhere', { driverOptions: { dbName: join(folder, 'a.db') } }),
      options(join(folder, 'a.db'), {
        driver: SqliteDriver,
        driverOptions: new NodeSqliteDialect(join(folder, 'a.db')),
      }),
    ]) {
      await expect(boot(second)).rejects.toMatchObject({ code: 'VERSION_TABLE_SHARED', other: expect.any(String) });
    }
    expect(await boot(options(join(folder, 'b.db')))).toBe('booted');
    await remove();
  });
});

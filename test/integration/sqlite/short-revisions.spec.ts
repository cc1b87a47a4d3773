/** Revisions for SQLite tell what changes; what a table is they read when they run. */
import { readFile, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { defineEntity, p } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { sqliteDump } from '../../support/sqlite-dump.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const Author = defineEntity({
  name: 'Author',
  properties: { id: p.integer().primary(), name: p.string(), age: p.integer().nullable(), born: p.date().nullable() },
});
const Book = defineEntity({
  name: 'Book',
  checks: [{ name: 'book_pages', expression: 'pages > 0' }],
  properties: {
    id: p.integer().primary(),
    title: p.string().length(200).nullable(),
    pages: p.integer().default(1),
    state: p.enum(['draft', 'published', 'sold']),
    author: () => p.manyToOne(Author).deleteRule('cascade'),
  },
});

/** What the entities were before, and rows. */
const before = [
  'create table author (id integer not null primary key autoincrement, name text null, age text null, gone text null)',
  `create table book (id integer not null primary key autoincrement, title text not null, pages integer null,
     state text check (state in ('draft', 'published')) not null, author_id integer not null,
     constraint book_author_id_foreign foreign key (author_id) references author (id) on update cascade)`,
  'create index book_author_id_index on book (author_id)',
  "insert into author values (1, 'Ada', '36', null), (2, 'Bob', null, null)",
  "insert into book values (1, 'One', 12, 'draft', 1), (2, 'Two', 7, 'published', 2)",
];

/** What was done to the database by hand since the revision was written. */
const byHand = [
  "alter table author add column note text collate nocase default 'none' check (length(note) < 99)",
  'create index author_note on author (note) where note is not null',
  'create trigger author_noted after update of name on author begin update author set note = old.name where id = new.id; end',
  'alter table book add column shelf integer references author (id) on delete set null',
  'create unique index book_lower on book (lower(title))',
  'create view titles as select b.id, b.title, a.note from book b join author a on a.id = b.author_id',
  "update author set note = 'kept' where id = 2",
  'update book set shelf = 2 where id = 1',
];

async function start(module: object = {}): Promise<Scenario> {
  const at = await scenario('sqlite', { entities: [Author, Book], revisions: { aaaa: executing(...before) }, module });
  running.push(at);
  await at.migrations.upgrade();
  return at;
}

function connectionOf({ orm }: Scenario): AbstractSqlConnection {
  return orm.em.getConnection() as AbstractSqlConnection;
}

/** The lines of a dump: a column that came again is the last one, and a table that was rebuilt has its names quoted. */
function parts(dump: readonly string[]): readonly (readonly string[])[] {
  return dump.map((text) =>
    text
      .replace(/["`]/g, '')
      .replace(/\s*\n\s*/g, '\n')
      .trim()
      .split('\n')
      .sort(),
  );
}

/** The path of a revision for what the entities want. */
async function written({ migrations }: Scenario, options: object = {}): Promise<string> {
  const { created } = await migrations.migrate({ message: 'many changes', revId: 'bbbb', ...options });
  return created[0].path;
}

describe('a revision that rebuilds tables', () => {
  it('tells no table, and keeps up and down what the database has beside the entities', async () => {
    const at = await start();
    const path = await written(at);
    const text = await readFile(path, 'utf8');
    expect(text).not.toMatch(/existing: \{\s*columns/);
    expect(text.split('\n').length).toBeLessThan(130);
    await connectionOf(at).executeDump(`${byHand.join(';\n')};`);
    const stood = await sqliteDump(connectionOf(at));

    const { steps } = await at.migrations.upgrade({ dryRun: true });
    await at.migrations.upgrade();
    // a dry run shows the rebuild of the table as it is
    const [{ statements }] = steps;
    expect(statements.filter((sql) => /^create table.*(note|shelf)/.test(sql))).toHaveLength(2);
    const rows = (sql: string): Promise<unknown[]> => connectionOf(at).execute(sql);
    expect(await rows('select name, age, note from author order by id')).toEqual([
      { name: 'Ada', age: 36, note: 'none' },
      { name: 'Bob', age: null, note: 'kept' },
    ]);
    expect(await rows('select title, shelf, author_id from book order by id')).toEqual([
      { title: 'One', shelf: 2, author_id: 1 },
      { title: 'Two', shelf: null, author_id: 2 },
    ]);
    const names = await rows('select name from sqlite_master where sql is not null order by name');
    for (const name of ['author_note', 'author_noted', 'book_lower', 'titles']) expect(names).toContainEqual({ name });
    await connectionOf(at).execute("update author set name = 'Zoe' where id = 2");
    expect(await rows('select note from titles where id = 2')).toEqual([{ note: 'Bob' }]);
    await connectionOf(at).execute("update author set name = 'Bob', note = 'kept' where id = 2");
    await connectionOf(at).execute("update author set note = 'kept' where id = 2");
    await expect(rows('update author set note = hex(zeroblob(99)) where id = 1 returning id')).rejects.toThrow(/CHECK/);

    await at.migrations.downgrade();
    expect(parts(await sqliteDump(connectionOf(at)))).toEqual(parts(stood));
  });

  it('has no script, which says how to get one; with existingTables it has the same effect as the run', async () => {
    const at = await start();
    const path = await written(at);
    await expect(at.migrations.upgrade({ target: 'aaaa:bbbb', sql: true })).rejects.toMatchObject({
      code: 'SQL_NOT_WRITTEN',
      message: expect.stringContaining("with the table as 'existing', as db migrate --existing-tables writes it"),
    });
    await rm(path);
    expect(await readFile(await written(at, { existingTables: true, revId: 'cccc' }), 'utf8')).toMatch(
      /existing: \{\s*columns/,
    );
    const { sql } = await at.migrations.upgrade({ target: 'cccc', sql: true });
    await at.migrations.upgrade();
    const database = new DatabaseSync(':memory:');
    database.exec(sql);
    const schema = "select name, sql from sqlite_master where name not like 'nest%' and sql is not null order by name";
    const plain = (rows: readonly unknown[]): string => JSON.stringify(rows).replace(/[`\s]|\\["n]/g, '');
    expect(plain(database.prepare(schema).all())).toBe(plain(await connectionOf(at).execute(schema)));
    database.close();
  });
});

/** A database that differs from its entities comes under migrations: the first revision is written from what it has. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyEntity, defineEntity, type EntityName, p } from '@mikro-orm/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

/** SQLite in each run, and one of the others. */
const others = allEngines.filter((engine) => engine !== 'sqlite');
const enginesOfRun = allEngines.filter((engine) => engine === 'sqlite' || isTurn(0, engine, others));

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine): Promise<Scenario> {
  const at = await scenario(engine, { entities: shop(), module: { scratch: scratchOption(engine) } });
  running.push(at);
  return at;
}

/** What the application wants by now. */
function shop(): EntityName<AnyEntity>[] {
  const Author = defineEntity({
    name: 'Author',
    properties: { id: p.integer().primary().autoincrement(false), name: p.string().length(120) },
  });
  const Book = defineEntity({
    name: 'Book',
    properties: {
      id: p.integer().primary().autoincrement(false),
      title: p.string().length(80).nullable(),
      pages: p.integer().default(0),
    },
  });
  return [Author, Book] as never;
}

/** What hands have made: other lengths and defaults, a key, a check, an index, a view, a table that no entity has. */
const made = [
  "create table author (id integer not null primary key, name varchar(50) not null default 'Ann ''O''', born date)",
  'create table book (id integer not null primary key, title varchar(80), author_id integer not null, ' +
    'constraint book_of_author foreign key (author_id) references author (id) on delete cascade, ' +
    'constraint title_there check (length(title) > 2))',
  'create index book_by_title on book (title)',
  'create table legacy (code varchar(10) not null primary key, note varchar(200))',
];

describe.each(enginesOfRun)('a database that differs from its entities, on %s', (engine) => {
  it('becomes the first revision as it is, and the next one is the same on it and on a new database', async () => {
    const old = await start(engine);
    const connection = old.orm.em.getConnection();
    for (const sql of made) await connection.execute(sql);
    await connection.execute("insert into author (id, name) values (1, 'Ann')");
    const before = await old.migrations.fingerprint();

    const first = await old.migrations.migrate({ fromDatabase: true, verify: true, message: 'as it is' });
    expect(first.created).toHaveLength(1);
    expect(first.source[0]).toMatch(/legacy/);
    await old.migrations.stamp({ revisions: 'head' });
    expect(await old.migrations.fingerprint()).toEqual(before);
    expect(await old.migrations.drift()).toMatchObject({ clean: true, differences: [] });

    const second = await old.migrations.migrate({ message: 'as the entities have it' });
    expect(second.created).toHaveLength(1);
    const fresh = await start(engine);
    await cp(join(old.folder.path, 'migrations'), join(fresh.folder.path, 'migrations'), { recursive: true });
    for (const at of [old, fresh]) {
      await at.migrations.upgrade();
      expect(await at.migrations.check()).toMatchObject({ clean: true, operations: [] });
    }
    const [ofOld, ofFresh] = [await old.migrations.at(), await fresh.migrations.drift()];
    expect(ofFresh).toMatchObject({ clean: true, rows: ofOld.revisions });
  });
});

/** `db fresh`: whatever a database was, it is as a new one afterwards; what belongs to others stays. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EntityManager, EntitySchema } from '@mikro-orm/core';
import { Seeder } from '@mikro-orm/seeder';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FreshOptions, type FreshRefusedError } from 'nest-migrate';
import { createDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

/** What each engine has beside tables, made as people make it by hand: no `if not exists`, and no way back. */
const besides: Readonly<Record<Engine, readonly string[]>> = {
  postgres: [
    'create extension pg_trgm',
    'create schema "back office"',
    "create type mood as enum ('good', 'bad')",
    'create domain positive as integer check (value > 0)',
    'create sequence tickets start 40',
    'create function worth(item book) returns integer language sql as $$ select item.pages * 2 $$',
    'create table "back office".audit (book_id integer references book (id), mood mood, at positive)',
    'create view titles as select title, worth(b) from book b',
    'create materialized view counts as select count(*) as books from titles',
    'create function noted() returns trigger language plpgsql as $$ begin insert into note values (new.title); return new; end $$',
    'create trigger noted after insert on book for each row execute function noted()',
    "create collation german (locale = 'C')",
    'create table parted (id integer not null) partition by range (id)',
    'create table parted_1 partition of parted for values from (0) to (10)',
  ],
  pglite: [
    'create schema "back office"',
    "create type mood as enum ('good', 'bad')",
    'create sequence tickets start 40',
    'create table "back office".audit (book_id integer references book (id), mood mood)',
    'create view titles as select title from book',
  ],
  mysql: [
    'create view titles as select title from book',
    'create procedure greet() select 1',
    'create function twice(n int) returns int deterministic return n * 2',
    'create trigger noted after insert on book for each row insert into note values (new.title)',
    'create event never on schedule every 1 year disable do delete from note',
  ],
  mariadb: [
    'create view titles as select title from book',
    'create sequence tickets start with 40',
    'create procedure greet() select 1',
    'create trigger noted after insert on book for each row insert into note values (new.title)',
    'create table kept (a int) with system versioning',
  ],
  sqlite: [
    'create view titles as select title from book',
    'create trigger noted after insert on book begin insert into note values (new.title); end',
    'create virtual table words using fts5 (word)',
  ],
};

function history(engine: Engine): Revisions {
  return {
    aaaa: async (op) => {
      await op.createTable('book', {
        columns: {
          id: { type: 'integer', primary: true, autoincrement: true },
          title: { type: 'string', length: 40 },
          pages: { type: 'integer', nullable: true },
        },
      });
      await op.createTable('note', { columns: { text: { type: 'string', length: 40 } } });
      await op.createTable('page', {
        columns: { id: { type: 'integer', primary: true }, book_id: { type: 'integer' } },
        foreignKeys: [{ name: 'page_book', columns: 'book_id', referencedTable: 'book', referencedColumns: 'id' }],
      });
    },
    bbbb: { ...executing(...besides[engine]), downgrade: null },
  };
}

async function start(engine: Engine, options: Parameters<typeof scenario>[1] = {}): Promise<Scenario> {
  const at = await scenario(engine, { revisions: history(engine), ...options });
  running.push(at);
  return at;
}

const connectionOf = ({ orm }: Scenario): AbstractSqlConnection => orm.em.getConnection() as AbstractSqlConnection;

async function send(at: Scenario, ...statements: readonly string[]): Promise<void> {
  for (const sql of statements) await connectionOf(at).execute(sql);
}

const count = async (at: Scenario, table: string): Promise<number> => {
  const [row] = await connectionOf(at).execute<{ n: unknown }[]>(`select count(*) as n from ${table}`);
  return Number(row.n);
};

describe.each(enginesByDialect('fresh'))('db fresh on %s', (engine) => {
  it('takes all away that is there, comes to head, and the schema is that of a new database', async () => {
    const at = await start(engine);
    await at.migrations.upgrade();
    const { hash } = await at.migrations.fingerprint();
    // of another branch, and of nobody
    await send(at, "insert into book (title) values ('One')", 'create table stray (id integer)', 'drop table page');
    await at.addRevision('cccc', 'bbbb', 'await op.execute("create table other (id integer)")');
    await at.migrations.upgrade();
    await rm(join(at.folder.path, 'migrations', 'versions', 'cccc.ts'));
    const { before, rows, steps, dropped, seeded } = await at.migrations.fresh();
    expect({ before, rows, seeded }).toEqual({ before: [], rows: ['bbbb'], seeded: null });
    expect(steps.map(({ revision }) => revision)).toEqual(['aaaa', 'bbbb']);
    expect(dropped).toEqual(expect.arrayContaining(['table book', 'table stray', 'table other']));
    expect(await count(at, 'book')).toBe(0);
    expect((await at.migrations.fingerprint()).hash).toBe(hash);
    expect((await at.migrations.status()).standing).toBe('head');
    // and again, from a state that is only half there
    await send(at, engine === 'mysql' || engine === 'mariadb' ? 'drop table nest_migrate_version' : 'drop table page');
    expect((await at.migrations.fresh()).rows).toEqual(['bbbb']);
    expect((await at.migrations.fingerprint()).hash).toBe(hash);
  });

  it('leaves alone what the options leave out of the comparison', async () => {
    const at = await start(engine, { module: { includeObject: ({ name }) => !name.startsWith('legacy') } });
    await at.migrations.upgrade();
    await send(at, 'create table legacy_sales (id integer)', 'insert into legacy_sales values (7)');
    const { dropped } = await at.migrations.fresh();
    expect(dropped).not.toContain('table legacy_sales');
    expect(await count(at, 'legacy_sales')).toBe(1);
  });
});

describe.each(enginesByDialect('marked'))('a database on %s that is marked as production', (engine) => {
  it('loses everything only under its own name, and the mark stays until it is cleared', async () => {
    const at = await start(engine, { revisions: { aaaa: history(engine)['aaaa'] } });
    const { migrations } = at;
    expect(await migrations.mark()).toEqual({ mark: null, changed: false });
    expect(await migrations.mark({ as: 'production' })).toEqual({ mark: 'production', changed: true });
    expect(await migrations.mark({ as: 'production' })).toEqual({ mark: 'production', changed: false });
    await migrations.upgrade();
    await send(at, "insert into book (title) values ('One')");
    expect(await migrations.status()).toMatchObject({ standing: 'head', mark: 'production' });
    const database = at.database.name;
    for (const [lose, code] of [
      [(name?: string) => migrations.fresh({ database: name }), 'FRESH_REFUSED'],
      [(name?: string) => migrations.downgrade({ target: 'base', database: name }), 'DOWNGRADE_REFUSED'],
    ] as const) {
      await expect(lose()).rejects.toMatchObject({ code, refusal: { because: 'it is marked as production' } });
      await expect(lose('shop')).rejects.toMatchObject({ code, refusal: { kind: 'otherName' } });
    }
    expect(await count(at, 'book')).toBe(1);
    await migrations.fresh({ database });
    expect(await count(at, 'book')).toBe(0);
    expect((await migrations.downgrade({ target: 'base', database })).rows).toEqual([]);
    expect(await migrations.mark()).toEqual({ mark: 'production', changed: false });
    expect(await migrations.mark({ as: null })).toEqual({ mark: null, changed: true });
    expect((await migrations.status()).mark).toBeNull();
    await migrations.fresh();
  });
});

describe.each(['mysql', 'sqlite'] as const)('on %s', (engine) => {
  it('comes to head from a run that died half-way', async () => {
    const at = await start(engine);
    await at.migrations.upgrade();
    const { hash } = await at.migrations.fingerprint();
    await at.addRevision(
      'cccc',
      'bbbb',
      'await op.execute("create table other (id integer)"); await op.execute("no sql")',
    );
    await expect(at.migrations.fresh()).rejects.toThrow(/^The upgrade of cccc/);
    await rm(join(at.folder.path, 'migrations', 'versions', 'cccc.ts'));
    expect((await at.migrations.fresh()).rows).toEqual(['bbbb']);
    expect((await at.migrations.fingerprint()).hash).toBe(hash);
  });
});

describe.each(['postgres', 'mysql', 'sqlite'] as const)('on %s, of several processes at once', (engine) => {
  it('each comes to head, whether it has dropped what another one was at or has found the work done', async () => {
    const at = await start(engine);
    const { hash } = await at.migrations.upgrade().then(() => at.migrations.fingerprint());
    const other = await start(engine, { database: at.database });
    const replica = await start(engine, { database: at.database });
    const runs = [at.migrations.fresh(), other.migrations.fresh(), replica.migrations.upgrade()];
    for (const { rows } of await Promise.all(runs)) expect(rows).toEqual(['bbbb']);
    expect((await at.migrations.fingerprint()).hash).toBe(hash);
  });
});

describe('with the seeders of the application', () => {
  class Book {
    id!: number;
    title!: string;
  }
  const schema = new EntitySchema<Book>({
    class: Book,
    tableName: 'book',
    properties: { id: { type: 'integer', primary: true }, title: { type: 'string' } },
  });
  class DatabaseSeeder extends Seeder {
    async run(em: EntityManager): Promise<void> {
      em.create(Book, { title: 'Emma' });
      await this.call(em, [MoreSeeder]);
    }
  }
  class MoreSeeder extends Seeder {
    async run(em: EntityManager): Promise<void> {
      em.create(Book, { title: 'Persuasion' });
    }
  }
  class FailingSeeder extends Seeder {
    async run(em: EntityManager): Promise<void> {
      await em.insert(Book, { title: 'One' });
      throw new Error('no such author.');
    }
  }

  it('has their rows, those of one class, or says at what a seeder failed, and that none has run', async () => {
    const made = await createDatabase('sqlite');
    const seeder = { seedersList: [DatabaseSeeder, MoreSeeder, FailingSeeder] };
    const database = { ...made, options: { ...made.options, seeder } };
    const at = await start('sqlite', { database, entities: [schema] });
    const titles = async (): Promise<unknown> =>
      (await connectionOf(at).execute<{ title: string }[]>('select title from book order by title')).map(
        ({ title }) => title,
      );
    expect(await at.migrations.fresh({ seed: true })).toMatchObject({ seeded: 'DatabaseSeeder' });
    expect(await titles()).toEqual(['Emma', 'Persuasion']);
    expect(await at.migrations.fresh({ seed: 'MoreSeeder' })).toMatchObject({ seeded: 'MoreSeeder' });
    expect(await titles()).toEqual(['Persuasion']);
    await expect(at.migrations.fresh({ seed: 'FailingSeeder' })).rejects.toThrow(
      'The database is fresh and at head, but FailingSeeder failed: no such author. Mend the seeder',
    );
    expect((await at.migrations.current()).rows).toEqual(['bbbb']);
    await at.addRevision('cccc', 'bbbb', 'await op.execute("create table")');
    const warnings: string[] = [];
    const onEvent: FreshOptions['onEvent'] = (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    };
    await expect(at.migrations.fresh({ onEvent })).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    expect(warnings).toEqual([]);
    await expect(at.migrations.fresh({ seed: 'MoreSeeder', onEvent })).rejects.toMatchObject({
      code: 'REVISION_FAILED',
    });
    expect(warnings).toEqual([
      'No seeder has run, and an upgrade runs none: db fresh --seed MoreSeeder starts over and ends with it.',
    ]);
    await at.orm.close();
    await made.drop();
  });
});

describe('on PostgreSQL', () => {
  it('nothing is dropped where something that is to stay would go with it', async () => {
    const at = await start('postgres', { module: { includeObject: ({ name }) => !name.startsWith('legacy') } });
    await at.migrations.upgrade();
    await send(
      at,
      'create table legacy_sales (book_id integer references book (id), mood mood)',
      "insert into book (title) values ('One')",
    );
    const error = await at.migrations.fresh().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FRESH_REFUSED' });
    expect((error as FreshRefusedError).refusal).toMatchObject({
      kind: 'reachesBeyond',
      lost: expect.arrayContaining(['column mood of table legacy_sales']),
    });
    expect([await count(at, 'book'), (await at.migrations.current()).rows]).toEqual([1, ['bbbb']]);
  });
});

describe('a database that must not be lost', () => {
  const refused = async (at: Scenario, options?: FreshOptions): Promise<string> => {
    const error = await at.migrations.fresh(options).catch((thrown: unknown) => thrown as Error);
    expect([(error as Error).name, await count(at, 'book')]).toEqual(['FreshRefusedError', 1]);
    return (error as Error).message;
  };

  it('is dropped only under its own name', async () => {
    const at = await start('sqlite', { module: { production: true } });
    await at.migrations.upgrade();
    await send(at, "insert into book (title) values ('One')");
    const { name } = at.database;
    expect(await refused(at)).toBe(
      `The database '${name}' would lose all that it holds, and the option 'production' marks it. If that is meant, name it: db fresh --database ${name}.`,
    );
    expect(await refused(at, { database: 'shop' })).toMatch(/^This is the database '.*', and 'shop' was named\./);
    await at.migrations.fresh({ database: name });
    expect(await count(at, 'book')).toBe(0);
  });

  it('is downgraded without its name as long as a revision stays', async () => {
    const at = await start('sqlite');
    await at.migrations.upgrade();
    await at.migrations.mark({ as: 'production' });
    // the comparison, which would drop it, does not see the table of the mark
    expect(JSON.stringify(await at.migrations.check())).not.toContain('nest_migrate_mark');
    await at.addRevision('cccc', 'bbbb', 'await op.execute("create table other (id integer)")', async (op) => {
      await op.dropTable('other');
    });
    await at.migrations.upgrade();
    expect((await at.migrations.downgrade()).rows).toEqual(['bbbb']);
  });

  it('is any where NODE_ENV is production', async () => {
    const at = await start('sqlite');
    await at.migrations.upgrade();
    await send(at, "insert into book (title) values ('One')");
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      expect(await refused(at)).toContain('and NODE_ENV is production.');
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('is not dropped either for revisions that cannot be loaded', async () => {
    const at = await start('sqlite');
    await at.migrations.upgrade();
    await send(at, "insert into book (title) values ('One')");
    await at.addRevision('cccc', 'bbbb', 'syntax error');
    await expect(at.migrations.fresh()).rejects.toThrow(/cccc/);
    expect(await count(at, 'book')).toBe(1);
  });
});

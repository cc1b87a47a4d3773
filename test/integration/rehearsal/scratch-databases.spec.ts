import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { type MigrationModuleOptions } from 'nest-migrate';
import { current } from '../../../libs/nest-migrate/src/commands/current.ts';
import { rehearse } from '../../../libs/nest-migrate/src/commands/rehearse.ts';
import { upgrade } from '../../../libs/nest-migrate/src/commands/upgrade.ts';
import { allEngines, type Engine, engineNames } from '../../support/databases.ts';
import { dumpOf } from '../../support/dumps.ts';
import { tablesQuery } from '../../support/inspect.ts';
import { abandonedDatabases, contextOf, databaseOfSession, scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, type Scenario, scenario } from '../../support/scenario.ts';
import { isTurnOfEngine } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const Author = defineEntity({
  name: 'Author',
  properties: { id: p.integer().primary(), name: p.string().length(40) },
});

const revisions: Revisions = {
  aaaa: (op) =>
    op.createTable('author', {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true },
        name: { type: 'string', length: 40 },
      },
    }),
  bbbb: (op) => op.bulkInsert('author', [{ id: 1, name: 'one' }]),
  cccc: (op) => op.addColumn('author', 'born', { type: 'integer', nullable: true }),
};

/** An application at `aaaa`. */
async function application(engine: Engine, more: Revisions = {}, module?: MigrationModuleOptions): Promise<Scenario> {
  const made = await scenario(engine, { revisions: { ...revisions, ...more }, entities: [Author], module });
  ending.push(() => made.end());
  await made.migrations.upgrade({ target: 'aaaa' });
  return made;
}

describe.each(allEngines)('a scratch database on %s', (engine) => {
  const scratch = scratchOption(engine);
  /** What the commands decide, wherever the database is: on SQLite, and on another engine each day. */
  const inTurn = (ordinal: number, title: string, test: () => Promise<void>): void => {
    const others = allEngines.filter((other) => other !== 'sqlite');
    if (engine === 'sqlite' || isTurnOfEngine(ordinal, engine, others)) it(title, test);
  };

  it('stands at the given revision, apart from the database of the application, and is gone afterwards', async () => {
    const { orm, database, ...rest } = await application(engine);
    const before = await dumpOf({ database, orm });
    const others = await abandonedDatabases(engine);
    const context = contextOf({ orm, ...rest }, { scratch });
    const found = await rehearse(context, { at: ['bbbb'] }, async (scratchContext) => {
      const { rows } = await current(scratchContext);
      const connection = scratchContext.orm.em.getConnection();
      const authors = await connection.execute<{ id: number; name: string }[]>('select id, name from author');
      const name = await databaseOfSession(scratchContext, database);
      await upgrade(scratchContext, { target: 'cccc' });
      await connection.execute('create table made_by_the_work (id integer)');
      return { rows, authors, name, tables: (await connection.execute(tablesQuery(engine))) as unknown };
    });
    expect(found.rows).toEqual(['bbbb']);
    expect(found.authors).toEqual([{ id: 1, name: 'one' }]);
    if (engine !== 'pglite') expect(found.name).not.toBe(await databaseOfSession(context, database));
    expect(found.tables).toContainEqual({ name: 'made_by_the_work' });
    expect(await dumpOf({ database, orm })).toBe(before);
    const left = (await abandonedDatabases(engine)).filter((name) => !others.includes(name));
    expect(left).toEqual([]);
  });

  it('is empty where no revision is given', async () => {
    const made = await application(engine);
    const rows = await rehearse(contextOf(made, { scratch }), {}, async (context) => (await current(context)).rows);
    expect(rows).toEqual([]);
  });

  it('is gone where the work fails, and where a revision does', async () => {
    const made = await application(engine, { dddd: executing('this is no statement') });
    const others = await abandonedDatabases(engine);
    const context = contextOf(made, { scratch });
    const failing = rehearse(context, { at: ['aaaa'] }, async () => Promise.reject(new Error('the work failed')));
    await expect(failing).rejects.toThrow('the work failed');
    await expect(rehearse(context, { at: ['dddd'] }, async () => undefined)).rejects.toThrow(/dddd/);
    const left = (await abandonedDatabases(engine)).filter((name) => !others.includes(name));
    expect(left).toEqual([]);
  });

  inTurn(0, 'has the entities of the application, whose classes stay bound to it', async () => {
    const made = await application(engine);
    const same = await rehearse(contextOf(made, { scratch }), { at: ['bbbb'] }, async ({ orm }) => {
      const [author] = await orm.em.fork().find(Author, {});
      return {
        author: { ...author },
        entities: [...orm.getMetadata().getAll().values()].map(({ className }) => className),
      };
    });
    expect(same).toEqual({ author: { id: 1, name: 'one' }, entities: ['Author'] });
    const em = made.orm.em.fork();
    await em.persist(em.create(Author, { id: 7, name: 'of the application' })).flush();
    expect(await made.orm.em.fork().count(Author)).toBe(1);
  });

  inTurn(2, 'gets what is prepared before its first revision, which may use it', async () => {
    const made = await application(engine, { dddd: executing('insert into there_before values (2)') });
    const prepare: NonNullable<Exclude<MigrationModuleOptions['scratch'], string>>['prepare'] = async (sql) => {
      await sql('create table there_before (id integer)');
      await sql('insert into there_before values (1)');
    };
    const context = contextOf(made, { scratch: { on: scratch, prepare } });
    const ids = await rehearse(context, { at: ['dddd'] }, async ({ orm }) =>
      orm.em.getConnection().execute('select id from there_before order by 1'),
    );
    expect(ids).toEqual([{ id: 1 }, { id: 2 }]);
  });

  inTurn(1, 'connects no provider: a revision that asks for a service says why there is none', async () => {
    const made = await application(
      engine,
      { dddd: { upgrade: () => undefined, services: ['mail'] } },
      { services: { mail: 'the provider' } },
    );
    const context = contextOf(made, { scratch, services: { mail: 'the provider' } });
    await expect(rehearse(context, { at: ['dddd'] }, async () => undefined)).rejects.toThrow(
      "Revision dddd needs the service 'mail', and a rehearsal has none to give",
    );
    const given = await rehearse(
      context,
      { at: ['dddd'], services: async () => ({ resolve: async () => ({}) }) },
      async (scratchContext) => (await current(scratchContext)).rows,
    );
    expect(given).toEqual(['dddd']);
  });
});

/** Statements that reach beyond the scratch database, and the words by which they are refused. */
const reaching: Readonly<Record<'postgres' | 'mysql' | 'mariadb' | 'sqlite', readonly (readonly [string, string])[]>> =
  {
    postgres: [
      ['create role reporting', 'create role'],
      ['DROP  USER reporting', 'drop user'],
      ['/* quietly */ alter database shop set work_mem = 64', 'alter database'],
      ['create subscription s connection $$host=live$$ publication p', 'create subscription'],
      ['grant reader to writer', 'grant'],
      ['grant connect on database shop to reader', 'grant connect on database'],
      ['alter system set work_mem = 64', 'alter system'],
      ['do $$ begin create role reporting; end $$', 'create role'],
      ['select 1; create database other', 'create database'],
    ],
    mysql: [
      ['create user reporting', 'create user'],
      ['create database other', 'create database'],
      ['set global max_connections = 10', 'set global'],
      ['set @@global.max_connections = 10', 'set @@global'],
      ['use shop', 'use'],
      ['create table shop.orders (id int)', 'shop.orders'],
      ['insert into `shop`.orders values (1)', '`shop`.orders'],
      ['update author join shop.orders o on o.id = author.id set author.name = o.name', 'shop.orders'],
      ['alter table author add foreign key (id) references shop.orders (id)', 'shop.orders'],
      ['select shop.price(1)', 'shop.price'],
      ['create trigger t before insert on author for each row insert into shop.log values (1)', 'shop.log'],
      ['grant select on *.* to reader', 'grant select on *.*'],
      ["select 1 into outfile '/tmp/x'", 'select 1 into outfile'],
    ],
    mariadb: [
      ['create role reporting', 'create role'],
      ['set persist max_connections = 10', 'set persist'],
      ['drop table author, shop.orders', 'shop.orders'],
      ['rename table author to shop.author', 'shop.author'],
      ['create sequence shop.numbers', 'shop.numbers'],
    ],
    sqlite: [
      ["attach database '/tmp/other.db' as other", 'attach'],
      ["vacuum into '/tmp/other.db'", 'vacuum into'],
    ],
  };

describe.each(Object.keys(reaching) as (keyof typeof reaching)[])('a rehearsal on %s', (engine) => {
  const refusal = (words: string): string =>
    `A rehearsal does not send '${words}': it reaches beyond the scratch database.`;

  it('refuses a revision that reaches beyond it', async () => {
    const [[sql, words]] = reaching[engine];
    const made = await application(engine, { dddd: executing(sql) });
    const context = contextOf(made, { scratch: scratchOption(engine) });
    await expect(rehearse(context, { at: ['dddd'] }, async () => undefined)).rejects.toThrow(refusal(words));
  });

  it('refuses before it is sent whatever reaches beyond it', async () => {
    const made = await application(engine);
    const context = contextOf(made, { scratch: scratchOption(engine) });
    await rehearse(context, { at: ['bbbb'] }, async ({ orm }) => {
      for (const [sql, words] of reaching[engine]) {
        await expect(orm.em.getConnection().execute(sql)).rejects.toThrow(refusal(words));
      }
    });
  });
});

/** Statements that look like those above and stay within the database. */
const staying: Readonly<Record<'postgres' | 'mysql', readonly string[]>> = {
  postgres: [
    `comment on table author is 'create role reporting; grant a to b'`,
    'create table "create role" (id integer)',
    'grant select on table author to current_user',
    'create table "user" (role integer, "group" integer); alter table "user" add column database integer',
  ],
  mysql: [
    'update author set author.name = concat(author.name, extract(year from now())) where author.id = 1',
    'insert into author (id, name) values (9, "x") on duplicate key update author.name = "shop.orders"',
    'create view v as select a.id from author a join author b on b.id = a.id where a.name like b.name',
    'select table_name from information_schema.tables',
    'delete a from author a join author b on b.id = a.id where a.id = 99',
  ],
};

describe.each(Object.keys(staying) as (keyof typeof staying)[])('a rehearsal on %s', (engine) => {
  it('sends what stays within its database', async () => {
    const made = await application(engine, { dddd: executing(...staying[engine]) });
    const context = contextOf(made, { scratch: scratchOption(engine) });
    const { rows } = await rehearse(context, { at: ['dddd'] }, (scratchContext) => current(scratchContext));
    expect(rows).toEqual(['dddd']);
  });
});

it.each(['mysql', 'mariadb'] as const)('%s without the option says what to write', async (engine) => {
  const made = await application(engine);
  await expect(rehearse(contextOf(made), {}, async () => undefined)).rejects.toThrow(
    `where one of ${engineNames[engine]} may be created. Write MigrationModule.forRoot({ scratch: '<url>' })`,
  );
});

it('takes PGlite for an application on PostgreSQL unless told, and for no other', async () => {
  const made = await application('postgres');
  const product = async (options: MigrationModuleOptions, engine?: 'same' | 'pglite'): Promise<string> =>
    rehearse(contextOf(made, options), { at: ['bbbb'], engine }, async ({ orm }) => orm.driver.constructor.name);
  const scratch = scratchOption('postgres');
  expect(await product({})).toBe('PgliteDriver');
  expect(await product({ scratch })).toBe('PostgreSqlDriver');
  expect(await product({ scratch }, 'pglite')).toBe('PgliteDriver');
  expect(await product({ scratch: 'same server' }, 'same')).toBe('PostgreSqlDriver');
  await expect(product({}, 'same')).rejects.toThrow("Write MigrationModule.forRoot({ scratch: '<url>' })");
  const other = await application('sqlite');
  await expect(rehearse(contextOf(other), { engine: 'pglite' }, async () => undefined)).rejects.toThrow(
    'PGlite stands in for PostgreSQL',
  );
});

/** What a column of MySQL or MariaDB has and no entity declares stays when something else about it changes. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { type Entities, LiveDatabase } from './live-database.js';

let database: LiveDatabase | undefined;
afterEach(async () => {
  await database?.close();
  database = undefined;
});

const thing = (properties: object): Entities =>
  [
    defineEntity({
      name: 'Thing',
      tableName: 'thing',
      properties: { id: p.integer().primary(), ...properties },
    } as never),
  ] as never;

async function shown(): Promise<string> {
  const [row] = await database!.connection.execute<Record<string, string>[]>('show create table thing');
  return row?.['Create Table'] ?? '';
}

/** By engine, parts of columns as somebody adds them by hand, and as the server shows them. */
const parts = {
  mysql: {
    note: ['varchar(40) null invisible', '/*!80023 INVISIBLE */'],
    amount: ["int not null default 3 comment 'INVISIBLE' column_format fixed", 'COLUMN_FORMAT FIXED'],
    place: ['point not null srid 4326', 'SRID 4326'],
    touched: ['datetime null on update current_timestamp invisible', '/*!80023 INVISIBLE */'],
  },
  mariadb: {
    note: ['varchar(40) null invisible', 'INVISIBLE'],
    amount: ['int not null default 3 check (amount <> 99)', 'CHECK (`amount` <> 99)'],
    place: ['varchar(900) compressed null', 'COMPRESSED'],
    touched: ['datetime null on update current_timestamp() invisible', 'INVISIBLE'],
  },
} as const;

describe.each(['mysql', 'mariadb'] as const)('on %s', (engine) => {
  const own: Readonly<Record<string, readonly [definition: string, shown: string]>> = parts[engine];
  const before = thing({
    note: p.string().length(40).nullable(),
    amount: p.integer().default(3).comment('INVISIBLE'),
    place: engine === 'mysql' ? p.string().columnType('point') : p.string().length(900).nullable(),
    touched: p.datetime(0).nullable().extra('on update current_timestamp'),
  });
  const after = thing({
    note: p.string().length(90).nullable().comment("it's `INVISIBLE`, check (x)"),
    amount: p.bigint().default(4).comment('INVISIBLE'),
    place:
      engine === 'mysql'
        ? p.string().columnType('point').comment('where')
        : p.string().length(950).nullable().comment('where'),
    touched: p.datetime(3).nullable().extra('on update current_timestamp(3)'),
  });

  it.each(['database', 'revision'] as const)('what nobody declares stays, as the %s has it', async (from) => {
    database = await LiveDatabase.create(engine);
    await database.build(before);
    const altered = Object.entries(own).map(([column, [definition]]) => {
      const comment = engine === 'mariadb' && column === 'amount' ? "comment 'INVISIBLE'" : '';
      const [head = '', check] = definition.split(' check ');
      return `modify ${column} ${head} ${comment} ${check === undefined ? '' : `check ${check}`}`;
    });
    await database.execute(`alter table thing ${altered.join(', ')}`);
    const first = await shown();
    expect(await database.difference(before)).toBe('');
    const { upgrade, downgrade } = await database.compare(after);
    await database.apply(upgrade, from);
    const second = await shown();
    // a script has what the revision says; a run asks the table
    for (const [, part] of Object.values(own)) expect(second).toContain(part);
    expect(await database.difference(after)).toBe('');
    await database.apply(downgrade, from);
    expect(await shown()).toBe(first);
    expect(await database.difference(before)).toBe('');
  });

  it('a run follows the table, and not the one that the revision was written for', async () => {
    database = await LiveDatabase.create(engine);
    await database.build(before);
    await database.execute(`alter table thing modify note ${own['note']?.[0]}`);
    const { upgrade } = await database.compare(after);
    await database.execute(
      'alter table thing modify note varchar(40) null',
      'alter table thing modify amount int not null default 3 invisible',
    );
    await database.apply(upgrade);
    expect(
      (await shown()).split('\n').filter((line) => line.includes('INVISIBLE */') || / INVISIBLE /.test(line)),
    ).toEqual([expect.stringContaining('`amount`')]);
  });

  it.each(['database', 'revision'] as const)(
    'a computed column whose source is renamed stays invisible, as the %s has it',
    async (from) => {
      database = await LiveDatabase.create(engine);
      const [sum, more] = [`a`, `z`].map((source) => ({
        [source]: p.integer(),
        doubled: p.integer().generated(`(${source} * 2) stored`).nullable(),
        last: p.integer(),
      })) as [object, object];
      await database.build(thing(sum));
      await database.execute('alter table thing modify doubled int generated always as (a * 2) stored invisible');
      const first = await shown();
      expect(await database.difference(thing(sum))).toBe('');
      const { upgrade, downgrade } = await database.compare(thing(more), { renames: ['thing.a:z'] });
      await database.apply(upgrade, from);
      expect(await shown()).toBe(first.replaceAll('`a`', '`z`'));
      expect(await database.difference(thing(more))).toBe('');
      await database.apply(downgrade, from);
      expect(await shown()).toBe(first);
    },
  );

  it('what uses a column that becomes computed, and no entity declares, stays with it', async () => {
    database = await LiveDatabase.create(engine);
    const versions = [p.integer(), p.integer().generated('(b * 2) stored').nullable()].map((a, index) =>
      thing({ a, b: p.integer(), c: index === 0 ? p.integer() : p.bigint(), ...(index === 1 && { d: p.integer() }) }),
    ) as [Entities, Entities];
    await database.build(versions[0]);
    await database.execute(
      'alter table thing add index left_a (a, b), add constraint left_check check (a > 0)',
      'alter table thing add left_more int generated always as (a + 1) stored invisible after b',
      'alter table thing add index left_index (left_more), add constraint left_own check (left_more > 0)',
      'insert into thing (id, a, b, c) values (1, 2, 3, 4)',
    );
    const includeObject = ({ name }: { readonly name: string }): boolean => !name.startsWith('left_');
    const [stood, undeclared] = [await shown(), /^.*left_.*$/gm];
    const { upgrade, downgrade, warnings } = await database.compare(versions[1], { includeObject });
    expect(warnings.filter((warning) => warning.includes('leaves'))).toEqual([]);
    await database.apply(upgrade);
    expect(await database.difference(versions[1], { includeObject })).toBe('');
    expect((await shown()).match(undeclared)).toEqual(stood.match(undeclared));
    expect(await database.connection.execute('select a, left_more as more from thing')).toEqual([{ a: 6, more: 7 }]);
    await database.apply(downgrade);
    expect(await shown()).toBe(stood);
  });

  it('what is lost with a computed column is told where another change has to come between', async () => {
    database = await LiveDatabase.create(engine);
    const [before, after] = (['int', 'varchar(40)'] as const).map((type, index) =>
      thing({
        a: p.integer().generated(`(length(b) + ${index}) stored`).nullable(),
        b: type === 'int' ? p.integer() : p.string().length(40),
      }),
    ) as [Entities, Entities];
    await database.build(before);
    await database.execute('alter table thing add index left_a (a)');
    const includeObject = ({ name }: { readonly name: string }): boolean => !name.startsWith('left_');
    const { warnings } = await database.compare(after, { includeObject });
    expect(warnings).toContainEqual(
      expect.stringMatching(/^drops thing\.a and adds it in a later statement, which the index left_a uses /),
    );
  });

  it('what an entity does declare is there, and settles', async () => {
    database = await LiveDatabase.create(engine);
    const declared = thing({
      note: p.string().nullable().extra('invisible'),
      year: p.integer().columnType('year').default(2024),
      ...(engine === 'mysql' && { place: p.string().columnType('point srid 4326') }),
    });
    await database.build(declared);
    expect(await shown()).toContain('INVISIBLE');
    expect(await database.difference(declared)).toBe('');
  });
});

it('a spatial reference system that changes is a difference on mysql', async () => {
  database = await LiveDatabase.create('mysql');
  const [before, after] = [4326, 3857].map((srid) => thing({ place: p.string().columnType(`point srid ${srid}`) }));
  await database.build(before ?? []);
  const { upgrade, downgrade } = await database.compare(after ?? []);
  await database.apply(upgrade);
  expect(await shown()).toContain('SRID 3857');
  expect(await database.difference(after ?? [])).toBe('');
  await database.apply(downgrade);
  expect(await shown()).toContain('SRID 4326');
});

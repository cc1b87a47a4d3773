/** Sequences that defaults name: created before they are needed, shared, and never dropped. */
import { defineEntity, p, raw } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ComparedObject } from '../../../libs/nest-migrate/src/autogenerate/schema-comparison.js';
import { type Row } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';

const engines = ['postgres', 'pglite', 'mariadb'] as const;
const postgres = ['postgres', 'pglite'] as const;

/** The next number of a sequence, as the engine's users write it. */
const next = (engine: string, name = 'numbers'): string =>
  engine === 'mariadb' ? `nextval(${name})` : `nextval('${name}')`;

function invoice(more: object = {}): Entities {
  return [defineEntity({ name: 'Invoice', properties: { id: p.integer().primary(), ...more } as never }) as never];
}

describe.each(enginesByDialect('sequences', engines))('a sequence that a default names on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const number = (name?: string) => p.integer().defaultRaw(next(engine, name));
  const rows = async (sql: string): Promise<readonly Row[]> => database.connection.execute<Row[]>(sql);
  const sequences = async (): Promise<readonly string[]> =>
    (
      await rows(
        engine === 'mariadb'
          ? `select table_name as name from information_schema.tables where table_schema = database() and table_type = 'SEQUENCE' order by 1`
          : `select c.relname::text as name from pg_class c where relkind = 'S' and not exists
               (select 1 from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')) order by 1`,
      )
    ).map(({ name }) => String(name));
  const insert = async (): Promise<void> => database.execute('insert into invoice (id) values (default)');
  const numbers = async (column = 'number'): Promise<readonly number[]> =>
    (await rows(`select ${column} as n from invoice order by 1`)).map(({ n }) => Number(n));

  it('is created before the table, and dropped behind it on the way back', async () => {
    const entities = invoice({ number: number() });
    const first = await database.compare(entities);
    expect(first.upgrade.map(({ kind }) => kind)).toEqual(['createSequence', 'createTable']);
    expect(first.downgrade.map(({ kind }) => kind)).toEqual(['dropTable', 'dropSequence']);
    expect(first.warnings).toEqual([]);
    expect(await database.compare(entities, { connection: undefined })).toEqual(first);
    await database.apply(first.upgrade);
    for (let time = 0; time < 3; time++) expect(await database.difference(entities)).toBe('');
    await insert();
    await insert();
    expect(await numbers()).toEqual([1, 2]);
    await database.apply(first.downgrade);
    expect(await sequences()).toEqual([]);
    await database.apply(first.upgrade);
    expect(await sequences()).toEqual(['numbers']);
  });

  it('is created before the column on a table with rows, which get numbers', async () => {
    await database.build(invoice());
    await insert();
    await insert();
    const entities = invoice({ number: number() });
    const change = await database.compare(entities);
    expect(change.upgrade.map(({ kind }) => kind)).toEqual(['createSequence', 'addColumn']);
    await database.apply(change.upgrade);
    expect(await database.difference(entities)).toBe('');
    await insert();
    expect(new Set(await numbers()).size).toBe(3);
    await database.apply(change.downgrade);
    expect(await sequences()).toEqual([]);
    expect(await database.difference(invoice())).toBe('');
  });

  it('is created before a column that is there gets the default, whose values it does not repeat', async () => {
    await database.build(invoice({ number: p.integer().unique() }));
    await database.execute('insert into invoice (number) values (1), (2)');
    const entities = invoice({ number: number().unique() });
    const change = await database.compare(entities);
    expect(change.upgrade.map(({ kind }) => kind)).toEqual(['createSequence', 'alterColumn']);
    await database.apply(change.upgrade);
    expect(await database.difference(entities)).toBe('');
    if (engine !== 'mariadb') {
      await insert();
      expect(await numbers()).toEqual([1, 2, 3]);
    }
    await database.apply(change.downgrade);
    expect(await sequences()).toEqual([]);
  });

  it('is created once for all columns that take its numbers, in tables and in expressions', async () => {
    const two = defineEntity({
      name: 'Receipt',
      properties: { id: p.integer().primary(), number: number(), other: number('others') } as never,
    }) as never;
    const entities = [...invoice({ number: number(), tens: p.integer().defaultRaw(`(${next(engine)} * 10)`) }), two];
    await database.build(entities);
    expect(await sequences()).toEqual(['numbers', 'others']);
    expect(await database.difference(entities)).toBe('');
    await insert();
    expect([...(await numbers()), ...(await numbers('tens'))].sort((a, b) => a - b)).toEqual([1, 20]);
  });

  it('stays as it is where it exists already', async () => {
    await database.execute('create sequence numbers start with 100 increment by 5');
    const entities = invoice({ number: number() });
    const change = await database.compare(entities);
    expect(change.upgrade.map(({ kind }) => kind)).toEqual(['createTable']);
    await database.apply(change.upgrade);
    await insert();
    await insert();
    expect(await numbers()).toEqual([100, 105]);
    await database.apply(change.downgrade);
    expect(await sequences()).toEqual(['numbers']);
  });

  const endings: readonly (readonly [string, () => Entities])[] = [
    ['its column goes', () => invoice()],
    ['its table goes', () => []],
    ['its column has another default', () => invoice({ number: p.integer().default(5) })],
    ['its column has none', () => invoice({ number: p.integer() })],
    ['its column has another sequence', () => invoice({ number: number('others') })],
  ];
  it.each(endings)('is kept when %s, with one warning', async (_what, entities) => {
    const before = invoice({ number: number() });
    await database.build(before);
    await insert();
    const change = await database.compare(entities());
    expect(change.upgrade.filter(({ kind }) => kind === 'dropSequence')).toEqual([]);
    expect(change.warnings).toContain(
      'keeps the sequence numbers, which no default names any more: drop it with op.dropSequence once nothing else takes numbers from it',
    );
    await database.apply(change.upgrade);
    expect(await sequences()).toContain('numbers');
    const again = await database.compare(entities());
    expect([again.upgrade, again.warnings]).toEqual([[], []]);
    await database.apply(change.downgrade);
    expect(await database.difference(before)).toBe('');
    await insert();
    expect((await numbers()).at(-1)).toBeGreaterThan(1);
  });

  it('is not looked for where another default still names it, or none ever did', async () => {
    await database.execute('create sequence lonely');
    await database.build(invoice({ number: number(), second: number() }));
    const change = await database.compare(invoice({ number: number() }));
    expect(change.warnings).toEqual([expect.stringMatching(/^drops column invoice\.second/)]);
    expect(await sequences()).toEqual(['lonely', 'numbers']);
  });

  it('is left to others by includeObject', async () => {
    const asked: ComparedObject[] = [];
    const change = await database.compare(invoice({ number: number() }), {
      includeObject: (object) => {
        if (object.type !== 'sequence') return true;
        asked.push(object);
        return false;
      },
    });
    expect(change.upgrade.map(({ kind }) => kind)).toEqual(['createTable']);
    expect(asked).toEqual([{ type: 'sequence', name: 'numbers', table: 'numbers', reflected: false }]);
  });

  it('draws no number while it is compared', async () => {
    await database.build(invoice({ number: number() }));
    for (const spelling of [next(engine), next(engine).toUpperCase().replace('NUMBERS', 'numbers')]) {
      expect(await database.difference(invoice({ number: p.integer().defaultRaw(spelling) }))).toBe('');
    }
    await insert();
    expect(await numbers()).toEqual([1]);
  });
});

describe.each(enginesByDialect('sequences', postgres))('on %s, where columns count by sequences,', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const rows = async (sql: string): Promise<readonly Row[]> => database.connection.execute<Row[]>(sql);
  const counted = (): Entities => invoice({ number: p.integer().nullable() });

  it.each([
    "nextval('numbers')",
    "nextval('numbers'::regclass)",
    'NEXTVAL( \'"numbers"\' )',
    "nextval('Numbers')",
    "pg_catalog.nextval('public.numbers')",
    "nextval(('numbers'::text)::regclass)",
    "('N' || nextval('numbers'))::text::varchar",
    "nextval('numbers') * 10",
  ])('a default %s is what it says, however it is written', async (sql) => {
    await database.execute('create sequence numbers');
    const type = sql.includes('||') ? p.string() : p.bigint();
    const entities = invoice({ number: type.defaultRaw(sql) });
    await database.build(entities);
    for (let time = 0; time < 3; time++) expect(await database.difference(entities)).toBe('');
  });

  it.each([
    ['capitals, dots and quotes', 'Num"bers.of mine'],
    ['an apostrophe', "o'neil"],
    ['capitals', 'Numbers'],
  ])('a name with %s is a name', async (_what, name) => {
    const literal = `'"${name.replaceAll('"', '""').replaceAll("'", "''")}"'`;
    const entities = invoice({ number: p.integer().default(raw(`nextval(${literal})`)) });
    await database.build(entities);
    expect(await database.difference(entities)).toBe('');
    expect(
      await rows(`select relname::text as name from pg_class where relkind = 'S' and relname !~ '^invoice'`),
    ).toEqual([{ name }]);
  });

  it('a sequence in a schema in which nothing else lives brings its schema', async () => {
    const entities = invoice({ number: p.integer().defaultRaw("nextval('counting.numbers')") });
    const change = await database.compare(entities);
    expect(change.upgrade.map(({ kind }) => kind)).toEqual(['createSchema', 'createSequence', 'createTable']);
    await database.apply(change.upgrade);
    expect(await database.difference(entities)).toBe('');
    await database.apply(change.downgrade);
    expect(await rows(`select nspname from pg_namespace where nspname = 'counting'`)).toEqual([]);
  });

  // what databases of twenty years ago look like, and those that an older ORM made
  const older: readonly (readonly [string, readonly string[]])[] = [
    ['a sequence that no column owns', ['create sequence invoice_id_seq', table("nextval('invoice_id_seq')")]],
    ['a sequence of another name', ['create sequence hibernate_sequence', table("nextval('hibernate_sequence')")]],
    ['the sequence of another table', ['create table other (id serial primary key)', table("nextval('other_id_seq')")]],
    ['a sequence in another schema', ['create schema s', 'create sequence s.q', table("nextval('s.q')")]],
    ['a name that is looked up each time', ['create sequence q', table("nextval('q'::text)")]],
  ];
  function table(value: string): string {
    return `create table invoice (id int not null default ${value}, number int, constraint invoice_pkey primary key (id))`;
  }
  const skipOther = { config: { schemaGenerator: { skipTables: ['other'] } } };

  it.each(older)(
    '%s satisfies an entity that wants auto-increment: nothing to do, and nothing is said',
    async (_what, sql) => {
      await database.execute(...sql, 'insert into invoice (number) values (1)');
      const { upgrade, warnings } = await database.compare(counted(), skipOther);
      expect([upgrade, warnings]).toEqual([[], []]);
      const schema = await database.schema();
      const wide = [
        defineEntity({ name: 'Invoice', properties: { id: p.bigint().primary(), number: p.integer().nullable() } }),
      ] as never;
      const change = await database.compare(wide, skipOther);
      await database.apply(change.upgrade);
      expect(await database.difference(wide, skipOther)).toBe('');
      await database.execute('insert into invoice (number) values (2)');
      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schema);
      await database.execute('insert into invoice (number) values (3)');
      expect((await rows('select id from invoice order by 1')).map(({ id }) => Number(id))).toEqual([1, 2, 3]);
    },
  );

  it.each(older)('%s stays where its column stops counting, and is taken up again', async (_what, sql) => {
    await database.execute(...sql, 'insert into invoice (number) values (1)');
    const schema = await database.schema();
    const plain = [
      defineEntity({
        name: 'Invoice',
        properties: { id: p.integer().primary().autoincrement(false), number: p.integer().nullable() },
      }),
    ] as never;
    const change = await database.compare(plain, skipOther);
    await database.apply(change.upgrade);
    expect(await database.difference(plain, skipOther)).toBe('');
    await database.execute('insert into invoice (id, number) values (2, 2)');
    await database.apply(change.downgrade);
    expect(await database.schema()).toBe(schema);
    expect((await rows('insert into invoice (number) values (3) returning id'))[0]).toEqual({ id: 3 });
  });

  it('an entity that names the sequence that its column owns has it', async () => {
    await database.build(invoice({ number: p.integer().autoincrement() }));
    const named = invoice({ number: p.integer().defaultRaw("nextval('invoice_number_seq')") });
    expect(await database.difference(named)).toBe('');
    await database.reset();
    await database.build(named);
    expect(await database.difference(invoice({ number: p.integer().autoincrement() }))).toBe('');
  });
});

import { defineEntity, p, UnderscoreNamingStrategy } from '@mikro-orm/core';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type ComparedObject } from '../../../libs/nest-migrate/src/autogenerate/schema-comparison.js';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { serverEngines } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { incomplete } from './incomplete.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls, plus, postgres } from './routines.js';
import { thing } from './single-features.js';
import { languageOf, watched } from './triggers.js';

class Loud extends UnderscoreNamingStrategy {
  override indexName(table: string, columns: string[], type: string): string {
    return `LOUD ${type} ${table} ${columns.join(' ')}`;
  }
}

/** Everything of which an engine keeps another text than it was given. */
function respelled() {
  return thing(
    {
      d: p.datetime().default('2020-01-01' as never),
      n: p.double().default(-1.5),
      e: p.enum(['x', "o'neil"]).default('x'),
      s: p.string().length(30),
      a: p.integer(),
    },
    {
      checks: [
        { name: 'one', expression: 'a between 1 and 10' },
        { name: 'two', expression: "s not in ('a', 'b') and s like 'c%'" },
        { name: 'three', expression: 'length(s) > 2' },
      ],
    },
  );
}

describe.each(['mysql', 'mariadb'] as const)('the collation of a table on %s', (engine) => {
  it('is no difference in a column that names it, or ceases to', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(thing({ a: p.string(), b: p.string() }));
      // the one that the charset has by itself differs between servers and versions
      const [{ collation }] = await database.connection.execute<[{ collation: string }]>(
        "select table_collation as collation from information_schema.tables where table_name = 'thing' and table_schema = database()",
      );
      const named = p.string().collation(collation);
      await database.reset();
      await database.build(thing({ a: named, b: p.string() }));
      expect(await database.difference(thing({ a: named, b: p.string() }))).toBe('');
      expect(await database.difference(thing({ a: p.string(), b: named }))).toBe('');
    } finally {
      await database.close();
    }
  });
});

describe.each(enginesByDialect('reading'))('comparing on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  it('says the same twice, and leaves nothing behind', async () => {
    await database.build(respelled());
    expect(await database.difference([])).toBe(await database.difference([]));
    expect(await database.difference(respelled())).toBe('');
  });

  it("names everything as the naming strategy does, one's own as well, and finds it again under that name", async () => {
    const Author = defineEntity({
      name: 'Author',
      properties: { id: p.integer().primary(), name: p.string().length(30).unique() },
    });
    const Book = defineEntity({
      name: 'Book',
      indexes: [{ properties: ['title', 'year'] }],
      checks: [{ expression: 'year > 0' }],
      properties: {
        id: p.integer().primary(),
        title: p.string().length(30).index(),
        year: p.integer(),
        author: () => p.manyToOne(Author),
      },
    });
    const config = { namingStrategy: Loud };
    const { upgrade, downgrade } = await database.compare([Author, Book], { config });
    expect(incomplete([...upgrade, ...downgrade])).toEqual([]);
    const source = renderOperations(upgrade);
    for (const name of ['unique author name', 'index book title', 'check book ', 'foreign book author_id']) {
      expect(source).toContain(`'LOUD ${name}'`);
    }
    expect(source).toContain("'LOUD index book title year'");
    await database.apply(upgrade);
    expect(await database.difference([Author, Book], { config })).toBe('');
    await database.apply(downgrade);
    expect(await database.difference([])).toBe('');
  });

  it('leaves a transaction as it was, also where the engine does not understand an expression', async () => {
    await database.build(thing({ a: p.integer() }, { checks: [{ name: 'rule', expression: 'a > 0' }] }));
    const next = thing({ a: p.integer(), b: p.integer() }, { checks: [{ name: 'rule', expression: 'a > b' }] });
    const { connection } = database;
    await connection.execute('begin');
    await connection.execute('insert into thing (a) values (5)');
    const { upgrade } = await database.compare(next);
    expect(upgrade.map(({ kind }) => kind)).toEqual(['dropConstraint', 'addColumn', 'createCheckConstraint']);
    expect(await connection.execute('select a from thing')).toEqual([{ a: 5 }]);
    await connection.execute('rollback');
    expect(await connection.execute('select a from thing')).toEqual([]);
  });

  it('leaves alone what belongs to the tool, to the migrator of MikroORM, and to nobody', async () => {
    await database.execute(
      'create table books (version_num int)',
      'create table mikro_orm_migrations (id int)',
      'create table skipped_one (id int)',
      'create table refused (id int)',
      'create table swap (id int)',
    );
    const difference = await database.difference([], {
      ignoreTables: [{ table: 'books' }],
      includeObject: ({ type, name }) => type !== 'table' || name !== 'refused',
      config: { schemaGenerator: { skipTables: [/^skipped_/] } },
    });
    expect(difference).toMatch(/^\/\/ drops table swap.*\nawait op\.dropTable\('swap'\);\n$/);
  });

  it('leaves skipped columns alone, with what is built on them', async () => {
    await database.build(
      thing(
        { a: p.integer(), legacy: p.string().length(20).index() },
        { checks: [{ name: 'c', expression: "legacy <> ''" }] },
      ),
    );
    const config = { schemaGenerator: { skipColumns: { thing: ['legacy'] } } };
    expect(await database.difference(thing({ a: p.integer() }), { config })).toBe('');
  });

  it('compares no foreign keys where the configuration wants none', async () => {
    const Owner = defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } });
    const entities = [Owner as never, ...thing({ owner: () => p.manyToOne(Owner) })];
    const config = { schemaGenerator: { createForeignKeyConstraints: false } };
    const { upgrade } = await database.compare(entities, { config });
    await database.apply(upgrade);
    expect(await database.difference(entities, { config })).toBe('');
    expect((await database.compare(entities)).upgrade.map(({ kind }) => kind)).toEqual(['createForeignKey']);
  });

  it('drops a view that no entity has, says so, and leaves alone what it is told to', async () => {
    await database.build(thing({ a: p.integer() }));
    await database.execute('create view other as select a from thing');
    const { upgrade, downgrade, warnings } = await database.compare(thing({ a: p.integer() }));
    expect(upgrade).toMatchObject([{ kind: 'dropView', view: 'other' }]);
    expect(warnings).toEqual(['drops view other, which no entity has']);
    // a revision goes to databases of other names
    expect(JSON.stringify(downgrade)).not.toContain(database.name);

    const skipped = { config: { schemaGenerator: { skipViews: ['other'] } } };
    expect(await database.difference(thing({ a: p.integer() }), skipped)).toBe('');
    const includeObject = ({ type }: ComparedObject): boolean => type !== 'view';
    expect(await database.difference(thing({ a: p.integer() }), { includeObject })).toBe('');
    await database.execute('drop view other');
  });
});

// PGlite has one user, who may do everything
describe.each(serverEngines)('comparing as somebody who may only read, on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  it('finds nothing where there is nothing, whatever the engine made of the texts', async () => {
    await database.build(respelled());
    const difference = await database.withReader((connection) => database.difference(respelled(), { connection }));
    expect(difference).toBe('');
  });

  it('does not take for missing what the server hides, and says what it does not see', async () => {
    await database.reset();
    const { timing, set } = languageOf(engine);
    const family = postgres.includes(engine) ? postgres : mysqls;
    const entities = [
      ...watched({ name: 'watch', timing, events: ['insert'], body: set('b', "'x'") }),
      plus(family, 1),
    ];
    await database.build(entities);
    await database.withReader(async (connection) => {
      const { upgrade, warnings } = await database.compare(entities, { connection });
      expect(upgrade).toEqual([]);
      expect(warnings).toEqual(
        postgres.includes(engine)
          ? []
          : [
              'triggers are not compared: this user may not see them (grant trigger)',
              'routines are not compared: this user may not see them (grant execute)',
            ],
      );
    });
  });
});

describe.each(enginesByDialect('reading', ['postgres', 'pglite'] as const))('comparing schemas on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const inSchema = (schema: string) =>
    defineEntity({ name: 'Thing', tableName: 'thing', schema, properties: { id: p.integer().primary() } }) as never;

  it('does not take a table for one of the same name elsewhere', async () => {
    await database.build(thing({}));
    const { upgrade } = await database.compare([inSchema('shop')]);
    expect(upgrade.map(({ kind }) => kind)).toEqual(['createSchema', 'createTable', 'dropTable']);
  });

  it('uses a schema that is there and empty', async () => {
    await database.execute('create schema shop');
    const { upgrade } = await database.compare([inSchema('shop')]);
    expect(upgrade.map(({ kind }) => kind)).toEqual(['createTable']);
    expect(await database.difference([])).toBe('');
  });

  it('drops a schema with its last table, unless it holds something else', async () => {
    await database.build(['one', 'two', 'three', 'four'].map(inSchema));
    await database.execute(
      'create view one.v as select 1 as one',
      'create domain two.number as int',
      'create table three.books (version_num int)',
      'create view four.v as select 1 as one',
    );
    const { upgrade, warnings } = await database.compare([], {
      ignoreTables: [{ table: 'books', schema: 'three' }],
      config: { schemaGenerator: { skipViews: ['four.v'] } },
    });
    expect(upgrade.filter(({ kind }) => kind === 'dropSchema')).toEqual([{ kind: 'dropSchema', name: 'one' }]);
    expect(warnings.filter((warning) => warning.startsWith('keeps'))).toHaveLength(3);
    await database.apply(upgrade);
  });

  it('asks as often about many tables as about few, and finds the one whose text the server refuses', async () => {
    const tables = (count: number): Entities =>
      Array.from({ length: count }, (_, index) =>
        defineEntity({
          name: `Many${index}`,
          checks: [
            { name: `many${index}_range`, expression: 'n between 1 and 9' },
            { name: `many${index}_list`, expression: "s in ('a', 'b') and n <> all (array[7, 8])" },
          ],
          properties: { id: p.integer().primary(), n: p.integer(), s: p.string().default('a') },
        }),
      ) as never;
    const asked = async (entities: Entities): Promise<{ readonly count: number; readonly difference: string }> => {
      let count = 0;
      const connection = Object.create(database.connection) as AbstractSqlConnection;
      connection.execute = ((...args: Parameters<AbstractSqlConnection['execute']>) => {
        count += 1;
        return database.connection.execute(...args);
      }) as AbstractSqlConnection['execute'];
      return { difference: await database.difference(entities, { connection }), count };
    };
    await database.build(tables(2));
    const few = await asked(tables(2));
    await database.build(tables(40));
    const many = await asked(tables(40));
    expect([few.difference, many.difference]).toEqual(['', '']);
    expect(many.count).toBe(few.count);

    const wrong = defineEntity({
      name: 'Many7',
      checks: [
        { name: 'many7_range', expression: 'n between 1 and nobody_knows(9)' },
        { name: 'many7_list', expression: "(s in ('a', 'b')) and n <> all (array[7,8])" },
      ],
      properties: { id: p.integer().primary(), n: p.integer(), s: p.string().default('a') },
    });
    const spoiled = await database.compare(
      tables(40).map((entity, index) => (index === 7 ? (wrong as never) : entity)),
    );
    expect(spoiled.upgrade).toMatchObject([
      { kind: 'dropConstraint', name: 'many7_range' },
      { kind: 'createCheckConstraint', check: { name: 'many7_range' } },
    ]);
  });

  it('leaves policies alone that it is told to leave, and never weakens them then', async () => {
    const own = { name: 'own', using: 'a > 0' };
    await database.build(thing({ a: p.integer() }, { rowLevelSecurity: 'force', policies: [own] }));
    const { warnings } = await database.compare(thing({ a: p.integer() }));
    expect(warnings).toEqual(['drops policy own on thing, which no entity has']);
    const config = { schemaGenerator: { ignorePolicies: true } };
    expect(await database.difference(thing({ a: p.integer() }), { config })).toBe('');
    const changed = { ...own, using: 'a > 1' };
    const { upgrade } = await database.compare(
      thing({ a: p.integer() }, { policies: [changed, { name: 'new', using: 'true' }] }),
      { config },
    );
    expect(upgrade).toMatchObject([{ kind: 'createPolicy', name: 'new' }]);
    const includeObject = ({ type, name }: ComparedObject): boolean => type !== 'policy' || name !== 'own';
    const some = thing({ a: p.integer() }, { rowLevelSecurity: 'force' });
    expect(await database.difference(some, { includeObject })).toBe('');
  });

  it('leaves an ignored schema alone', async () => {
    await database.execute(
      'create schema theirs',
      'create table theirs.x (id int)',
      `create type theirs.y as enum ('a')`,
    );
    const config = { schemaGenerator: { ignoreSchema: ['theirs'] } };
    expect(await database.difference([], { config })).toBe('');
  });

  it('names nothing by its schema where the connection has that schema', async () => {
    await database.execute('create schema app');
    const config = { schema: 'app' };
    const entities = thing({ a: p.string().unique(), e: p.enum(['a']).nativeEnumName('kind') });
    expect(await database.difference(entities, { config })).toContain("op.createTable('thing', {");
  });

  it('creates the schema of the connection where it is missing, and leaves it there', async () => {
    const config = { schema: 'app' };
    const entities = thing({ a: p.integer() });
    const { upgrade, downgrade } = await database.compare(entities, { config });
    expect(upgrade.map(({ kind }) => kind)).toEqual(['createSchema', 'createTable']);
    expect(upgrade[0]).toEqual({ kind: 'createSchema', name: 'app' });
    expect(downgrade.map(({ kind }) => kind)).toEqual(['dropTable']);
    expect(await database.difference([], { config })).toBe('');
  });

  it.each(['public.kind', 'kind'])('finds a type of the schema of the connection under %s', async (name) => {
    const entities = thing({ e: p.enum(['a', 'b']).nativeEnumName(name).default('a') });
    await database.build(entities);
    expect(await database.difference(entities)).toBe('');
    const more = thing({ e: p.enum(['a', 'b', 'c']).nativeEnumName(name).default('a') });
    const { upgrade } = await database.compare(more);
    expect(upgrade.map(({ kind }) => kind)).toEqual(['alterEnum']);
  });

  it('leaves a type alone that something else needs', async () => {
    await database.execute(`create type kind as enum ('a')`, `create view v as select 'a'::kind as k`);
    expect(await database.difference([], { config: { schemaGenerator: { skipViews: ['v'] } } })).toBe('');
  });

  it('leaves alone what is partitioned in a way that no entity can say', async () => {
    await database.execute(
      'create table parted (id int, day date) partition by range (day)',
      `create table parted_2020 partition of parted for values from ('2020-01-01') to ('2021-01-01') partition by list (id)`,
      'create table parent (id int)',
      'create table child () inherits (parent)',
      'create sequence counting',
    );
    expect(await database.difference([])).toBe('');
  });

  it('says what no revision can change: how a table is partitioned', async () => {
    const events = (partitionBy?: object): Entities => [
      defineEntity({
        name: 'Event',
        ...(partitionBy && { partitionBy: partitionBy as never }),
        properties: { id: p.integer().primary().autoincrement(false), kind: p.integer().primary() },
      }) as never,
    ];
    const by = (expression: string) => ({ type: 'hash', expression, partitions: 2 });
    await database.build(events(by('id')));
    const { upgrade, warnings } = await database.compare(events(by('kind')));
    expect(upgrade).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^event is not partitioned by hash \("?kind"?\), as its entity wants: /),
    ]);
    // as MikroORM has it: an entity that says nothing of partitions leaves them alone
    expect(await database.difference(events())).toBe('');
    expect((await database.compare([])).upgrade.map(({ kind }) => kind)).toEqual([
      'dropPartition',
      'dropPartition',
      'dropTable',
    ]);
  });
});

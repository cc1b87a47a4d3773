/** What no entity declares uses a type, a key or a sequence that changes. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Entities, LiveDatabase } from './live-database.js';
import { enginesByDialect } from '../../support/turns.js';

const postgresOfToday = enginesByDialect('undeclared-uses', ['postgres', 'pglite'] as const);

describe.each(postgresOfToday)('what no entity declares, on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const includeObject = ({ name }: { readonly name: string }): boolean => !name.startsWith('left_');
  const thing = (a: object, options: object = {}): Entities => [
    defineEntity({ name: 'Thing', properties: { id: p.integer().primary(), a: a as never }, ...options } as never),
  ];
  const state = (...items: readonly string[]): object => p.enum([...items]).nativeEnumName('state');
  const execute = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements.flatMap((text) => text.split('; '))) await database.execute(statement);
  };
  const rows = async (sql: string): Promise<readonly unknown[]> => database.connection.execute<object[]>(sql);

  it('a column of a native enum, its default, an index on it and a foreign key survive that the type is rebuilt', async () => {
    const [before, after] = [state('draft', 'live', 'gone'), state('live', 'draft')].map((type) =>
      thing(type, { uniques: [{ name: 'thing_a', properties: ['a'] }] }),
    ) as [Entities, Entities];
    await database.build(before);
    await execute(
      "create table left_twin (twin state not null default 'draft', list state[] default '{draft,live}')",
      "create index left_on_twin on left_twin (twin) where twin = 'draft'",
      'create table left_child (parent state references thing (a))',
      "create table left_heir (own int) inherits (left_twin); alter table left_heir alter twin set default 'live'",
      "insert into thing values (1, 'draft'); insert into left_twin default values; insert into left_heir default values",
    );
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(after, { includeObject });
    await database.apply(upgrade);
    expect(await database.difference(after, { includeObject })).toBe('');
    expect(
      await rows("select enumlabel as label from pg_enum where enumtypid = 'state'::regtype order by enumsortorder"),
    ).toEqual([{ label: 'live' }, { label: 'draft' }]);
    await execute('insert into left_twin default values', 'insert into left_heir default values');
    expect(
      await rows('select twin::text, list::text, tableoid::regclass::text as of from left_twin order by of, twin'),
    ).toEqual([
      { twin: 'live', list: '{draft,live}', of: 'left_heir' },
      { twin: 'live', list: '{draft,live}', of: 'left_heir' },
      { twin: 'draft', list: '{draft,live}', of: 'left_twin' },
      { twin: 'draft', list: '{draft,live}', of: 'left_twin' },
    ]);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(stood);
  });

  it('a sequence that a key owns, and does not count by, is not taken for its counter', async () => {
    const counting = thing(p.integer());
    const still = [
      defineEntity({
        name: 'Thing',
        properties: { id: p.integer().primary().autoincrement(false), a: p.integer() },
      }),
    ] as never as Entities;
    await database.build(counting);
    await execute('create sequence left_numbers owned by thing.id');
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(still, { includeObject });
    await database.apply(upgrade);
    expect(await rows("select relname as name from pg_class where relkind = 'S'")).toEqual([{ name: 'left_numbers' }]);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(stood);
  });

  it('a value of an enum that is a check is renamed where a foreign key refers to it', async () => {
    const both = (value: string): Entities => {
      const Thing = defineEntity({
        name: 'Thing',
        properties: { id: p.integer().primary(), a: p.enum([value, 'live']).unique() },
      });
      const relation = (): object =>
        p
          .manyToOne(Thing as never)
          .targetKey('a')
          .fieldName('thing');
      return [
        Thing,
        defineEntity({ name: 'Part', properties: { id: p.integer().primary(), thing: relation as never } } as never),
      ] as never;
    };
    await database.build(both('draft'));
    await execute("insert into thing values (1, 'draft'); insert into part values (1, 'draft')");
    const stood = await database.schema();
    const { upgrade, downgrade } = await database.compare(both('new'), { renames: ['thing.a.draft:new'] });
    await database.apply(upgrade);
    expect(await rows('select a from thing union all select thing from part')).toEqual([{ a: 'new' }, { a: 'new' }]);
    expect(await database.difference(both('new'))).toBe('');
    await database.apply(downgrade);
    expect(await rows('select a from thing union all select thing from part')).toEqual([
      { a: 'draft' },
      { a: 'draft' },
    ]);
    expect(await database.schema()).toBe(stood);
  });

  describe('a partition key', () => {
    const parted = (a: object): Entities => thing(a, { partitionBy: { type: 'hash', expression: 'a', partitions: 2 } });
    const keyed = (a: { readonly primary: () => object }): Entities => parted(a.primary());

    it.each([
      ['another native enum', p.enum(['draft']).nativeEnumName('state'), p.enum(['draft']).nativeEnumName('mood')],
      ['a native enum out of a text', p.string().length(20), p.enum(['draft']).nativeEnumName('state')],
      ['a value less', p.enum(['draft', 'live']).nativeEnumName('state'), p.enum(['draft']).nativeEnumName('state')],
      ['another collation', p.string().length(20), p.string().length(20).collation('C')],
    ])('keeps its column from becoming %s, and a warning says so', async (_what, before, after) => {
      await database.build(keyed(before));
      const { upgrade, warnings } = await database.compare(keyed(after));
      expect(upgrade).toEqual([]);
      expect(warnings).toContainEqual(expect.stringMatching(/^leaves the .* alone, .* partition key/));
    });

    it('lets its native enum get a value, which the downgrade leaves', async () => {
      await database.build(keyed(p.enum(['draft']).nativeEnumName('state')));
      const after = keyed(p.enum(['draft', 'live']).nativeEnumName('state'));
      const { upgrade, downgrade, warnings } = await database.compare(after);
      expect(warnings).toContainEqual(
        expect.stringMatching(/^adds values to the type state, and the downgrade leaves/),
      );
      await database.apply(upgrade);
      expect(await database.difference(after)).toBe('');
      await database.apply(downgrade);
      await database.apply(upgrade);
      expect(await database.difference(after)).toBe('');
    });
  });
});

/** What a step can lose, and what it can fail on, is said above it and to whoever runs `db migrate`. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { serverEngines } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls, postgres, thing } from './single-features.js';

const old = (): Entities => [defineEntity({ name: 'Old', properties: { id: p.integer().primary() } }) as never];

describe.each(enginesByDialect('unsafe-steps'))('unsafe steps on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  /** The sentences of both directions: they stand above the steps, and those of the upgrade are told at once. */
  async function sentences(entities: Entities): Promise<Readonly<Record<'upgrade' | 'downgrade', readonly string[]>>> {
    const { upgrade, downgrade, batches, warnings } = await database.compare(entities);
    const of = (operations: typeof upgrade): readonly string[] => operations.flatMap(({ warning }) => warning ?? []);
    const source = renderOperations(upgrade, undefined, batches.upgrade).replace(/\n *\/\/ /g, ' ');
    for (const sentence of of(upgrade)) expect(source).toContain(sentence);
    expect(warnings).toEqual(of(upgrade));
    return { upgrade: of(upgrade), downgrade: of(downgrade) };
  }

  const fills = mysqls.includes(engine);

  it('are a table and a column that go, and a column that rows have no value for', async () => {
    await database.build([...thing({ a: p.integer(), s: p.integer().nullable() }), ...old()]);
    const after = thing({ s: p.integer(), b: p.text() });
    const dropped = [
      'drops column thing.a, which no entity has: what it holds is lost; move what is still needed first',
      'drops table old, which no entity has: its rows are lost; move what is still needed first',
    ];
    const added = 'adds thing.b as not null without a default';
    const cure = 'so give it a default, or add it as nullable and fill it first';
    const filling = 'get 0 or an empty text, or make the upgrade fail where that is no value';
    const filled = 'fails where a row holds null, so fill those rows first';
    const empty = await sentences(after);
    expect([...empty.upgrade].sort()).toEqual(
      [
        ...dropped,
        fills ? `${added}: rows ${filling}, ${cure}` : `${added}: the upgrade fails on a table with rows, ${cure}`,
        `makes thing.s not null: the upgrade ${filled}`,
      ].sort(),
    );
    // what goes there is what the way back is for
    expect(empty.downgrade).toEqual([
      empty.downgrade.find((sentence) => sentence.startsWith('adds thing.a as not null without a default')),
    ]);

    await database.execute('insert into thing (a, s) values (1, 2)');
    expect([...(await sentences(after)).upgrade].sort()).toEqual(
      [
        ...dropped,
        fills
          ? `${added}: thing has rows, which ${filling}, ${cure}`
          : `${added}, and thing has rows: the upgrade fails, ${cure}`,
        `makes thing.s not null, and thing has rows: the upgrade ${filled}`,
      ].sort(),
    );
    expect((await sentences(thing({ a: p.integer().nullable(), s: p.integer().nullable() }))).upgrade).toEqual([
      'drops table old, which no entity has: its rows are lost; move what is still needed first',
    ]);
  });

  it('are values that go from an enum', async () => {
    const gone = "'new', 'old'";
    const cure = 'fails where a row holds it, so change those rows first';
    await database.build(thing({ e: p.enum(['new', 'used', 'old']) }));
    const { upgrade, downgrade } = await sentences(thing({ e: p.enum(['used', 'sold']) }));
    expect(upgrade).toEqual([`removes ${gone} from the values of thing.e: the upgrade ${cure}`]);
    expect(downgrade).toEqual([`removes 'sold' from the values of thing.e: the downgrade ${cure}`]);
    if (!postgres.includes(engine)) return;
    await database.reset();
    await database.build(thing({ e: p.enum(['new', 'used', 'old']).nativeEnumName('condition') }));
    const native = await sentences(thing({ e: p.enum(['used', 'sold']).nativeEnumName('condition') }));
    expect(native.upgrade).toEqual([`removes ${gone} from the type condition: the upgrade ${cure}`]);
    expect(native.downgrade).toEqual([`removes 'sold' from the type condition: the downgrade ${cure}`]);
  });

  if (fills) {
    it('name the first value of an enum that is not null: rows get that', async () => {
      await database.build(thing({ a: p.integer() }));
      await database.execute('insert into thing (a) values (1)');
      const after = (): Entities => thing({ a: p.integer(), role: p.enum(['reader', 'writer']) });
      expect((await sentences(after())).upgrade).toEqual([
        "adds thing.role as not null without a default: thing has rows, which get its first value, 'reader', " +
          'so give it a default, or add it as nullable and fill it first',
      ]);
      await database.apply((await database.compare(after())).upgrade);
      expect(await database.connection.execute('select role from thing')).toEqual([{ role: 'reader' }]);
    });
  }

  it('are types that hold less, and none that hold more', async () => {
    await database.build(thing({ n: p.integer(), s: p.string().length(20) }));
    const { upgrade, downgrade } = await sentences(thing({ n: p.smallint(), s: p.string().length(40) }));
    const what = 'a value that does not fit makes the';
    if (engine === 'sqlite') {
      // a type is no more than a hint there
      expect([upgrade, downgrade]).toEqual([[], []]);
      return;
    }
    expect(upgrade).toEqual([
      `changes the type of thing.n from integer to smallint: ${what} upgrade fail, or is cut, so look at the rows first`,
    ]);
    expect(downgrade).toEqual([
      `changes the type of thing.s from string(40) to string(20): ${what} downgrade fail, or is cut, so look at the rows first`,
    ]);
  });

  if (postgres.includes(engine)) {
    it('are partitions that go', async () => {
      const event = (...partitions: readonly object[]): Entities => [
        defineEntity({
          name: 'Event',
          partitionBy: { type: 'list', expression: 'kind', partitions } as never,
          properties: { kind: p.integer().primary().autoincrement(false) },
        }) as never,
      ];
      const one = { name: 'event_1', values: 'in (1)' };
      await database.build(event(one, { name: 'event_2', values: 'in (2)' }));
      expect((await sentences(event(one))).upgrade).toEqual([
        'drops partition event_2 of event: its rows are lost; move what is still needed first',
      ]);
    });

    it('are types without a cast: what to write stands there, and runs where the values allow it', async () => {
      await database.build(thing({ a: p.integer() }));
      const change = await database.compare(thing({ a: p.uuid() }));
      expect(renderOperations(change.upgrade)).toContain('using: \'"a"::text::uuid\'');
      expect(change.warnings).toEqual([
        "changes the type of thing.a from integer to uuid, to which there is no cast: say in 'using' how a value becomes another, or the upgrade fails on most",
      ]);
      await database.apply(change.upgrade);
      expect(await database.difference(thing({ a: p.uuid() }))).toBe('');
      await database.apply(change.downgrade);
      expect(await database.difference(thing({ a: p.integer() }))).toBe('');
    });
  }

  const poorer: readonly (readonly [sql: string, name: string, what: string])[] = postgres.includes(engine)
    ? [
        ['alter table thing add constraint odd unique nulls not distinct (a)', 'odd', 'nulls not distinct'],
        [
          'alter table thing add constraint positive check (a > 0) not valid no inherit',
          'positive',
          'not valid, no inherit',
        ],
        ['create index filled on thing (a) with (fillfactor = 70)', 'filled', 'fillfactor=70'],
      ]
    : engine === 'mysql'
      ? [['alter table thing add constraint positive check (a > 0) not enforced', 'positive', 'not enforced']]
      : [];
  if (poorer.length > 0) {
    it('are parts of a table that no operation can say as they are, and a table that has them', async () => {
      await database.build(thing({ a: p.integer() }));
      await database.execute(...poorer.map(([sql]) => sql));
      const told = (await sentences(thing({ a: p.integer() }))).upgrade;
      expect([...told].sort()).toEqual(
        poorer.map(([, name, what]) => `drops ${name} of thing, and the downgrade creates it without: ${what}`).sort(),
      );
      const { warnings } = await database.compare([]);
      const parts = poorer.map(([, name, what]) => `${name} (${what})`);
      expect(warnings.at(-1)).toBe(`the downgrade creates thing without: ${parts.join(', ')}`);
    });
  }
});

describe.each(serverEngines)('whether a table has rows, on %s', (engine) => {
  it('is seen by somebody who may only read', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      await database.build(thing({ a: p.integer() }));
      await database.execute('insert into thing (a) values (1)');
      const warnings = await database.withReader(
        async (connection) =>
          (await database.compare(thing({ a: p.integer(), b: p.integer() }), { connection })).warnings,
      );
      expect(warnings.filter((warning) => warning.includes('thing has rows'))).toHaveLength(1);
    } finally {
      await database.close();
    }
  });
});

import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { allEngines, type Engine } from '../../support/databases.js';
import { isTurn } from '../../support/turns.js';
import { type Change } from './changes.js';
import { incomplete } from './incomplete.js';
import { reasonsOf } from './inexpressible.js';
import { type Entities, inAnyOrder, LiveDatabase } from './live-database.js';
import { changes, rowsOf, rowsOfRun, summary } from './matrix.js';
import { shared } from './rows.js';

describe.each(allEngines)('a revision for a change on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const remaining = async (entities: Entities): Promise<string> =>
    renderOperations((await database.compare(entities)).upgrade);

  it.each(rowsOfRun(changes, engine))(
    '$name: there, back, there again, and back by another revision; what both have keeps its rows',
    async ({ before, after, rows, recomputed, extensions }) => {
      await database.reset(extensions);
      await database.apply((await database.compare(before())).upgrade);
      await database.execute(...(rows ?? []));
      const [schemaBefore, rowsBefore] = [await database.schema(), await database.contents()];

      const change = await database.compare(after());
      expect(change.upgrade).not.toEqual([]);
      // what was there before is data of the operation, and whatever it makes has a name to be dropped by
      expect(incomplete([...change.upgrade, ...change.downgrade])).toEqual([]);
      await database.apply(change.upgrade);
      expect(await remaining(after())).toBe('');
      const [schemaAfter, rowsAfter] = [await database.schema(), await database.contents()];
      expect(schemaAfter).not.toBe(schemaBefore);
      expect(shared(rowsAfter, rowsBefore, recomputed)).toEqual(shared(rowsBefore, rowsAfter, recomputed));

      await database.apply(change.downgrade);
      expect(await database.schema()).toBe(schemaBefore);
      expect(shared(await database.contents(), rowsAfter)).toEqual(shared(rowsBefore, rowsAfter));
      expect(await remaining(after())).toBe(renderOperations(change.upgrade));

      await database.apply(change.upgrade);
      expect(await database.schema()).toBe(schemaAfter);
      const back = await database.compare(before());
      await database.apply(back.upgrade);
      expect(await remaining(before())).toBe('');
      // a column that is new to the database comes last, wherever the entity says it
      expect(inAnyOrder(await database.schema())).toBe(inAnyOrder(schemaBefore));
    },
  );

  it('columns that come back stand where they stood, in tables whose columns can be put anywhere', async () => {
    const computed = (expression: string) => p.integer().generated(`(${expression}) stored`).nullable();
    const id = p.integer().primary();
    const [a, b, c] = [p.integer(), p.string().length(20), p.integer()];
    const before = [
      defineEntity({
        name: 'Thing',
        properties: { first: p.integer().nullable(), id, a, sum: computed('c + 1'), b, c, last: p.text().nullable() },
      }),
    ];
    const after = [
      defineEntity({ name: 'Thing', properties: { id, sum: computed('c + 2'), c, extra: p.integer().nullable() } }),
    ];
    const comesLast = engine === 'postgres' || engine === 'pglite';
    const order = async (): Promise<readonly string[]> => {
      const here = `table_name = 'thing' and table_schema = ${comesLast ? 'current_schema()' : 'database()'}`;
      const sql =
        engine === 'sqlite'
          ? `select name from pragma_table_xinfo('thing') order by cid`
          : `select column_name as name from information_schema.columns where ${here} order by ordinal_position`;
      return (await database.connection.execute<{ name: string }[]>(sql)).map(({ name }) => name);
    };
    await database.reset();
    await database.build(before);
    const stood = await order();
    const change = await database.compare(after);
    await database.apply(change.upgrade);
    expect([...(await order())].sort()).toEqual(['c', 'extra', 'id', 'sum']);
    await database.apply(change.downgrade);
    expect(await remaining(before)).toBe('');
    expect(comesLast ? [...(await order())].sort() : await order()).toEqual(comesLast ? [...stood].sort() : stood);
  });
});

describe('a revision for a change on SQLite, as a script that nobody asked the database for', () => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create('sqlite');
  });
  afterAll(() => database?.close());

  // of a long product: the same comparison as above, in another way to apply it
  const quarter = (_row: unknown, index: number): boolean => isTurn(index, 0, [0, 1, 2, 3]);
  it.each(rowsOf(changes, 'sqlite').filter(quarter))(
    '$name: there and back, as with the database',
    async ({ before, after, rows }) => {
      await database.reset();
      await database.build(before());
      await database.execute(...(rows ?? []));
      const [schemaBefore, rowsBefore] = [await database.schema(), await database.contents()];
      const change = await database.compare(after());
      await database.apply(change.upgrade);
      const [schemaAfter, rowsAfter] = [await database.schema(), await database.contents()];
      await database.apply(change.downgrade, 'revision');
      expect(await database.schema()).toBe(schemaBefore);
      await database.apply(change.upgrade, 'revision');
      expect(await database.schema()).toBe(schemaAfter);
      expect(shared(await database.contents(), rowsBefore)).toEqual(shared(rowsAfter, rowsBefore));
    },
  );
});

/** The changes that the engine cannot express: those of this run, each on one of the engines that can't. */
const unheldOn = (engine: Engine): readonly Change[] => {
  const isUnheld = ({ name, engines }: Change, on: Engine): boolean =>
    engines?.includes(on) !== false && name in reasonsOf(on);
  return changes.filter((change, index) =>
    isTurn(
      index,
      engine,
      allEngines.filter((on) => isUnheld(change, on)),
    ),
  );
};

describe.each(allEngines.filter((engine) => unheldOn(engine).length > 0))(
  'a change that %s cannot express',
  (engine) => {
    let database: LiveDatabase;

    beforeAll(async () => {
      database = await LiveDatabase.create(engine);
    });
    afterAll(() => database?.close());

    it.each(unheldOn(engine))(
      '$name: nothing is written, or what is written warns',
      async ({ before, after, rows }) => {
        await database.reset();
        await database.build(before());
        await database.execute(...(rows ?? []));
        const { upgrade, warnings } = await database.compare(after());
        expect(upgrade.length > 0 && warnings.length === 0).toBe(false);
      },
    );
  },
);

describe('the matrix of changes', () => {
  afterAll(() => void process.stderr.write(summary('Changes', changes)));

  it.each(allEngines)('has at least 90 rows on %s', (engine) => {
    expect(new Set(rowsOf(changes, engine).map(({ name }) => name)).size).toBeGreaterThanOrEqual(90);
  });
});

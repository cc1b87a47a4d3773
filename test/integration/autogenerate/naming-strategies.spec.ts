/**
 * A revision says every name: one that was written under a naming strategy makes the same schema under every other, which
 * the application may have taken up since.
 */
import { defineEntity, p, UnderscoreNamingStrategy } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Engine } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { entitiesOf, entityGraphs } from './entity-graph.js';
import { type Entities, LiveDatabase } from './live-database.js';

class OldNames extends UnderscoreNamingStrategy {
  override indexName(table: string, columns: readonly string[], type: string): string {
    return `old_${super.indexName(table, [...columns], type as 'index')}`;
  }
}

class NewNames extends UnderscoreNamingStrategy {
  override indexName(table: string, columns: readonly string[], type: string): string {
    return `new_${super.indexName(table, [...columns], type as 'index')}`;
  }
}

const postgres: readonly Engine[] = ['postgres', 'pglite'];

/** Whatever the strategy names, in two versions that differ in all of it. */
function named(engine: Engine, version: 1 | 2): Entities {
  const later = version === 2;
  const Owner = defineEntity({
    name: 'Owner',
    properties: {
      id: later ? p.bigint().primary() : p.integer().primary(),
      email: p.string().length(100).unique(),
    },
  });
  const Thing = defineEntity({
    name: 'Thing',
    properties: {
      id: p.integer().primary(),
      code: later ? p.string().length(40).index() : p.string().length(20),
      other: later ? p.string().length(20) : p.string().length(20).unique(),
      state: p.enum(later ? ['draft', 'live', 'gone'] : ['draft', 'live']).default('draft'),
      kind: later ? p.string().length(20) : p.enum(['a', 'b']),
      mood: later ? p.enum(['x', 'y']) : p.string().length(20),
      ...(later && { fresh: p.enum(['p', 'q']).nullable() }),
      ...(postgres.includes(engine) && {
        many: p
          .enum(later ? ['m', 'n', 'o'] : ['m', 'n'])
          .array()
          .nullable(),
        counted: later ? p.integer().autoincrement() : p.integer(),
      }),
      positive: later ? p.integer().check('positive > 1') : p.integer().check('positive > 0'),
      owner: () => (later ? p.manyToOne(Owner).deleteRule('cascade') : p.manyToOne(Owner)),
      parts: () => p.manyToMany(Owner),
    } as never,
  });
  return [Owner, Thing] as never;
}

describe.each(enginesByDialect('naming-strategies'))('another naming strategy on %s', (engine) => {
  let before: LiveDatabase;
  let since: LiveDatabase;

  beforeAll(async () => {
    before = await LiveDatabase.create(engine, { namingStrategy: OldNames });
    since = await LiveDatabase.create(engine, { namingStrategy: NewNames });
  });
  afterAll(async () => {
    await before?.close();
    await since?.close();
  });
  beforeEach(async () => {
    await before.reset();
    await since.reset();
  });

  const config = { namingStrategy: OldNames };
  const both = async (step: (database: LiveDatabase) => Promise<void>): Promise<void> => {
    for (const database of [before, since]) await step(database);
    expect(await since.schema()).toBe(await before.schema());
  };

  async function replays(v1: Entities, v2: Entities): Promise<void> {
    const first = await before.compare(v1, { config });
    await both((database) => database.apply(first.upgrade));
    expect(await before.difference(v1, { config })).toBe('');
    const second = await before.compare(v2, { config });
    await both((database) => database.apply(second.upgrade));
    expect(await before.difference(v2, { config })).toBe('');
    await both((database) => database.apply(second.downgrade));
    await both((database) => database.apply(second.upgrade));
    await both((database) => database.apply(second.downgrade));
    await both((database) => database.apply(first.downgrade));
  }

  it('makes what the revision says: every kind of name', () => replays(named(engine, 1), named(engine, 2)));

  it.each([1, 2, 3])('makes what the revision says: random entities, seed %i', async (seed) => {
    const { v1, v2 } = entityGraphs(seed, engine);
    await replays(entitiesOf(v1), entitiesOf(v2));
  });

  const lengths = fc.integer({ min: 1, max: 63 });
  // elsewhere no sequence stands behind a column that counts
  if (postgres.includes(engine))
    it('means nothing for the sequence of a column that begins to count, as for one that always has', async () => {
      const part = (length: number, letter: string): string => `${letter}é`.repeat(32).slice(0, length);
      await fc.assert(
        fc.asyncProperty(lengths, lengths, async (one, other) => {
          await before.reset();
          const [table, column] = [part(Math.min(one, 36), 't'), part(Math.min(other, 42), 'c')];
          const sequence = async (): Promise<unknown> => {
            const query = `select pg_get_serial_sequence('"${table}"', '${column}') as name`;
            return (await before.connection.execute<{ name: string }[]>(query))[0]?.name;
          };
          const counter = (counts: boolean): Entities => [
            defineEntity({
              name: 'Counter',
              tableName: table,
              properties: {
                id: p.string().primary(),
                [column]: counts ? p.integer().autoincrement() : p.integer(),
              } as never,
            }) as never,
          ];
          await before.build(counter(true));
          const always = await sequence();
          await before.reset();
          await before.build(counter(false));
          await before.build(counter(true));
          expect(await sequence()).toBe(always);
        }),
        { numRuns: 10 },
      );
    });

  it('is taken up by a revision of its own, and back', async () => {
    const entities = named(engine, 1);
    const first = await before.compare(entities, { config });
    await before.apply(first.upgrade);
    const old = await before.schema();
    const { upgrade, downgrade } = await before.compare(entities, { config: { namingStrategy: NewNames } });
    await before.apply(upgrade);
    expect(await before.difference(entities, { config: { namingStrategy: NewNames } })).toBe('');
    await before.apply(downgrade);
    expect(await before.schema()).toBe(old);
  });
});

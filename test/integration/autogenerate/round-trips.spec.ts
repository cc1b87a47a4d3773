/** A comparison asks the database for all tables at once: how often does not depend on how many there are. */
import { describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { enginesByDialect } from '../../support/turns.ts';
import { type Entities, LiveDatabase } from './live-database.js';

/** Each with what only the engine can tell to be the same: a check, a default and a computed column. */
function tables(count: number): Entities {
  return Array.from({ length: count }, (_, index) =>
    defineEntity({
      name: `Item${index}`,
      tableName: `item_${index}`,
      checks: [{ name: `item_${index}_price`, expression: `price >= ${index} and (price) < 100000` }],
      properties: {
        id: p.integer().primary(),
        price: p.decimal().precision(10).scale(2).default('0.5'),
        twice: p.decimal().precision(10).scale(2).generated('(price*2) stored').nullable(),
        at: p.datetime().defaultRaw('CURRENT_TIMESTAMP'),
      },
    } as never),
  ) as never;
}

describe.each(enginesByDialect('round-trips'))('on %s', (engine) => {
  it('are as many for 40 tables as for 2', async () => {
    const database = await LiveDatabase.create(engine);
    try {
      const { connection } = database;
      let count = 0;
      const counted = Object.create(connection) as typeof connection;
      counted.execute = ((...args: Parameters<typeof connection.execute>) => {
        count += 1;
        return connection.execute(...args);
      }) as typeof connection.execute;
      const counts: number[] = [];
      for (const entities of [tables(2), tables(40)]) {
        await database.build(entities);
        count = 0;
        const { upgrade } = await database.compare(entities, { connection: counted });
        expect(upgrade).toEqual([]);
        counts.push(count);
      }
      expect(counts[1]).toBe(counts[0]);
    } finally {
      await database.close();
    }
  });
});

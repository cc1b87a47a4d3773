/** Names that every JavaScript object has: of tables, columns, indexes, types and enums they are names like any other. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls, postgres } from './single-features.js';

const names = Object.getOwnPropertyNames(Object.prototype);

describe.each(enginesByDialect('names-of-every-object'))('names that every object has on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const quoted = (name: string): string => (mysqls.includes(engine) ? `\`${name}\`` : `"${name}"`);

  it.each(names)('%s: of what is there and goes, and comes back', async (name) => {
    const own = quoted(name);
    // a type of that name where there can be one
    const type = engine === 'sqlite' ? name : postgres.includes(engine) ? quoted(`e_${name}`) : 'int';
    if (postgres.includes(engine)) await database.execute(`create type ${type} as enum ('${name}')`);
    await database.execute(
      `create table ${own} (${quoted('id')} integer not null primary key, ${own} ${type} not null, ${quoted('other')} integer not null)`,
      `create index ${quoted(`i_${name}`)} on ${own} (${quoted('other')})`,
    );
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare([]);
    expect(upgrade).toContainEqual(expect.objectContaining({ kind: 'dropTable', table: name }));
    await database.apply(upgrade);
    expect(await database.difference([])).toBe('');
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
  });

  it.each(names)('%s: of what an entity declares', async (name) => {
    const entities = (): Entities => [
      defineEntity({
        name: 'Thing',
        tableName: name,
        indexes: [{ name: `i_${name}`, properties: ['own'] }],
        properties: {
          id: p.integer().primary(),
          // MikroORM's own model of entities loses a column of this name
          own: p
            .string()
            .length(20)
            .fieldName(name === '__proto__' ? 'own' : name),
          kind: p.enum([name, 'other']).default(name),
          // a value that is called as the column that is skipped below
          state: p.enum(['kind', 'other']).default('kind'),
        },
      }) as never,
    ];
    await database.build(entities());
    expect(await database.difference(entities())).toBe('');
    const config = { schemaGenerator: { skipColumns: { [name]: ['kind'] } } };
    expect(await database.difference(entities(), { config })).toBe('');
  });
});

/** Names that every JavaScript object has: of tables, columns, indexes, types and enums they are names like any other. */
import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Entities, LiveDatabase } from './live-database.js';

// MikroORM keeps columns in an object by their names, and loses this one
const names = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__');

describe.each(['mysql', 'mariadb'] as const)('names that every object has on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const quoted = (name: string): string => `\`${name}\``;

  it.each(names)('%s: of what is there and goes, and comes back', async (name) => {
    const own = quoted(name);
    await database.execute(
      `create table ${own} (${quoted('id')} integer not null primary key, ${own} int not null, ${quoted('other')} integer not null)`,
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
          own: p.string().length(20).fieldName(name),
          kind: p.enum([name, 'other']).default(name),
        },
      }) as never,
    ];
    await database.build(entities());
    expect(await database.difference(entities())).toBe('');
    const config = { schemaGenerator: { skipColumns: { [name]: ['kind'] } } };
    expect(await database.difference(entities(), { config })).toBe('');
  });
});

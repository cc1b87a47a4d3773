/** A native enum whose name has a dot: what stands before it is no schema. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveDatabase } from './live-database.js';
import { enginesByDialect } from '../../support/turns.js';

const postgresOfToday = enginesByDialect('dotted-enums', ['postgres', 'pglite'] as const);

describe.each(postgresOfToday)('an enum with dots in its name on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const places = [
    { table: 'public.t', type: 'public."my.kind"' },
    { table: 'public.t', type: 'public."a.b.c"' },
    { table: 'shop.t', type: 'shop."my.kind"' },
    { table: 'public.t', type: 'shop."my.kind"' },
    { table: 'shop.t', type: 'public."my.kind"' },
  ];

  it.each(places)('$type in $table: goes and comes back, alone and with its table', async ({ table, type }) => {
    await database.execute(
      'create schema shop',
      `create type ${type} as enum ('a', 'b')`,
      `create table ${table} (id int primary key, k ${type} default 'a', ks ${type}[])`,
    );
    const before = await database.schema();
    const { upgrade, downgrade } = await database.compare([]);
    await database.apply(upgrade);
    await database.apply(downgrade);
    expect(await database.schema()).toBe(before);
  });
});

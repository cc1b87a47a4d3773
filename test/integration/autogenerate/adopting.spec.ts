/** Whoever has let MikroORM make the schema until now starts with nothing to do. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engines } from '../../support/databases.js';
import { LiveDatabase } from './live-database.js';
import { features } from './single-features.js';

/** Where MikroORM's own SQL does not apply, or makes something else than the entity says. */
const mistaken = [
  'default string with an apostrophe',
  'default string with a backslash',
  'default string with everything',
  'default text with an apostrophe',
  'default datetime as a Date',
  'default json as an object',
  'default array',
  'enum with apostrophe, comma and backslash',
  'native enum with a default',
  'smallint primary key',
  'view materialized without data',
];

describe.each(engines)('a schema that MikroORM made on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const offered = features
    .filter((feature) => feature.engines === undefined || feature.engines.includes(engine))
    .filter(({ name }) => !mistaken.includes(name));
  it.each(offered)('$name: is what the entities say', async ({ entities }) => {
    await database.reset();
    await database.createAsMikroOrm(entities());
    expect(await database.difference(entities())).toBe('');
  });
});

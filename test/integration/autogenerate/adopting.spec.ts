/** Whoever has let MikroORM make the schema until now starts with nothing to do. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allEngines } from '../../support/databases.js';
import { LiveDatabase } from './live-database.js';
import { rowsOfRun } from './matrix.js';
import { features } from './single-features.js';
import { routineFeatures } from './routines.js';
import { triggerFeatures } from './triggers.js';

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
  'trigger whose body ends in a comment',
  'routine with types of JavaScript',
  'routine that calls another, listed before it',
  'routine in a check, a default and an index',
  'routine in a view',
  'routine with a dollar quote in its body',
  'routine a function with all there is to say',
  'routine that triggers execute',
];

describe.each(allEngines)('a schema that MikroORM made on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const offered = rowsOfRun(
    [...features, ...triggerFeatures, ...routineFeatures].filter(({ name }) => !mistaken.includes(name)),
    engine,
  )
    // of this one MikroORM makes no SQL that SQLite understands: it leaves the parentheses out that an expression needs
    .filter(({ name }) => engine !== 'sqlite' || name !== 'default now()');
  it.each(offered)('$name: is what the entities say', async ({ entities }) => {
    await database.reset();
    await database.createAsMikroOrm(entities());
    expect(await database.difference(entities())).toBe('');
  });
});

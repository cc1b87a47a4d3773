/** An entity can name a type of an extension, and not the extension. */
import { p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveDatabase } from './live-database.js';
import { thing } from './single-features.js';

describe.each(['postgres', 'pglite'] as const)('a type of an extension on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const labelled = (type: string): ReturnType<typeof thing> => thing({ a: p.string().columnType(type).nullable() });
  const warning = (type: string): string =>
    `uses the type ${type}, which this database does not have: where an extension brings it, create that in a ` +
    "revision before, with op.execute('create extension …')";

  it.each(['citext', 'citext[]', 'ext.citext', 'ltree', '"My Type"(3)', 'vector(3)'])(
    '%s: whoever lacks it is told, with a new table, a new column and another type',
    async (type) => {
      expect((await database.compare(labelled(type))).warnings).toContain(warning(type));
      await database.build(thing({ b: p.integer() }));
      expect((await database.compare(labelled(type))).warnings).toContain(warning(type));
      await database.build(thing({ a: p.string().nullable() }));
      expect((await database.compare(labelled(type))).warnings).toContain(warning(type));
    },
  );

  it('nobody is told of a type that is there', async () => {
    await database.reset(['citext', 'ext.ltree']);
    await database.execute('create domain "My Type" as text');
    const own = [
      'citext',
      'citext[]',
      'ext.ltree',
      '"My Type"',
      'int4range',
      'timestamp(3) with time zone',
      'bit(3)',
      'inet',
    ];
    const columns = own.map((type, index) => [`c${index}`, p.string().columnType(type).nullable()] as const);
    const { warnings } = await database.compare(thing(Object.fromEntries(columns)));
    expect(warnings).toEqual([]);
  });

  it('a revision before makes it there', async () => {
    const entities = labelled('citext');
    await database.execute('create extension citext');
    await database.build(entities);
    expect(await database.difference(entities)).toBe('');
  });
});

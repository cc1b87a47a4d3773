/** An index that an entity declares by its whole statement is there once the statement ran, whatever the statement says. */
import { p } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { enginesByDialect } from '../../support/turns.js';
import { type Entities, LiveDatabase } from './live-database.js';
import { mysqls, thing } from './single-features.js';

describe.each(enginesByDialect('indexes-by-statement'))('an index declared by its statement on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());
  beforeEach(() => database.reset());

  const isMySql = mysqls.includes(engine);
  const quote = isMySql ? '`' : '"';
  const named = (name: string): string => `${quote}${name}${quote}`;
  // MySQL and MariaDB have no partial indexes
  const conditions = isMySql ? [''] : ['', ' where "b" is not null', ` where "b" is null and "a" = 1`];
  const keys = [[named('a')], [`${named('a')} desc`], [named('a'), named('b')]].map((parts) => parts.join(', '));
  const cases = ['', 'unique '].flatMap((unique) =>
    keys.flatMap((key) => conditions.map((condition) => ({ unique, key, condition }))),
  );

  it.each(cases)('$unique on ($key)$condition: nothing is left to do', async ({ unique, key, condition }) => {
    const expression = `create ${unique}index ${named('own')} on ${named('thing')} (${key})${condition}`;
    const declared = { name: 'own', expression };
    const properties = () => ({ a: p.integer(), b: p.string().length(20).nullable() });
    const entities = (): Entities =>
      thing(properties(), unique === '' ? { indexes: [declared] } : { uniques: [declared] });
    const without = (): Entities => thing(properties());

    await database.build(without());
    const { upgrade, downgrade } = await database.compare(entities());
    await database.apply(upgrade);
    expect(await database.difference(entities())).toBe('');
    await database.apply(downgrade);
    expect(await database.difference(without())).toBe('');
    await database.reset();
    await database.createAsMikroOrm(entities());
    expect(await database.difference(entities())).toBe('');
  });
});

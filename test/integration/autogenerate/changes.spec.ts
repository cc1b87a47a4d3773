import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { allEngines } from '../../support/databases.js';
import { changes } from './changes.js';
import { incomplete } from './incomplete.js';
import { isExpressible } from './inexpressible.js';
import { type Entities, LiveDatabase } from './live-database.js';

describe.each(allEngines)('a revision for a change on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const remaining = async (entities: Entities): Promise<string> =>
    renderOperations((await database.compare(entities)).upgrade);

  const offered = changes
    .filter(({ engines }) => engines === undefined || engines.includes(engine))
    .filter(({ name }) => isExpressible(name, engine));
  it.each(offered)('$name: there, back, there again, and back by another revision', async ({ before, after, rows }) => {
    await database.reset();
    await database.apply((await database.compare(before())).upgrade);
    await database.execute(...(rows ?? []));

    const change = await database.compare(after());
    expect(change.upgrade).not.toEqual([]);
    // what was there before is data of the operation, and whatever it makes has a name to be dropped by
    expect(incomplete([...change.upgrade, ...change.downgrade])).toEqual([]);
    await database.apply(change.upgrade);
    expect(await remaining(after())).toBe('');

    await database.apply(change.downgrade);
    expect(await remaining(before())).toBe('');
    expect(await remaining(after())).toBe(renderOperations(change.upgrade));

    await database.apply(change.upgrade);
    const back = await database.compare(before());
    await database.apply(back.upgrade);
    expect(await remaining(before())).toBe('');
  });
});

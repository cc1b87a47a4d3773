import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { allEngines } from '../../support/databases.js';
import { incomplete } from './incomplete.js';
import { isExpressible } from './inexpressible.js';
import { LiveDatabase } from './live-database.js';
import { features } from './single-features.js';

describe.each(allEngines)('a revision for one feature on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const offered = features
    .filter(({ engines }) => engines === undefined || engines.includes(engine))
    .filter(({ name }) => isExpressible(name, engine));
  it.each(offered)('$name: applied, nothing is left to do; taken back, nothing is left', async ({ entities }) => {
    await database.reset();
    const first = await database.compare(entities());
    expect(first.upgrade).not.toEqual([]);
    // what `migrate --from-empty` compares, and asks nobody for
    expect(await database.compare(entities(), { connection: undefined })).toEqual(first);

    expect(incomplete([...first.upgrade, ...first.downgrade])).toEqual([]);

    await database.apply(first.upgrade);
    expect(renderOperations((await database.compare(entities())).upgrade)).toBe('');

    await database.apply(first.downgrade);
    expect(renderOperations((await database.compare([])).upgrade)).toBe('');
    expect(renderOperations((await database.compare(entities())).upgrade)).toBe(renderOperations(first.upgrade));
  });
});

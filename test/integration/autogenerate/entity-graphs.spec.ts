import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { engineNames } from '../../support/databases.js';
import { enginesByDialect } from '../../support/turns.js';
import { entitiesOf, entityGraphs } from './entity-graph.js';
import { LiveDatabase } from './live-database.js';

/** A few in every run; `npm run test:graphs` runs them all. */
const SEEDS = Number(process.env['GRAPH_SEEDS'] ?? 3);
const FIRST = Number(process.env['GRAPH_FIRST'] ?? 1);
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index);

describe.each(enginesByDialect('entity-graphs'))('random entity graphs on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(async () => {
    await database?.close();
    process.stderr.write(`Entity graphs on ${engineNames[engine]}: ${seeds.length}\n`);
  });
  beforeEach(() => database.reset());

  it.each(seeds)('seed %i: from nothing, to the next version, back, and back to nothing', async (seed) => {
    const { v1, v2 } = entityGraphs(seed, engine);
    const [before, after] = [entitiesOf(v1), entitiesOf(v2)];

    const first = await database.compare(before);
    await database.apply(first.upgrade);
    expect(await database.difference(before)).toBe('');
    const schema = await database.schema();

    const second = await database.compare(after);
    await database.apply(second.upgrade);
    expect(await database.difference(after)).toBe('');

    await database.apply(second.downgrade);
    expect(await database.schema()).toBe(schema);

    await database.apply(first.downgrade);
    expect(await database.difference([])).toBe('');
  });
});

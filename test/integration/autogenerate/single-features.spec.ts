import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { allEngines } from '../../support/databases.js';
import { incomplete } from './incomplete.js';
import { LiveDatabase } from './live-database.js';
import { features, rowsOf, rowsOfRun, summary } from './matrix.js';

describe.each(allEngines)('a revision for one feature on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  it.each(rowsOfRun(features, engine))(
    '$name: applied, nothing is left to do; taken back, nothing is left',
    async ({ entities, extensions = [] }) => {
      await database.reset(extensions);
      const nothing = await database.schema();
      const first = await database.compare(entities());
      expect(first.upgrade).not.toEqual([]);
      // what `migrate --from-empty` compares, and asks nobody for
      expect(await database.compare(entities(), { connection: undefined })).toEqual(first);

      expect(incomplete([...first.upgrade, ...first.downgrade])).toEqual([]);

      await database.apply(first.upgrade);
      expect(renderOperations((await database.compare(entities())).upgrade)).toBe('');
      const made = await database.schema();
      expect(made).not.toBe(nothing);

      await database.apply(first.downgrade);
      expect(await database.schema()).toBe(nothing);
      expect(renderOperations((await database.compare(entities())).upgrade)).toBe(renderOperations(first.upgrade));

      await database.apply(first.upgrade);
      expect(await database.schema()).toBe(made);
    },
  );
});

describe('the matrix of features', () => {
  afterAll(() => void process.stderr.write(summary('Features', features)));

  it.each(allEngines)('has at least 150 rows on %s', (engine) => {
    expect(new Set(rowsOf(features, engine).map(({ name }) => name)).size).toBeGreaterThanOrEqual(150);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type SchemaModel } from '../../../libs/nest-migrate/src/schema/schema-model.js';
import { allEngines } from '../../support/databases.js';
import { inAnyOrder, LiveDatabase } from './live-database.js';
import { changes, rowsOfRun } from './matrix.js';
import { isTurn } from '../../support/turns.js';

describe.each(allEngines)('the difference between two databases on %s', (engine) => {
  let database: LiveDatabase;

  beforeAll(async () => {
    database = await LiveDatabase.create(engine);
  });
  afterAll(() => database?.close());

  const remaining = async (wanted: SchemaModel): Promise<string> =>
    renderOperations((await database.compare([], { wanted })).upgrade);

  // one in five of a run, others in the next
  const rows = rowsOfRun(changes, engine).filter((_, index) => isTurn(index, 0, [0, 1, 2, 3, 4]));
  it.each(rows)(
    '$name: there is none to itself, and its operations make one like the other',
    async ({ extensions, before, after }) => {
      await database.reset(extensions);
      await database.build(before());
      const [schemaBefore, modelBefore] = [await database.schema(), await database.read()];
      expect(await remaining(modelBefore)).toBe('');

      await database.build(after());
      const modelAfter = await database.read();
      expect(await remaining(modelAfter)).toBe('');
      const back = await database.compare([], { wanted: modelBefore });
      await database.apply(back.upgrade);
      expect(await remaining(modelBefore)).toBe('');
      expect(inAnyOrder(await database.schema())).toBe(inAnyOrder(schemaBefore));
    },
  );
});

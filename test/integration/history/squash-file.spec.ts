import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RevisionInfo } from 'nest-migrate';
import { scenario, type Revisions, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const history: Revisions = {
  a1: (op) => op.createTable('one', { columns: { id: { type: 'integer' } } }),
  b2: async (op) => {
    await op.createTable('two', { columns: { id: { type: 'integer' } } });
    await op.bulkInsert('two', [{ id: 1 }]);
  },
  c3: {
    constants: { elidable: true },
    upgrade: async (op) => {
      await op.query('select 1');
      await op.execute('update two set id = 2 where id = 3');
    },
  },
  d4: {
    constants: { irreversible: 'the old rows are gone' },
    upgrade: async (op) => {
      await op.addColumn('two', 'n', { type: 'integer', nullable: true });
      await op.execute('update two set n = 0');
    },
  },
  e5: (op) => op.createTable('three', { columns: { id: { type: 'integer' } } }),
};

/** Writes a squash, which the proof lets pass. */
async function squash(at: Scenario, range: string, revId = 's9'): Promise<RevisionInfo> {
  const { created, clean, proofs } = await at.migrations.squash({ range, revId });
  expect(proofs.flatMap(({ findings }) => findings)).toEqual([]);
  expect(clean).toBe(true);
  return created[0];
}

async function started(revisions: Revisions = history): Promise<Scenario> {
  const at = await scenario('sqlite', { revisions });
  running.push(at);
  return at;
}

describe('the file of a squash', () => {
  it('stands where the range stood, and repeats the data steps that are not elidable', async () => {
    const at = await started();
    const info = await squash(at, 'b2:d4');
    expect(info).toMatchObject({
      ...{ revision: 's9', downRevision: ['a1'], replaces: ['b2', 'c3', 'd4'], children: ['e5'] },
      ...{ message: 'squash b2 to d4', irreversible: 'd4: the old rows are gone' },
    });
    const text = await readFile(info.path, 'utf8');
    expect(text).toContain("export const replaces = ['b2', 'c3', 'd4'];");
    expect(text).toContain('update two set n = 0');
    expect(text).toContain('Left out is what c3 does to rows.');
    expect(text).not.toContain('update two set id = 2 where id = 3');
    await at.migrations.upgrade();
    const rows: unknown = await at.orm.em.getConnection().execute('select * from two');
    expect(rows).toEqual([{ id: 1, n: 0 }]);
  });

  it('takes labels and dependencies with it, and may begin at base', async () => {
    const at = await started({
      x1: { down: null, labels: 'other' },
      a1: { down: null, labels: 'main' },
      b2: { down: 'a1', dependsOn: 'x1' },
    });
    expect(await squash(at, ':b2')).toMatchObject({ revision: 's9', downRevision: [], replaces: ['x1', 'a1', 'b2'] });
    expect(await at.migrations.show({ revision: 'main' })).toMatchObject([{ revision: 's9' }]);
    const beside = await started({
      x1: { down: null, labels: 'other' },
      a1: { down: null, labels: 'main' },
      b2: { down: 'a1', dependsOn: 'other' },
    });
    expect(await squash(beside, 'a1:b2')).toMatchObject({
      downRevision: [],
      dependsOn: ['x1'],
      branchLabels: ['main'],
    });
  });

  it('is squashed again', async () => {
    const at = await started();
    await squash(at, 'b2:d4');
    expect(await squash(at, 's9:e5', 't9')).toMatchObject({
      ...{ downRevision: ['a1'], replaces: ['b2', 'c3', 'd4', 's9', 'e5'], isHead: true },
    });
    expect((await at.migrations.history()).map(({ revision }) => revision)).toEqual(['t9', 'a1']);
  });

  it('is not written where a revision needs the database', async () => {
    const { constants: _, ...c3 } = history['c3'] as Readonly<Record<string, unknown>>;
    const at = await started({ ...history, c3: c3 as Revisions[string] });
    await expect(squash(at, 'b2:d4')).rejects.toMatchObject({ code: 'SQUASH_DATA', revisions: ['c3'] });
    expect(await at.migrations.heads()).toMatchObject([{ revision: 'e5' }]);
  });
});

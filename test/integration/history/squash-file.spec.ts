import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RevisionInfo } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { given } from '../../support/revision-file.ts';
import { scenario, type Revisions, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

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

async function started(engine: Engine = 'sqlite', revisions: Revisions = history): Promise<Scenario> {
  const at = await scenario(engine, { revisions, module: { scratch: scratchOption(engine) } });
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
    const at = await started('sqlite', {
      x1: { down: null, labels: 'other' },
      a1: { down: null, labels: 'main' },
      b2: { down: 'a1', dependsOn: 'x1' },
    });
    expect(await squash(at, ':b2')).toMatchObject({ revision: 's9', downRevision: [], replaces: ['x1', 'a1', 'b2'] });
    expect(await at.migrations.show({ revision: 'main' })).toMatchObject([{ revision: 's9' }]);
    const beside = await started('sqlite', {
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

  it.each(allEngines.filter((engine) => isTurn(0, engine, allEngines) || engine === 'sqlite'))(
    'copies code that asks the database, on %s',
    async (engine) => {
      const at = await started(engine, {
        a1: (op) => op.createTable('one', { columns: { id: { type: 'integer' } } }),
        b2: async (op) => {
          await op.createTable('two', {
            columns: { id: { type: 'integer' }, n: { type: 'integer', nullable: true } },
            primaryKey: { columns: ['id'] },
          });
          await op.bulkInsert('two', [{ id: 1 }, { id: 2 }]);
        },
        c3: {
          upgrade: async (op) => {
            for (const { id } of await op.query<{ id: number }>('select id from two')) {
              await op.transaction(async ({ em }) => {
                await em.execute(`update two set n = ${id} * 10 where id = ${id}`);
              });
            }
          },
        },
        d4: {
          upgrade: (op) =>
            op.backfill({
              table: 'two',
              rows: async (rows, { em }) => {
                for (const { id } of rows) await em.execute(`update two set n = n + 1 where id = ${Number(id)}`);
              },
            }),
        },
        e5: {
          upgrade: (op) => op.renameColumn('two', 'n', 'total'),
          downgrade: (op) => op.renameColumn('two', 'total', 'n'),
        },
      });
      const { path } = await squash(at, 'b2:e5');
      const text = await readFile(path, 'utf8');
      expect(text).toContain('Copied to the letter is the code of c3, d4, which works on rows.');
      expect(text).toContain('// what c3 does with code');
      await at.migrations.upgrade();
      expect(await at.orm.em.getConnection().execute('select * from two order by id')).toEqual([
        { id: 1, total: 11 },
        { id: 2, total: 21 },
      ]);
    },
  );

  it('copies what code needs beside it: imports, functions, types', async () => {
    const at = await started('sqlite', {
      a1: (op) => op.createTable('word', { columns: { id: { type: 'integer' }, text: { type: 'string' } } }),
    });
    const versions = join(at.folder.path, 'migrations', 'versions');
    await writeFile(join(versions, '..', 'words.mjs'), "export const first = 'alpha';\n");
    await mkdir(join(versions, '.data'));
    await writeFile(join(versions, '.data', 'words.mjs'), "export const second = 'beta';\n");
    const text = `import type { Operations } from 'nest-migrate';
import { first } from '../words.mjs';
import { second } from './.data/words.mjs';
import { join } from 'node:path';

export const revision = 'b2';
export const downRevision = 'a1';

interface Word { readonly id: number; readonly text: string }

/** Puts a word in where it is missing. */
async function put(op: Operations, { id, text }: Word): Promise<void> {
  const [found] = await op.query('select id from word where id = ' + id);
  if (found === undefined) await op.bulkInsert('word', [{ id, text }]);
}

export const upgrade = async (db: Operations): Promise<void> => {
  await put(db, { id: 1, text: first });
  const sql = \`
    update word
      set text = '\${second}'
    where id = 2\`;
  await put(db, { id: 2, text: sql });
  if (first !== 'alpha') return;
  await db.execute(sql);
};

export async function downgrade(op: Operations): Promise<void> {
  await op.query('select 1');
  await op.execute('delete from word where ' + \`'\${join('a', 'b')}' = 'a/b'\`);
}
`;
    await writeFile(join(versions, 'b2.ts'), text);
    const { path } = await squash(at, 'a1:b2');
    const written = await readFile(path, 'utf8');
    expect(written).toContain("import { first } from '../words.mjs';");
    expect(written).toContain("import { second } from '../versions/.data/words.mjs';");
    expect(written).toContain("\n      set text = '${second}'\n    where id = 2`;");
    expect(written).toContain('interface Word {');
    await at.migrations.upgrade();
    expect(await at.orm.em.getConnection().execute('select * from word order by id')).toEqual([
      { id: 1, text: 'alpha' },
      { id: 2, text: 'beta' },
    ]);
  });

  it.each([
    [
      'has no upgrade that is a plain function',
      'export const upgrade = { default: async (op) => { await op.query("select 1"); } };',
    ],
    [
      'keeps values beside its functions that change',
      'let count = 0;\nexport async function upgrade(op) { count += (await op.query("select 1")).length; }',
    ],
    ['asks where its file is', 'export async function upgrade(op) { await op.query("select 1"); import.meta.url; }'],
  ])('is not written where code %s', async (reason, code) => {
    const at = await started('sqlite', { a1: history['a1'] });
    const head = "export const revision = 'b2';\nexport const downRevision = 'a1';\n";
    const down = code.includes('default:')
      ? 'export const downgrade = { default: async () => undefined };'
      : 'export async function downgrade() {}';
    await writeFile(join(at.folder.path, 'migrations', 'versions', 'b2.ts'), `${head}${code}\n${down}\n`);
    await expect(squash(at, 'a1:b2')).rejects.toMatchObject({
      ...{ code: 'SQUASH_DATA', revisions: ['b2'], message: expect.stringContaining(reason) },
    });
    expect(await at.migrations.heads()).toMatchObject([{ revision: 'b2' }]);
  });
});

describe('the certificate of a squash', () => {
  const problems = async (at: Scenario): Promise<readonly string[]> =>
    (await at.migrations.check()).squashes.map(({ revision, problem }) => `${revision} ${problem}`);

  it('fits until the program of the squash or of what it replaces is edited', async () => {
    const at = await started();
    await at.migrations.upgrade();
    const { path } = await squash(at, 'b2:d4');
    const written = await readFile(path, 'utf8');
    expect(await at.migrations.check()).toMatchObject({ squashes: [] });

    await writeFile(
      path,
      written
        .replace('Proven on', 'Shown on')
        .replace('export async function up', '\n// a word\nexport async function up'),
    );
    expect(await problems(at)).toEqual([]);
    await writeFile(path, written.replace('set n = 0', 'set n = 1'));
    expect(await at.migrations.check()).toMatchObject({
      clean: false,
      squashes: [{ revision: 's9', problem: 'edited', path }],
    });
    await writeFile(path, written.replace(/Certificate: .*/, ''));
    expect(await problems(at)).toEqual(['s9 missing']);
    await writeFile(path, written);

    const old = join(dirname(path), 'd4.ts');
    const before = await readFile(old, 'utf8');
    await writeFile(old, before.replace('set n = 0', 'set n = 1'));
    expect(await problems(at)).toEqual(['s9 replaced edited']);
    await rm(old);
    // what is gone can't be looked at any more
    expect(await problems(at)).toEqual([]);
  });

  it('is written by the proof of a squash that an author has written, and by no other', async () => {
    const create = (table: string): ScenarioRevision => ({
      upgrade: given({ table }, (op, values) => op.createTable(values.table, { columns: { id: { type: 'integer' } } })),
      downgrade: given({ table }, (op, values) => op.dropTable(values.table)),
    });
    const byHand = (table: string): ScenarioRevision => ({
      ...create(table),
      down: null,
      constants: { replaces: ['a1', 'b2'] },
    });
    const old = { a1: { down: null }, b2: { ...create('one'), down: 'a1' } };
    const wrong = await started('sqlite', { ...old, s9: byHand('two') });
    expect(await wrong.migrations.squash({ prove: 's9' })).toMatchObject({ clean: false, replaces: ['a1', 'b2'] });
    const at = await started('sqlite', { ...old, s9: byHand('one') });
    await at.migrations.upgrade();
    expect(await problems(at)).toEqual(['s9 missing']);
    expect(await at.migrations.squash({ prove: 's9', dryRun: true })).toMatchObject({ clean: true });
    expect(await problems(at)).toEqual(['s9 missing']);
    expect(await at.migrations.squash({ prove: 's9' })).toMatchObject({ clean: true, created: [] });
    expect(await problems(at)).toEqual([]);
    const plain = await started();
    await expect(plain.migrations.squash({ prove: 'b2' })).rejects.toMatchObject({ code: 'SQUASH_UNPROVABLE' });
  });
});

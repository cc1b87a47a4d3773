import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { queryDatabase, tablesQuery } from '../../support/inspect.ts';
import { given } from '../../support/revision-file.ts';
import { openDatabase, runScript } from '../../support/scripts.ts';
import { scenario, type Revisions, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { making, old } from '../../support/squashed-chain.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { type MigrationModuleOptions } from 'nest-migrate';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const squash = { ...making('a1', 'tb', 'tc', 'td'), constants: { replaces: ['b2', 'c3', 'd4'] } };
const squashed: Revisions = { ...old, s9: squash };
const without = (...ids: readonly string[]): Revisions =>
  Object.fromEntries(Object.entries(squashed).filter(([id]) => !ids.includes(id)));

async function database(engine: Engine): Promise<TestDatabase> {
  const made = await createDatabase(engine);
  ending.push(() => made.drop());
  return made;
}

/** Does something with a version of the application, which ends before the next one begins. */
async function using<T>(
  on: TestDatabase,
  revisions: Revisions,
  work: (at: Scenario) => Promise<T>,
  module: MigrationModuleOptions = {},
): Promise<T> {
  const at = await scenario(on.engine, { database: on, revisions, module });
  try {
    return await work(at);
  } finally {
    await at.end();
  }
}

interface State {
  readonly tables: readonly string[];
  readonly rows: readonly string[];
}

/** Asks the database itself, not the tool. */
async function state(on: TestDatabase): Promise<State> {
  const names = async (sql: string): Promise<string[]> =>
    (await queryDatabase(on, sql)).map(({ name }) => String(name)).sort();
  const tables = await names(tablesQuery(on.engine));
  return {
    tables: tables.filter((name) => !name.startsWith('nest_migrate_')),
    rows: await names('select version_num as name from nest_migrate_version'),
  };
}

const all = ['ta', 'tb', 'tc', 'td', 'te'];

describe.each(enginesByDialect('squash'))('a squash on %s', (engine) => {
  it('is taken by a new database, and undone as one', async () => {
    const on = await database(engine);
    await using(on, squashed, async ({ migrations }) => {
      const { steps } = await migrations.upgrade();
      expect(steps.map(({ revision }) => revision)).toEqual(['a1', 's9', 'e5']);
      expect((await migrations.check()).altered).toEqual([]);
      expect((await migrations.downgrade({ target: 's9-1' })).rows).toEqual(['a1']);
    });
    expect(await state(on)).toEqual({ tables: ['ta'], rows: ['a1'] });
  });

  it('lets a database in the middle go on along the old path, and takes the name of its end', async () => {
    const on = await database(engine);
    await using(on, old, ({ migrations }) => migrations.upgrade({ target: 'c3' }));
    await using(on, squashed, async ({ migrations }) => {
      expect(await migrations.status()).toMatchObject({
        standing: 'behind',
        pending: [{ revision: 'd4' }, { revision: 'e5' }],
        squashes: [{ revision: 's9', isNeeded: true }],
      });
      expect(await migrations.current()).toMatchObject({ rows: ['c3'], revisions: [{ revision: 'c3' }] });
      await migrations.upgrade({ target: '+1' });
    });
    expect(await state(on)).toEqual({ tables: all.slice(0, 4), rows: ['s9'] });
    await using(on, squashed, async ({ migrations }) => {
      const { squashes } = await migrations.status();
      expect(squashes).toMatchObject([{ revision: 's9', isNeeded: false }]);
      expect(squashes[0].files).toHaveLength(3);
    });
    // what it no longer needs may go
    await using(on, without('b2', 'c3', 'd4'), async ({ migrations }) => {
      expect(await migrations.current()).toMatchObject({ rows: ['s9'], revisions: [{ revision: 's9' }] });
      await migrations.upgrade();
      expect(await migrations.check()).toMatchObject({ altered: [] });
    });
    expect(await state(on)).toEqual({ tables: all, rows: ['e5'] });
    await using(on, without('b2', 'c3', 'd4'), ({ migrations }) => migrations.downgrade({ target: 'a1' }));
    expect(await state(on)).toEqual({ tables: ['ta'], rows: ['a1'] });
  });

  it('is the name of a database that was at the end of the old path, from the next run on', async () => {
    const on = await database(engine);
    await using(on, old, ({ migrations }) => migrations.upgrade({ target: 'd4' }));
    await using(on, without('b2', 'c3', 'd4', 'e5'), async ({ migrations }) => {
      expect(await migrations.current()).toMatchObject({ rows: ['d4'], revisions: [{ revision: 's9' }], atHead: true });
      expect(await migrations.status()).toMatchObject({ standing: 'head', unknown: [] });
      expect(await migrations.upgrade()).toMatchObject({
        before: ['d4'],
        rows: ['s9'],
        steps: [{ direction: 'stamp' }],
      });
      expect((await migrations.upgrade()).steps).toEqual([]);
      expect(await migrations.check()).toMatchObject({ altered: [] });
    });
    // an instance of the release before it starts again beside the new one
    await using(
      on,
      without('s9', 'e5'),
      async ({ migrations }) => {
        expect(await migrations.status()).toMatchObject({ standing: 'ahead', unknown: ['s9'] });
      },
      { onBootstrap: 'verify' },
    );
  });

  it('leaves a database alone whose old path is gone, and says so', async () => {
    const on = await database(engine);
    await using(on, old, ({ migrations }) => migrations.upgrade({ target: 'c3' }));
    await using(on, without('b2', 'c3', 'd4'), async ({ migrations }) => {
      await expect(migrations.upgrade()).rejects.toMatchObject({
        code: 'UNKNOWN_VERSION_ROW',
        message: expect.stringContaining("in the middle of what 's9' replaces"),
      });
      expect(await migrations.status()).toMatchObject({ squashes: [{ files: [], isNeeded: true }] });
    });
    expect(await state(on)).toEqual({ tables: ['ta', 'tb', 'tc'], rows: ['c3'] });
  });

  it('goes back along the old path where that is asked for', async () => {
    const on = await database(engine);
    await using(on, squashed, async ({ migrations }) => {
      await migrations.upgrade();
      await migrations.downgrade({ target: 'b2' });
      expect((await migrations.current()).rows).toEqual(['b2']);
      await migrations.upgrade();
      expect(await migrations.check()).toMatchObject({ altered: [] });
      // what stands nowhere has no row: a stamp inside of it is on the old path
      await migrations.stamp({ revisions: 'c3' });
      expect((await migrations.current()).rows).toEqual(['c3']);
      await migrations.stamp({ revisions: 'd4' });
      expect((await migrations.current()).rows).toEqual(['s9']);
    });
    expect((await state(on)).tables).toEqual(all);
  });

  it('is in scripts what it is in runs', async () => {
    const on = await database(engine);
    const scripts = await using(on, squashed, async ({ migrations }) => {
      await migrations.upgrade({ target: 'c3' });
      const write = async (target: string): Promise<string> => (await migrations.upgrade({ target, sql: true })).sql;
      return [await write('c3:d4'), await write('d4:s9'), await write('s9:head')];
    });
    const opened = await openDatabase(on);
    ending.push(() => opened.orm.close());
    const [toEnd, relabelling, onwards] = scripts;
    for (const sql of [toEnd, onwards]) {
      const { code, stderr } = await runScript(opened, sql);
      expect([code, stderr.replace(/^NOTICE: .*\n/gm, '')]).toEqual([0, '']);
    }
    expect(relabelling).toContain('s9');
    if (engine === 'pglite') await opened.orm.close();
    expect(await state(on)).toEqual({ tables: all, rows: ['e5'] });
  });
});

describe.each(['mysql', 'mariadb'] as const)('an old path on %s, where a revision of it was begun', (engine) => {
  // its first statement is committed, and the second one fails
  const begun = (statement: string): ScenarioRevision => ({
    down: 'a1',
    upgrade: given({ statement }, async (op, values) => {
      await op.createTable('tb', { columns: { id: { type: 'integer' } } });
      await op.execute(values.statement);
    }),
  });

  it('is gone on with, although a new database would take the squash', async () => {
    const on = await database(engine);
    await using(on, { a1: old['a1'], b2: begun('insert into nowhere values (1)') }, async ({ migrations }) => {
      await expect(migrations.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    });
    const mended = { ...squashed, b2: begun('insert into tb values (1)') };
    await using(on, mended, async ({ migrations }) => {
      expect(await migrations.status()).toMatchObject({
        rows: ['a1'],
        pending: [{ revision: 'b2' }, { revision: 'c3' }, { revision: 'd4' }, { revision: 'e5' }],
        unfinished: { revision: 'b2', isInTheWay: true, finish: 'upgrade b2' },
        squashes: [{ isNeeded: true }],
      });
      await migrations.upgrade();
    });
    expect(await state(on)).toEqual({ tables: all, rows: ['e5'] });
  });

  it('stops every run where its scripts are gone', async () => {
    const on = await database(engine);
    await using(on, { a1: old['a1'], b2: begun('insert into nowhere values (1)') }, async ({ migrations }) => {
      await expect(migrations.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    });
    await using(on, without('b2', 'c3', 'd4'), async ({ migrations }) => {
      await expect(migrations.upgrade()).rejects.toMatchObject({ code: 'INTERRUPTED_REVISION', revision: 'b2' });
    });
    expect((await state(on)).rows).toEqual(['a1']);
  });
});

describe('the files of a squashed history', () => {
  it('are shown as they are', async () => {
    const on = await database('sqlite');
    await using(on, squashed, async ({ migrations, folder }) => {
      const ids = async (range?: string): Promise<readonly string[]> =>
        (await migrations.history({ range })).map(({ revision }) => revision);
      expect(await ids()).toEqual(['e5', 's9', 'a1']);
      expect(await ids('b2:')).toEqual(['e5', 'd4', 'c3', 'b2']);
      expect(await migrations.show({ revision: 's9' })).toMatchObject([
        { replaces: ['b2', 'c3', 'd4'], replacedBy: null },
      ]);
      expect(await migrations.show({ revision: 'c3' })).toMatchObject([{ replaces: [], replacedBy: 's9' }]);
      expect(await migrations.show({ revision: 'e5' })).toMatchObject([{ downRevision: ['s9'] }]);
      const versions = join(folder.path, 'migrations', 'versions');
      for (const file of await readdir(versions)) if (/^[bcd]\d/.test(file)) await rm(join(versions, file));
      expect(await ids()).toEqual(['e5', 's9', 'a1']);
      await expect(migrations.show({ revision: 'c3' })).rejects.toMatchObject({
        code: 'REVISION_REPLACED',
        squash: 's9',
      });
      expect(await migrations.show({ revision: 'd4' })).toMatchObject([{ revision: 's9' }]);
      await expect(migrations.revision({ revId: 'c3' })).rejects.toMatchObject({ code: 'REVISION_ID_IN_USE' });
    });
  });
});

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { TestRepository } from '../../support/git.ts';
import { revision } from '../../support/revision-file.ts';
import { scenario, type Revisions, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { making, old } from '../../support/squashed-chain.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const squashOf = (...tables: string[]): ScenarioRevision => ({
  ...making('a1', ...tables),
  constants: { replaces: ['b2', 'c3', 'd4'] },
});
const squashed: Revisions = { ...old, s9: squashOf('tb', 'tc', 'td') };

/** A database that the revisions before the squash have brought to a place. */
async function standing(target?: string): Promise<TestDatabase> {
  const database = await createDatabase('sqlite');
  ending.push(() => database.drop());
  if (target === undefined) return database;
  const at = await scenario('sqlite', { database, revisions: old });
  await at.migrations.upgrade({ target });
  await at.end();
  return database;
}

async function application(database: TestDatabase, revisions = squashed): Promise<Scenario> {
  const at = await scenario('sqlite', { database, revisions });
  ending.push(() => at.end());
  return at;
}

async function deleteReplaced({ folder }: Scenario): Promise<void> {
  const versions = join(folder.path, 'migrations', 'versions');
  for (const name of await readdir(versions)) if (/^[bcd]\d/.test(name)) await rm(join(versions, name));
}

/** A first step of the old path that stops half-way: its note in the journal says so, and no row does. */
const halfWay: ScenarioRevision = {
  down: 'a1',
  upgrade: async (op) => {
    await op.autocommitBlock((block) => block.execute('create table tb (id integer)'));
    await op.execute('insert into nosuch values (1)');
  },
};

describe('what a database has begun on the old path', () => {
  it('counts: verify tries the old path, and rebase does not move it', async () => {
    const database = await standing('a1');
    const begun = await scenario('sqlite', { database, revisions: { ...old, b2: halfWay } });
    await expect(begun.migrations.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    await begun.end();
    const at = await application(database);
    expect(await at.migrations.status()).toMatchObject({ pending: [{ revision: 'b2' }, {}, {}, {}] });
    const { revisions } = await at.migrations.verify();
    expect(revisions.map((one) => one.revision)).toEqual(['b2', 'c3', 'd4', 'e5']);

    const git = new TestRepository(at.folder.path);
    for (const id of ['b2', 'c3', 'd4', 'e5', 's9']) git.remove(`migrations/versions/${id}.ts`);
    git.commit();
    git.write('migrations/versions/f6.ts', revision({ id: 'f6', down: 'a1' }));
    git.commit();
    git.write('migrations/versions/b2.ts', revision({ id: 'b2', down: 'a1' }));
    await expect(at.migrations.rebase({ base: 'main', onto: 'f6' })).rejects.toMatchObject({
      ...{ code: 'REBASE_REFUSED', revisions: ['b2'] },
    });
  });
});

describe('verify, where a squash replaces revisions', () => {
  const verified = async (at: Scenario, options = {}): Promise<readonly string[]> => {
    const { revisions, findings } = await at.migrations.verify(options);
    expect(findings.filter(({ rule }) => rule !== 'models-differ')).toEqual([]);
    expect(new Set(revisions.map(({ outcome }) => outcome))).toEqual(new Set(['verified']));
    return revisions.map((one) => one.revision);
  };

  it.each([
    [undefined, ['a1', 's9', 'e5']],
    ['a1', ['s9', 'e5']],
    ['b2', ['c3', 'd4', 'e5']],
    ['c3', ['d4', 'e5']],
    ['d4', ['e5']],
    ['e5', []],
  ])('tries what a database at %s does not have', async (target, expected) => {
    const at = await application(await standing(target));
    const { revisions } = await at.migrations.verify();
    expect(revisions.map((one) => one.revision)).toEqual(expected);
    if (expected.length > 0) await verified(at);
  });

  it('tries the squash and not what it replaces, and what is named', async () => {
    const at = await application(await standing());
    expect(await verified(at, { all: true })).toEqual(['a1', 's9', 'e5']);
    expect(await verified(at, { range: 's9:' })).toEqual(['s9', 'e5']);
    expect(await verified(at, { range: 'b2:c3' })).toEqual(['b2', 'c3']);
    expect(await verified(at, { range: 'c3:' })).toEqual(['c3', 'd4', 'e5']);
    await deleteReplaced(at);
    expect(await verified(at, { all: true })).toEqual(['a1', 's9', 'e5']);
  });

  it('finds a squash that does not do what the revisions do, as long as their files are there', async () => {
    const at = await application(await standing(), { ...squashed, s9: squashOf('tb', 'td') });
    const differing = async (): Promise<unknown> =>
      (await at.migrations.verify({ all: true })).findings.filter(({ rule }) => rule === 'squash-differs');
    expect(await differing()).toMatchObject([
      {
        revision: 's9',
        direction: 'upgrade',
        message: "It does not lead to the schema of what it replaces. Still to be done: added table 'tc'.",
        operations: [{ kind: 'createTable', table: 'tc' }],
        schema: expect.arrayContaining([expect.stringMatching(/^- table tc/)]),
      },
    ]);
    await deleteReplaced(at);
    expect(await differing()).toEqual([]);
  });
});

describe('commands that rehearse, where a squash replaces revisions', () => {
  it('shows the schema at a revision of the old path', async () => {
    const at = await application(await standing());
    const tables = async (name: string): Promise<string> => {
      const { text } = await at.migrations.at({ revision: name });
      return [...new Set([...text.matchAll(/^table (t\w)\b/gm)].map(([, table]) => table))].join(' ');
    };
    expect(await tables('c3')).toBe('ta tb tc');
    expect(await tables('b2')).toBe('ta tb');
    expect(await tables('d4')).toBe('ta tb tc td');
    expect(await tables('s9')).toBe('ta tb tc td');
    expect(await tables('head')).toBe('ta tb tc td te');
  });

  it.each(['a1', 'b2', 'c3', 'd4', 'e5'])('finds no drift in a database at %s', async (target) => {
    const at = await application(await standing(target));
    expect(await at.migrations.drift()).toMatchObject({ clean: true, rows: [target], differences: [] });
  });

  it('names the revisions that touched a table, as long as their files are there', async () => {
    const at = await application(await standing());
    const blamed = async (): Promise<readonly string[]> =>
      (await at.migrations.blame({ name: 'tc' })).touched.map((one) => one.revision.revision);
    expect(await blamed()).toEqual(['c3']);
    await deleteReplaced(at);
    expect(await blamed()).toEqual(['s9']);
  });
});

describe('rebase, where a squash replaces revisions', () => {
  const file = (id: string): string => `migrations/versions/${id}.ts`;
  const textOf = (id: string): string => {
    const code = squashed[id] as ScenarioRevision;
    return revision({ id, down: code.down, constants: code.constants });
  };

  async function merged(own: readonly (readonly [id: string, text: string])[]): Promise<Scenario> {
    const at = await scenario('sqlite');
    ending.push(() => at.end());
    const git = new TestRepository(at.folder.path);
    const add = (files: typeof own): void => {
      for (const [id, text] of files) git.write(file(id), text);
      git.commit();
    };
    add(Object.keys(old).map((id) => [id, textOf(id)] as const));
    git.run('switch', '--quiet', '--create', 'topic');
    add(own);
    git.run('switch', '--quiet', 'main');
    add([['f6', revision({ id: 'f6', down: 'e5' })]]);
    git.run('switch', '--quiet', 'topic');
    git.run('merge', '--quiet', '--no-edit', 'main');
    return at;
  }

  it('leaves a squash of published revisions where it is, and moves what is new', async () => {
    const at = await merged([
      ['s9', textOf('s9')],
      ['x1', revision({ id: 'x1', down: 'e5' })],
    ]);
    expect(await at.migrations.rebase({ base: 'main' })).toMatchObject({ rebased: [{ revision: 'x1', to: ['f6'] }] });
    expect((await at.migrations.history()).map((one) => one.revision)).toEqual(['x1', 'f6', 'e5', 's9', 'a1']);
  });

  it('does not move a squash away from the files that it replaces', async () => {
    const at = await merged([
      ['x1', revision({ id: 'x1', down: 'e5' })],
      ['x2', revision({ id: 'x2', down: 'x1' })],
      ['y9', revision({ id: 'y9', down: 'e5', constants: { replaces: ['x1', 'x2'] } })],
    ]);
    await expect(at.migrations.rebase({ base: 'main' })).rejects.toMatchObject({
      code: 'REBASE_REFUSED',
      message: expect.stringContaining("'y9'"),
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RebaseOptions, type RebaseResult } from 'nest-migrate';
import { objectChanges } from '../../../libs/nest-migrate/src/operations/all.js';
import { everyKind } from '../../contract/operations/every-kind.ts';
import { type Engine } from '../../support/engines.ts';
import { TestRepository } from '../../support/git.ts';
import { executing, given, revision, type RevisionCode, type RevisionFile } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const file = (id: string): string => `migrations/versions/${id}.ts`;
const book: RevisionFile = {
  id: 'b2',
  down: 'a1',
  upgrade: (op) => op.createTable('book', { columns: { id: { type: 'integer' }, title: { type: 'string' } } }),
};
const isbn: RevisionFile = {
  id: 'x8',
  down: 'b2',
  upgrade: (op) => op.addColumn('book', 'isbn', { type: 'string', nullable: true }),
};

interface Application {
  readonly at: Scenario;
  readonly git: TestRepository;
  rebase(options?: RebaseOptions): Promise<RebaseResult>;
  follows(): Promise<readonly string[]>;
}

/**
 * An application on a branch with `own`, which begins behind a1 and b2, and into which git has merged main, which has
 * `theirs` by now.
 */
async function merged(
  own: readonly RevisionFile[],
  theirs: readonly RevisionFile[],
  engine: Engine = 'sqlite',
): Promise<Application> {
  const at = await scenario(engine);
  running.push(at);
  const git = new TestRepository(at.folder.path);
  const add = (files: readonly RevisionFile[]): void => {
    for (const each of files) git.write(file(each.id), revision(each));
    git.commit();
  };
  add([{ id: 'a1' }, book]);
  git.run('switch', '--quiet', '--create', 'topic');
  add(own);
  git.run('switch', '--quiet', 'main');
  add(theirs);
  git.run('switch', '--quiet', 'topic');
  git.run('merge', '--quiet', '--no-edit', 'main');
  return {
    at,
    git,
    rebase: (options) => at.migrations.rebase({ base: 'main', ...options }),
    follows: async () =>
      (await at.migrations.history()).map(({ revision: id, downRevision }) => `${id}: ${downRevision.join()}`),
  };
}

describe('rebase', () => {
  it('hangs a chain of unpublished revisions behind the head, and keeps their text to the letter', async () => {
    const app = await merged(
      [isbn, { id: 'y9', down: 'x8' }],
      [
        { id: 'c3', down: 'b2' },
        { id: 'd4', down: 'c3' },
      ],
    );
    const path = join(app.git.folder, file('x8'));
    const before = `/**\n * isbn\n *\n * Revises: b2\n */\n// by hand: downRevision = 'b2'\n${readFileSync(path, 'utf8')}`;
    app.git.write(file('x8'), before);
    expect(await app.rebase()).toMatchObject({
      clean: true,
      rebased: [{ revision: 'x8', from: ['b2'], to: ['d4'] }],
      ...{ rewritten: [], conflicts: [], shared: [], unrecorded: [], unproven: [] },
    });
    expect(await app.follows()).toEqual(['y9: x8', 'x8: d4', 'd4: c3', 'c3: b2', 'b2: a1', 'a1: ']);
    const after = before
      .replace('Revises: b2', 'Revises: d4')
      .replace(/^export const downRevision = .*$/m, "export const downRevision = 'd4';");
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect((await app.at.migrations.check({ base: 'main' })).published).toEqual([]);
    expect((await app.rebase()).rebased).toEqual([]);
  });

  it('tells what both sides change, and what could not be recorded', async () => {
    const app = await merged(
      [
        isbn,
        // no lines of verbs alone, which would be written again
        { id: 'y9', down: 'x8', upgrade: given({}, (op) => op.alterColumn('book', 'title', { nullable: true })) },
      ],
      [
        { id: 'c3', down: 'b2', upgrade: (op) => op.renameColumn('book', 'title', 'name') },
        {
          id: 'd4',
          down: 'c3',
          upgrade: async (op) => {
            await op.query('select 1');
          },
        },
      ],
    );
    const { conflicts, shared, unrecorded } = await app.rebase();
    expect(shared).toEqual([
      { revision: 'x8', with: 'c3', names: ['book'] },
      { revision: 'y9', with: 'c3', names: ['book.title'] },
    ]);
    expect(unrecorded).toEqual([{ revision: 'd4', obstacle: 'query' }]);
    // written by hand, the second names what is renamed
    expect(conflicts).toMatchObject([
      { revision: 'y9', with: ['c3'], line: 11, message: expect.stringContaining('is name now') },
    ]);
    expect(await app.follows()).toContain('x8: b2');
  });

  it('follows the revision that is named, where several heads are published', async () => {
    const app = await merged(
      [isbn],
      [
        { id: 'c3', down: 'b2' },
        { id: 'c4', down: 'b2' },
      ],
    );
    await expect(app.rebase()).rejects.toMatchObject({ code: 'REBASE_REFUSED', revisions: ['c3', 'c4'] });
    expect((await app.rebase({ onto: 'c4' })).rebased).toMatchObject([{ revision: 'x8', to: ['c4'] }]);
    await expect(app.rebase({ onto: 'x8' })).rejects.toMatchObject({ code: 'REBASE_REFUSED' });
  });

  it('refuses what the connected database holds', async () => {
    const app = await merged([isbn], [{ id: 'c3', down: 'b2' }]);
    await app.at.migrations.upgrade({ target: 'x8' });
    await expect(app.rebase()).rejects.toMatchObject({
      code: 'REBASE_REFUSED',
      revisions: ['x8'],
      message: expect.stringContaining('applied to the connected database'),
    });
    expect(await app.follows()).toContain('x8: b2');
    await app.at.migrations.downgrade({ target: 'b2' });
    expect((await app.rebase()).rebased).toHaveLength(1);
  });

  it('refuses where the base is not merged yet, where a merge is in the way, and what is computed', async () => {
    const app = await merged([isbn], [{ id: 'c3', down: 'b2' }]);
    app.git.write(file('m9'), revision({ id: 'm9', down: ['c3', 'x8'] }));
    await expect(app.rebase()).rejects.toMatchObject({ code: 'REBASE_REFUSED', revisions: ['m9'] });
    app.git.remove(file('m9'));
    const text = readFileSync(join(app.git.folder, file('x8')), 'utf8');
    app.git.write(file('x8'), text.replace("downRevision = 'b2'", "downRevision = String('b2')"));
    await expect(app.rebase()).rejects.toMatchObject({ code: 'REBASE_REFUSED', revisions: ['x8'] });
    app.git.write(file('x8'), text);
    app.git.remove(file('c3'));
    await expect(app.rebase()).rejects.toMatchObject({ code: 'REBASE_REFUSED', revisions: ['c3'] });
    expect(readFileSync(join(app.git.folder, file('x8')), 'utf8')).toBe(text);
  });

  it('asks for the base where git knows no default branch, and keeps HEADS', async () => {
    const app = await merged([isbn], [{ id: 'c3', down: 'b2' }]);
    await expect(app.at.migrations.rebase()).rejects.toMatchObject({ code: 'BASE_UNKNOWN' });
    app.git.write('migrations/HEADS', 'c3\nx8\n');
    await app.rebase();
    expect(readFileSync(join(app.git.folder, 'migrations/HEADS'), 'utf8')).toMatch(/^#.*\nx8\n$/);
  });

  it('moves without a scratch database what the base does not touch, says so, and nothing else', async () => {
    const genre: RevisionFile = {
      id: 'c3',
      down: 'b2',
      upgrade: (op) => op.createTable('genre', { columns: { id: { type: 'integer' } } }),
    };
    const app = await merged([isbn], [genre], 'mysql');
    expect(await app.rebase()).toMatchObject({
      clean: true,
      rebased: [{ revision: 'x8' }],
      unproven: [{ revision: 'x8', reason: expect.stringContaining('scratch') }],
    });
    const touched = await merged(
      [isbn],
      [{ ...genre, upgrade: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }) }],
      'mysql',
    );
    await expect(touched.rebase()).rejects.toMatchObject({ code: 'SCRATCH_PLACE_MISSING' });
    expect(await touched.follows()).toContain('x8: b2');
  });
});

/** What the base does to objects that are there, each under a name of its own, and which of them code may name. */
const taken: Readonly<Record<string, readonly [does: RevisionCode, names: readonly string[], what: string]>> = {
  'table drops': [(op) => op.dropTable('of_drop'), ['of_drop'], 'is dropped'],
  'table renames': [(op) => op.renameTable('of_rename', 'of_renamed'), ['of_rename'], 'is of_renamed now'],
  'table renames, in a schema': [
    (op) => op.renameTable('kept', 'stored', { schema: 'archive' }),
    ['kept'],
    'is archive.stored now',
  ],
  'table renames, to a schema': [
    (op) => op.renameTable('moved', 'moved', { toSchema: 'archive' }),
    ['moved'],
    'is archive.moved now',
  ],
  'table renames, a name that is no word': [
    (op) => op.renameTable('2nd order-line', 'line'),
    ['2nd order-line'],
    'is line now',
  ],
  'column drops': [(op) => op.dropColumn('c', 'col_drop'), ['c', 'col_drop'], 'is dropped'],
  'column renames': [(op) => op.renameColumn('c', 'col_rename', 'col'), ['c', 'col_rename'], 'is col now'],
  'column alters': [(op) => op.alterColumn('c', 'col_alter', { nullable: true }), ['c', 'col_alter'], 'is changed'],
  'index drops': [(op) => op.dropIndex('c', 'i_drop'), ['c', 'i_drop'], 'is dropped'],
  'index renames': [(op) => op.renameIndex('c', 'i_rename', 'i_renamed'), ['c', 'i_rename'], 'is i_renamed now'],
  'primaryKey drops': [
    (op) => op.dropConstraint('c', 'pk_drop', { type: 'primaryKey' }),
    ['c', 'pk_drop'],
    'is dropped',
  ],
  'foreignKey drops': [
    (op) => op.dropConstraint('c', 'fk_drop', { type: 'foreignKey' }),
    ['c', 'fk_drop'],
    'is dropped',
  ],
  'unique drops': [(op) => op.dropConstraint('c', 'u_drop', { type: 'unique' }), ['c', 'u_drop'], 'is dropped'],
  'check drops': [(op) => op.dropConstraint('c', 'check_drop', { type: 'check' }), ['c', 'check_drop'], 'is dropped'],
  'trigger drops': [(op) => op.dropTrigger('c', 'tr_drop'), ['c', 'tr_drop'], 'is dropped'],
  'policy drops': [(op) => op.dropPolicy('c', 'p_drop'), ['c', 'p_drop'], 'is dropped'],
  'partition drops': [(op) => op.dropPartition('parted', 'parted_1'), ['parted_1'], 'is dropped'],
  'view drops': [(op) => op.dropView('v_drop'), ['v_drop'], 'is dropped'],
  'materializedView drops': [(op) => op.dropMaterializedView('m_drop'), ['m_drop'], 'is dropped'],
  'routine drops': [(op) => op.dropRoutine('f_drop', { type: 'function' }), ['f_drop'], 'is dropped'],
  'sequence drops': [(op) => op.dropSequence('s_drop'), ['s_drop'], 'is dropped'],
  'sequence renames': [(op) => op.renameSequence('s_rename', 's_renamed'), ['s_rename'], 'is s_renamed now'],
  'enum drops': [(op) => op.dropEnum('e_drop'), ['e_drop'], 'is dropped'],
  'enum alters': [(op) => op.alterEnum('e_alter', ['a', 'b'], { existing: ['a'] }), ['e_alter'], 'is changed'],
  'enumValue renames': [
    (op) =>
      op.alterEnum('e_other', ['new_value'], {
        existing: ['old_value'],
        renames: [{ from: 'old_value', to: 'new_value' }],
      }),
    ['old_value'],
    'is new_value now',
  ],
  'schema drops': [(op) => op.dropSchema('old_schema'), ['old_schema'], 'is dropped'],
};

/** What code about an object survives: its comment, how its rows are divided and guarded, where a sequence goes on. */
const survived = ['table alters', 'partition alters', 'sequence alters'];

describe('code that names what the base takes', () => {
  it('is told of, whatever is renamed, dropped or changed, and by which verb', async () => {
    const done = new Set(
      Object.values(everyKind)
        .flat()
        .flatMap(({ operation }) => objectChanges(operation))
        .filter(({ does }) => does !== 'creates' && does !== 'uses')
        .map(({ object, does }) => `${object} ${does}`),
    );
    const told = new Set(Object.keys(taken).map((title) => title.split(',')[0]));
    expect([...told, ...survived].sort()).toEqual([...done].sort());

    const all = Object.entries(taken);
    const ids = all.map((_, index) => String(index + 10));
    // the database need not have them: nothing is tried where there is a conflict
    const app = await merged(
      ids.map((id, index) => ({
        id: `x${id}`,
        down: index === 0 ? 'b2' : `x${Number(id) - 1}`,
        upgrade: executing(`select '${all[index][1][1].join(' of ')}'`),
      })),
      ids.map((id, index) => ({
        id: `c${id}`,
        down: index === 0 ? 'b2' : `c${Number(id) - 1}`,
        upgrade: all[index][1][0],
      })),
      'pglite',
    );
    const { conflicts, unrecorded } = await app.rebase();
    expect(unrecorded).toEqual([]);
    const found = conflicts.map(({ revision: id, with: [other], message }) => [id, other, message]);
    expect(found).toEqual(
      ids.map((id, index) => {
        const [, names, what] = all[index][1];
        return [`x${id}`, `c${id}`, `It names ${names.join('.')}, which ${what}.`];
      }),
    );
  });
});

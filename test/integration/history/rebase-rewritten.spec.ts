import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, type Options, p } from '@mikro-orm/core';
import { type RebaseOptions, type RebaseResult } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { TestRepository } from '../../support/git.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing, revision, type RevisionFile } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn, isTurnOfEngine, turns } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

type Entities = NonNullable<Options['entities']>;

/** What was there before both branches. */
const before: Revisions = {
  a1: async (op) => {
    await op.createTable('book', {
      columns: {
        id: { type: 'integer', autoincrement: true, unsigned: op.dialect.startsWith('m') },
        title: { type: 'string', length: 100 },
        status: { type: 'enum', items: ['draft', 'published'] },
      },
      primaryKey: { columns: ['id'] },
    });
  },
};

interface Application {
  readonly at: Scenario;
  readonly git: TestRepository;
  rebase(options?: RebaseOptions): Promise<RebaseResult>;
  readonly entities: Entities;
  /** The text of the revision that is moved. */
  text(): Promise<string>;
}

interface Branches {
  /** What was there before both branches. Default: a table. */
  readonly start?: Revisions;
  /** The entities of the branch, from which its revision is derived. */
  readonly own: Entities;
  /** What its author has made of that revision. */
  readonly edit?: (text: string) => string;
  /** What stands on that. */
  readonly above?: readonly RevisionFile[];
  /** What the base has got meanwhile. */
  readonly theirs: readonly RevisionFile[];
  /** The entities after git has merged the base. */
  readonly merged: Entities;
}

const file = (id: string): string => `migrations/versions/${id}.ts`;

/** An application on a branch with a revision `x8` that `migrate` has written, after git has merged the base. */
async function merged(
  engine: Engine,
  { start = before, own, edit = (text) => text, above = [], ...branches }: Branches,
): Promise<Application> {
  const module = { scratch: scratchOption(engine) };
  const first = await scenario(engine, { entities: own, revisions: start, module });
  running.push(first);
  await first.migrations.upgrade();
  const { created } = await first.migrations.migrate({ message: 'mine', revId: 'x8' });
  const written = await readFile(created[0].path, 'utf8');

  const at = await scenario(engine, { entities: branches.merged, revisions: start, module });
  running.push(at);
  const git = new TestRepository(at.folder.path);
  git.commit();
  git.run('switch', '--quiet', '--create', 'topic');
  git.write(file('x8'), edit(written));
  for (const each of above) git.write(file(each.id), revision(each));
  git.commit();
  git.run('switch', '--quiet', 'main');
  for (const each of branches.theirs) git.write(file(each.id), revision(each));
  git.commit();
  git.run('switch', '--quiet', 'topic');
  git.run('merge', '--quiet', '--no-edit', 'main');
  return {
    ...{ at, git, entities: branches.merged },
    rebase: (options) => at.migrations.rebase({ base: 'main', ...options }),
    text: () => readFile(join(git.folder, file('x8')), 'utf8'),
  };
}

const Book = (properties: object, name = 'Book') =>
  defineEntity({
    name,
    properties: {
      id: p.integer().primary(),
      title: p.string().length(100),
      status: p.enum(['draft', 'published']),
      ...properties,
    },
  });

/**
 * Nothing is left to do behind a rebase: the entities are what the revisions make, in both directions. Looked at in another
 * folder, since Jest reads a file once.
 */
async function expectWhole({ at, git, entities }: Application): Promise<void> {
  const { engine } = at.database;
  const there = await scenario(engine, { entities, module: { scratch: scratchOption(engine) } });
  running.push(there);
  await cp(join(git.folder, 'migrations/versions'), join(there.folder.path, 'migrations/versions'), {
    recursive: true,
  });
  await there.migrations.upgrade();
  expect((await there.migrations.check()).operations).toEqual([]);
  await there.migrations.downgrade({ target: 'c3' });
  await there.migrations.upgrade();
  expect((await there.migrations.check()).operations).toEqual([]);
}

/** What stands on the revision that is moved, so that the entities are not what that leads to. */
const above: readonly RevisionFile[] = [{ id: 'y9', down: 'x8' }];

/** What the base renames that only PostgreSQL has. */
const ofPostgres: Readonly<Record<string, (engine: Engine) => Promise<void>>> = {
  'of a table in a schema takes over its new name there': async (engine) => {
    for (const stands of [[], above]) {
      const app = await merged(engine, { ...inSchema, above: stands });
      expect(await app.rebase()).toMatchObject({ clean: true, rewritten: ['x8'], missing: [], unproven: [] });
      const text = await app.text();
      expect(text).toMatch(/op\.addColumn\('volume', 'isbn', [^;]*schema: 'archive'/);
      expect(text).toMatch(/op\.dropColumn\('volume', 'isbn', [^;]*schema: 'archive'/);
      expect(text).not.toContain("'book'");
      await expectWhole(app);
    }
  },

  'of a table in a schema is told of to code that names it': async (engine) => {
    const edit = (text: string): string =>
      text.replace(
        /(await op\.addColumn\([^]*?\);)/,
        "$1\n  await op.execute('update archive.book set isbn = title');",
      );
    const app = await merged(engine, { ...inSchema, edit });
    const told = { clean: false, conflicts: [{ revision: 'x8', with: ['c3'] }] };
    const { conflicts } = await app.rebase();
    expect(conflicts.map(({ message }) => message)).toEqual(['It names book, which is archive.volume now.']);
    expect(await app.rebase({ keep: 'x8' })).toMatchObject(told);
    const solved = await merged(engine, {
      ...inSchema,
      edit: (text) => edit(text).replace('update archive.book', 'update archive.volume'),
    });
    expect(await solved.rebase()).toMatchObject({ clean: true, rewritten: ['x8'], missing: [], unproven: [] });
  },

  'of a sequence is told of to code that names it': async (engine) => {
    const edit = (text: string): string =>
      text.replace(/(await op\.addColumn\([^]*?\);)/, "$1\n  await op.execute(`select nextval('counter')`);");
    const app = await merged(engine, { ...renamedSequence, edit });
    const { conflicts } = await app.rebase();
    expect(conflicts.map(({ message }) => message)).toEqual(['It names counter, which is numbers now.']);
    expect(await app.rebase({ keep: 'x8' })).toMatchObject({
      clean: false,
      conflicts: [{ revision: 'x8', with: ['c3'], message: expect.stringContaining('counter') }],
    });
    const solved = await merged(engine, {
      ...renamedSequence,
      edit: (text) => edit(text).replace("nextval('counter')", "nextval('numbers')"),
    });
    expect(await solved.rebase()).toMatchObject({ clean: true, missing: [], unproven: [] });
  },

  'of a sequence reaches the default that is derived, or is told of where the entities are those of later': async (
    engine,
  ) => {
    const counted = (name: string): Entities => [Book({ number: p.integer().defaultRaw(`nextval('${name}')`) })];
    const branches = { ...renamedSequence, own: counted('counter'), merged: counted('numbers') };
    const app = await merged(engine, branches);
    expect(await app.rebase()).toMatchObject({ clean: true, rewritten: ['x8'], missing: [], unproven: [] });
    expect(await app.text()).toContain('numbers');
    expect(await app.text()).not.toContain('counter');
    await expectWhole(app);
    const below = await merged(engine, { ...branches, above });
    const text = await below.text();
    const line = 1 + text.split('\n').findIndex((code) => code.includes('op.addColumn'));
    expect(await below.rebase()).toMatchObject({
      clean: false,
      conflicts: [{ revision: 'x8', line, with: ['c3'], message: expect.stringContaining('counter') }],
    });
    expect(await below.text()).toBe(text);
  },
};

const Stored = (name: string, properties: object = {}) =>
  defineEntity({
    name,
    schema: 'archive',
    properties: { id: p.integer().primary(), title: p.string(), ...properties },
  });

const isbn = { isbn: p.string().nullable() };

/** A table of a schema, which the base renames. */
const inSchema: Branches = {
  start: {
    a1: async (op) => {
      await op.createSchema('archive');
      await op.createTable('book', {
        schema: 'archive',
        columns: { id: { type: 'integer', autoincrement: true }, title: { type: 'string' } },
        primaryKey: { columns: ['id'] },
      });
    },
  },
  own: [Stored('Book', isbn)],
  theirs: [
    {
      id: 'c3',
      down: 'a1',
      upgrade: (op) => op.renameTable('book', 'volume', { schema: 'archive' }),
      downgrade: (op) => op.renameTable('volume', 'book', { schema: 'archive' }),
    },
  ],
  merged: [Stored('Volume', isbn)],
};

/** A sequence, which the base renames. */
const renamedSequence: Branches = {
  start: { ...before, a2: (op) => op.createSequence('counter') },
  own: [Book(isbn)],
  theirs: [
    {
      id: 'c3',
      down: 'a2',
      upgrade: (op) => op.renameSequence('counter', 'numbers'),
      downgrade: (op) => op.renameSequence('numbers', 'counter'),
    },
  ],
  merged: [Book(isbn)],
};

/** Each on one engine of a run. */
const cases: Readonly<Record<string, (engine: Engine) => Promise<void>>> = {
  'takes over the names that the base gives to a table and a column': async (engine) => {
    const isbn = { isbn: p.string().length(13).nullable().index() };
    const { title: _, ...rest } = { title: null, name: p.string().length(100) };
    const app = await merged(engine, {
      own: [Book(isbn)],
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: async (op) => {
            await op.renameColumn('book', 'title', 'name');
            await op.renameTable('book', 'volume');
          },
          downgrade: async (op) => {
            await op.renameTable('volume', 'book');
            await op.renameColumn('book', 'name', 'title');
          },
        },
      ],
      merged: [
        defineEntity({
          name: 'Volume',
          properties: { id: p.integer().primary(), ...rest, status: p.enum(['draft', 'published']), ...isbn },
        }),
      ],
    });
    const result = await app.rebase();
    expect(result).toMatchObject({ clean: true, conflicts: [], rewritten: ['x8'], missing: [], unproven: [] });
    const text = await app.text();
    expect(text).toContain("op.addColumn('volume', 'isbn'");
    expect(text).not.toContain("'book'");
    await expectWhole(app);
  },

  'reads again what there is before a change, and keeps what is above it': async (engine) => {
    const app = await merged(engine, {
      own: [Book({ title: p.string().length(100).nullable() })],
      above: [{ id: 'y9', down: 'x8' }],
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: async (op) => {
            await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
            await op.alterColumn('book', 'title', { length: 200 }, { existing: { type: 'string', length: 100 } });
          },
          downgrade: async (op) => {
            await op.alterColumn('book', 'title', { length: 100 }, { existing: { type: 'string', length: 200 } });
            await op.dropColumn('book', 'pages');
          },
        },
      ],
      merged: [Book({ title: p.string().length(200).nullable(), pages: p.integer().nullable() })],
      edit: (text) => text.replace(/\n( *)await op\./, '\n$1// since the import has books without one\n$1await op.'),
    });
    expect(await app.rebase()).toMatchObject({ clean: true, conflicts: [], missing: [], unproven: [] });
    expect(await app.text()).toContain('// since the import has books without one');
    await expectWhole(app);
  },

  'adds the values of both sides to an enum': async (engine) => {
    const app = await merged(engine, {
      own: [Book({ status: p.enum(['draft', 'published', 'mine']) })],
      above: [{ id: 'y9', down: 'x8' }],
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: (op) =>
            op.alterColumn(
              'book',
              'status',
              { items: ['draft', 'published', 'theirs'] },
              { existing: { type: 'enum', items: ['draft', 'published'] } },
            ),
          downgrade: (op) =>
            op.alterColumn(
              'book',
              'status',
              { items: ['draft', 'published'] },
              { existing: { type: 'enum', items: ['draft', 'published', 'theirs'] } },
            ),
        },
      ],
      merged: [Book({ status: p.enum(['draft', 'published', 'theirs', 'mine']) })],
    });
    expect(await app.rebase()).toMatchObject({ clean: true, rewritten: ['x8'], missing: [] });
    await expectWhole(app);
  },

  'leaves out what the base has done as well': async (engine) => {
    const both = { pages: p.integer().nullable() };
    const app = await merged(engine, {
      own: [Book({ ...both, isbn: p.string().length(13).nullable() })],
      above: [{ id: 'y9', down: 'x8' }],
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
          downgrade: (op) => op.dropColumn('book', 'pages'),
        },
      ],
      merged: [Book({ ...both, isbn: p.string().length(13).nullable() })],
    });
    expect(await app.rebase()).toMatchObject({ clean: true, rewritten: ['x8'], missing: [] });
    const text = await app.text();
    expect(text).toContain("'isbn'");
    expect(text).not.toContain("'pages'");
    await expectWhole(app);
  },

  'keeps what is written by hand to the letter, between what is derived': async (engine) => {
    const isbn = { isbn: p.string().length(13).nullable() };
    const byHand = "await op.execute( `update book set isbn = 'none'` ); // of old books";
    const app = await merged(engine, {
      own: [Book(isbn)],
      edit: (text) => text.replace(/(await op\.addColumn\([^]*?\);)/, `$1\n  ${byHand}`),
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
          downgrade: (op) => op.dropColumn('book', 'pages'),
        },
      ],
      merged: [Book({ pages: p.integer().nullable(), ...isbn })],
    });
    expect(await app.rebase()).toMatchObject({ clean: true, conflicts: [], missing: [] });
    expect(await app.text()).toContain(byHand);
    await expectWhole(app);
  },
};

// PGlite is PostgreSQL, and slow
const engines = turns.isWhole ? allEngines : allEngines.filter((engine) => engine !== 'pglite');
const all = Object.entries(cases).flatMap(([title, test], index) =>
  engines.filter((engine) => isTurn(index, engine, engines)).map((engine) => [title, engine, test] as const),
);

describe('a rebase', () => {
  it.each(all)('%s, on %s', (_, engine, test) => test(engine));
});

describe('a rename that the base makes', () => {
  it.each(
    Object.entries(ofPostgres).flatMap(([title, test], index) =>
      (['postgres', 'pglite'] as const)
        .filter((engine) => isTurnOfEngine(index, engine, ['postgres', 'pglite']))
        .map((engine) => [title, engine, test] as const),
    ),
  )('%s, on %s', (_, engine, test) => test(engine));
});

describe('a conflict', () => {
  const isbn = { isbn: p.string().length(13).nullable() };
  const renaming: RevisionFile = {
    id: 'c3',
    down: 'a1',
    upgrade: (op) => op.renameColumn('book', 'title', 'name'),
    downgrade: (op) => op.renameColumn('book', 'name', 'title'),
  };
  const filling = (text: string): string =>
    text.replace(
      /(await op\.addColumn\([^]*?\);)/,
      '$1\n  await op.execute(`\n    update book\n    set isbn = title`);',
    );
  const branches: Branches = { own: [Book(isbn)], edit: filling, theirs: [renaming], merged: [Book(isbn)] };

  it('is code that names what the base renames: it is said with its line, and no file changes', async () => {
    const app = await merged('sqlite', branches);
    const before = await app.text();
    const line = 1 + before.split('\n').findIndex((text) => text.includes('set isbn = title'));
    const path = join(app.git.folder, file('x8'));
    expect(await app.rebase()).toMatchObject({
      ...{ clean: false, rebased: [], rewritten: [] },
      conflicts: [{ revision: 'x8', path, line, with: ['c3'], message: 'It names book.title, which is name now.' }],
    });
    expect(await app.text()).toBe(before);
    // it does not work as it is, and the database says so
    expect(await app.rebase({ keep: 'x8' })).toMatchObject({
      conflicts: [{ revision: 'x8', with: ['c3'], message: expect.stringContaining('title') }],
    });
    expect(await app.text()).toBe(before);
    const solved = await merged('sqlite', {
      ...branches,
      edit: (text) => filling(text).replace('set isbn = title', 'set isbn = name'),
    });
    expect(await solved.rebase()).toMatchObject({ clean: true, rebased: [{ revision: 'x8', to: ['c3'] }] });
    expect(await solved.text()).toContain('set isbn = name');
  });

  it('is a change of what is gone', async () => {
    const app = await merged('sqlite', {
      own: [Book({ title: p.string().length(100).nullable() })],
      above: [{ id: 'y9', down: 'x8' }],
      theirs: [
        {
          id: 'c3',
          down: 'a1',
          upgrade: (op) => op.dropColumn('book', 'title'),
          downgrade: (op) => op.addColumn('book', 'title', { type: 'string', length: 100, nullable: true }),
        },
      ],
      merged: [Book({})],
    });
    const before = await app.text();
    expect(await app.rebase()).toMatchObject({
      clean: false,
      conflicts: [
        { revision: 'x8', with: ['c3'], line: expect.any(Number), message: expect.stringContaining('title') },
      ],
    });
    expect(await app.text()).toBe(before);
  });

  it('is a revision that fails behind the base, below one that has to be written again', async () => {
    const making = executing('create table genre (id integer)');
    const app = await merged('sqlite', {
      own: [Book(isbn)],
      edit: (text) => text.replace("downRevision = 'a1'", "downRevision = 'w7'"),
      above: [{ id: 'w7', down: 'a1', upgrade: making, downgrade: executing('drop table genre') }],
      theirs: [
        { id: 'c3', down: 'a1', upgrade: making, downgrade: executing('drop table genre') },
        {
          id: 'd4',
          down: 'c3',
          upgrade: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
          downgrade: (op) => op.dropColumn('book', 'pages'),
        },
      ],
      merged: [Book({ ...isbn, pages: p.integer().nullable() })],
    });
    const before = await app.text();
    expect(await app.rebase()).toMatchObject({
      clean: false,
      conflicts: [{ revision: 'w7', line: null, with: ['c3', 'd4'], message: expect.stringContaining('genre') }],
    });
    expect(await app.text()).toBe(before);
  });
});

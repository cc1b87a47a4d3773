import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SquashResult } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Revisions, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { isTurn, turns } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function application(engine: Engine, revisions: Revisions): Promise<Scenario> {
  const scratch = scratchOption(engine);
  const at = await scenario(engine, {
    revisions,
    module: { ...(scratch !== undefined && { scratch }) },
  });
  ending.push(() => at.end());
  return at;
}

const messages = ({ proofs }: SquashResult): readonly string[] =>
  proofs.flatMap(({ findings }) => findings.map(({ message }) => message));

const query = ({ orm }: Scenario, sql: string): Promise<unknown> => orm.em.getConnection().execute(sql);

/** The files of the script directory that are revisions, or a folder for them. */
async function filesOf({ folder }: Scenario): Promise<readonly string[]> {
  const migrations = join(folder.path, 'migrations');
  const [own, versions] = [await readdir(migrations), await readdir(join(migrations, 'versions'))];
  return [...own, ...versions].sort();
}

/** A history with branches, seeds, a renaming of a table that is older than the range, and SQL. */
const bookshop: Revisions = {
  a1: {
    down: null,
    upgrade: (op) =>
      op.createTable('author', {
        columns: { id: { type: 'integer' }, name: { type: 'string' } },
        primaryKey: { columns: ['id'] },
      }),
    downgrade: (op) => op.dropTable('author'),
  },
  b2: {
    down: 'a1',
    upgrade: (op) => op.renameColumn('author', 'name', 'full_name'),
    downgrade: (op) => op.renameColumn('author', 'full_name', 'name'),
    fixture: (op) => op.bulkInsert('author', [{ id: 1, name: 'Jane' }]),
  },
  c3: {
    down: 'b2',
    upgrade: async (op) => {
      await op.createTable('genre', {
        columns: { id: { type: 'integer' }, name: { type: 'string' } },
        primaryKey: { columns: ['id'] },
      });
      await op.bulkInsert('genre', [{ id: 1, name: 'Crime' }]);
    },
    downgrade: (op) => op.dropTable('genre'),
  },
  d4: {
    down: 'b2',
    upgrade: (op) =>
      op.createTable('book', {
        columns: { id: { type: 'integer' }, title: { type: 'string' } },
        primaryKey: { columns: ['id'] },
      }),
    downgrade: (op) => op.dropTable('book'),
  },
  d5: {
    down: 'd4',
    upgrade: (op) => op.createIndex('book', ['title'], { name: 'by_title' }),
    downgrade: (op) => op.dropIndex('book', 'by_title'),
  },
  e6: { down: ['c3', 'd5'] },
  f7: {
    down: 'e6',
    upgrade: async (op) => {
      await op.addColumn('genre', 'slug', { type: 'string', nullable: true });
      await op.execute('update genre set slug = lower(name)');
    },
    downgrade: (op) => op.dropColumn('genre', 'slug'),
  },
  g8: {
    down: 'f7',
    upgrade: (op) => op.createTable('shop', { columns: { id: { type: 'integer' } } }),
    downgrade: (op) => op.dropTable('shop'),
  },
};

/** Of each dialect, another one the next day: a squash is written in a dialect, and proven wherever it is. */
const ofEachDialect = [['postgres', 'postgres', 'pglite'] as const, ['mysql', 'mariadb'] as const, ['sqlite'] as const];
const proving = allEngines.filter((engine) => ofEachDialect.some((same) => isTurn<Engine>(0, engine, same)));

describe.each(proving)('a squash on %s', (engine) => {
  it('is written where it does what the revisions do, from every place', async () => {
    const at = await application(engine, bookshop);
    const result = await at.migrations.squash({ range: 'b2:f7', revId: 's9', message: 'the first year' });
    expect(messages(result)).toEqual([]);
    // none, b2, then nothing or c3 beside nothing, d4 or d5, then e6 and f7
    expect(result).toMatchObject({ clean: true, proofs: [{ places: 9, isAll: true, holds: true }] });
    expect(result.replaces).toHaveLength(6);
    const [{ path, revision, downRevision }] = result.created;
    expect([revision, downRevision]).toEqual(['s9', ['a1']]);
    const text = await readFile(path, 'utf8');
    expect(text.replaceAll(/\n \* /g, ' ')).toContain(`lead to the schema ${result.proofs[0].schema}`);
    // a rename keeps what is in a table that is older, and a new one is created as it is at the end
    expect(text).toContain("op.renameColumn('author', 'name', 'full_name')");
    expect(text).toMatch(/indexes: \[\{ name: 'by_title'/);

    // the database itself
    await at.migrations.upgrade({ target: 'a1' });
    await query(at, "insert into author (id, name) values (7, 'Ann')");
    await at.migrations.upgrade();
    expect(await query(at, 'select full_name from author')).toEqual([{ full_name: 'Ann' }]);
    expect(await query(at, 'select slug from genre')).toEqual([{ slug: 'crime' }]);
    const { hash } = await at.migrations.fingerprint();
    const other = await application(engine, bookshop);
    await other.migrations.upgrade();
    expect((await other.migrations.fingerprint()).hash).toBe(hash);
  });
});

describe('a baseline', () => {
  it.each(allEngines.filter((engine) => isTurn(0, engine, allEngines)))(
    'is what new databases on %s begin with',
    async (engine) => {
      const at = await application(engine, bookshop);
      const { created, clean } = await at.migrations.squash({ revId: 's9' });
      expect(clean).toBe(true);
      expect(created).toMatchObject([{ message: 'baseline', downRevision: [], isHead: true, isBase: true }]);
      const { steps } = await at.migrations.upgrade();
      expect(steps.map(({ revision }) => revision)).toEqual(['s9']);
      await at.migrations.downgrade({ target: 'base' });
      expect((await at.migrations.fingerprint()).text.split('\n').filter((line) => line.startsWith('table'))).toEqual(
        [],
      );
    },
  );
});

describe('a squash of revisions whose downgrades do not lead back', () => {
  const seed: ScenarioRevision = {
    down: 'a1',
    upgrade: (op) =>
      op.bulkInsert('author', [
        { id: 1, name: 'Jane' },
        { id: 2, name: 'Ann' },
      ]),
    downgrade: (op) => op.execute('delete from author'),
  };
  const lossy: Revisions = {
    a1: bookshop['a1'],
    b2: seed,
    // what it changes is in another table at the end
    c3: { down: 'b2', upgrade: executing("update author set name = upper(name) where name = 'Ann'") },
    d4: {
      down: 'c3',
      upgrade: (op) => op.bulkInsert('author', [{ id: 3, name: 'Zoe' }]),
      downgrade: executing('delete from author where id > 1'),
    },
    e5: {
      down: 'd4',
      upgrade: (op) => op.renameTable('author', 'writer'),
      downgrade: (op) => op.renameTable('writer', 'author'),
    },
  };

  it.each(allEngines.filter((engine) => isTurn(2, engine, allEngines) || engine === 'sqlite'))(
    'is written where it loses what they lose, on %s',
    async (engine) => {
      const at = await application(engine, lossy);
      const result = await at.migrations.squash({ range: 'c3:e5', revId: 's9' });
      expect(messages(result)).toEqual([]);
      expect(result.created).toHaveLength(1);
    },
  );

  it('is refused where it loses more', async () => {
    const at = await application('sqlite', lossy);
    const { created } = await at.migrations.squash({ range: 'c3:e5', revId: 's9' });
    const [{ path }] = created;
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('id > 1', 'id > 0'));
    const result = await at.migrations.squash({ prove: 's9' });
    expect(messages(result)).toEqual([
      expect.stringContaining('rows of author are gone. What it replaces keeps 1 of them.'),
    ]);
  });

  /** Revisions on six rows, whose downgrades delete some of them and write into others. */
  const losing = (back: string): Revisions => ({
    a1: bookshop['a1'],
    b2: {
      down: 'a1',
      upgrade: (op) =>
        op.bulkInsert(
          'author',
          [1, 2, 3, 4, 5, 6].map((id) => ({ id, name: `name ${id % 2}` })),
        ),
    },
    c3: {
      down: 'b2',
      upgrade: (op) => op.addColumn('author', 'born', { type: 'integer', nullable: true }),
      downgrade: (op) => op.dropColumn('author', 'born'),
    },
    d4: { down: 'c3', downgrade: executing(back) },
  });

  const conditions = fc.oneof(
    fc.integer({ min: 1, max: 6 }).map((id) => `id = ${id}`),
    fc.integer({ min: 1, max: 6 }).map((id) => `id > ${id}`),
    fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1 }).map((ids) => `id in (${ids.join(', ')})`),
    fc.constantFrom(0, 1).map((rest) => `id % 2 = ${rest}`),
  );
  // without quotation marks: one takes the place of another in the file
  const statements = fc.oneof(
    conditions.map((condition) => `delete from author where ${condition}`),
    conditions.map((condition) => `update author set name = upper(name) where ${condition}`),
  );

  it('is clean where all that it loses is lost by them, and only there', async () => {
    const pairs = fc.sample(fc.tuple(statements, statements), { numRuns: turns.isWhole ? 40 : 3, seed: turns.turn });
    for (const [theirs, its] of [
      ['delete from author where id = 2', 'delete from author where id = 1'],
      ['update author set name = upper(name) where id = 2', 'update author set name = upper(name) where id = 1'],
      ...pairs,
    ]) {
      const at = await application('sqlite', losing(theirs));
      const [{ path: file }] = (await at.migrations.squash({ range: 'c3:d4', revId: 's9' })).created;
      await at.migrations.upgrade({ target: 'b2' });
      const lostBy = async (statement: string): Promise<readonly string[]> => {
        const all = (await query(at, 'select id, name from author')) as readonly Author[];
        await query(at, 'begin');
        await query(at, statement);
        const left = (await query(at, 'select id, name from author')) as readonly Author[];
        await query(at, 'rollback');
        return all.flatMap(({ id, name }) => {
          const now = left.find((other) => other.id === id);
          return [...(now === undefined ? [`row ${id}`] : []), ...(now?.name === name ? [] : [`name of ${id}`])];
        });
      };
      const [known, lost] = [await lostBy(theirs), await lostBy(its)];
      await writeFile(file, (await readFile(file, 'utf8')).replace(theirs, its));
      const { clean } = await at.migrations.squash({ prove: 's9' });
      expect([theirs, its, clean]).toEqual([theirs, its, lost.every((each) => known.includes(each))]);
    }
  });
});

interface Author {
  readonly id: number;
  readonly name: string;
}

describe('a squash that does not do what the revisions do', () => {
  const seeded = (constants: ScenarioRevision['constants']): Revisions => ({
    a1: bookshop['a1'],
    b2: {
      down: 'a1',
      constants,
      upgrade: (op) => op.bulkInsert('author', [{ id: 1, name: 'Jane' }]),
      downgrade: (op) => op.execute('delete from author'),
    },
    c3: { down: 'b2', upgrade: (op) => op.addColumn('author', 'born', { type: 'integer', nullable: true }) },
  });

  it('is not written where rows are left out that a new database needs', async () => {
    const at = await application('sqlite', seeded({ elidable: true }));
    const before = await filesOf(at);
    const result = await at.migrations.squash({ revId: 's9' });
    expect(result).toMatchObject({ clean: false, created: [] });
    expect(messages(result)).toContain('It leaves other rows: author has 0 and not 1.');
    expect(await filesOf(at)).toEqual(before);
    const told = await application('sqlite', seeded({}));
    expect(await told.migrations.squash({ elide: 'b2' })).toMatchObject({ clean: false });
    expect(await told.migrations.squash({})).toMatchObject({ clean: true });
  });

  it.each(allEngines.filter((engine) => isTurn(1, engine, allEngines) || engine === 'sqlite'))(
    'is not written where it loses SQL of an author, on %s',
    async (engine) => {
      const sql =
        engine === 'sqlite'
          ? 'create trigger upper_case after insert on author begin update author set name = upper(new.name); end'
          : engine === 'mysql' || engine === 'mariadb'
            ? 'alter table author stats_persistent = 0'
            : 'alter table author alter column name set statistics 500';
      const at = await application(engine, {
        a1: bookshop['a1'],
        b2: { down: 'a1', constants: { elidable: true }, upgrade: executing(sql) },
        c3: { down: 'b2', upgrade: (op) => op.createTable('x', { columns: { id: { type: 'integer' } } }) },
      });
      const before = await filesOf(at);
      const result = await at.migrations.squash({ range: 'b2:c3' });
      const differing = result.proofs.flatMap(({ findings }) => findings.flatMap(({ schema }) => schema));
      // where the comparison can say it, it is not lost
      if (result.clean) expect(result.created).toHaveLength(1);
      else {
        expect(differing.join('\n')).toMatch(/author/);
        expect(await filesOf(at)).toEqual(before);
      }
      expect(result.clean).toBe(engine === 'sqlite');
    },
  );

  it('says what differs as operations too', async () => {
    const at = await application('sqlite', {
      a1: bookshop['a1'],
      // only a database can tell what it does
      b2: {
        down: 'a1',
        constants: { elidable: true },
        upgrade: async (op) => {
          const rows = await op.query('select 1 from author');
          if (rows.length > 0) await op.addColumn('author', 'old', { type: 'integer', nullable: true });
        },
        fixture: (op) => op.bulkInsert('author', [{ id: 1, name: 'Jane' }]),
      },
      c3: { down: 'b2' },
    });
    const result = await at.migrations.squash({ range: 'b2:c3' });
    expect(result.proofs).toMatchObject([
      { findings: [{ rule: 'squash-differs', operations: [{ kind: 'addColumn', table: 'author' }] }] },
    ]);
  });

  it('leads back by the difference of the schemas where the revisions do not lead back', async () => {
    const at = await application('sqlite', {
      ...seeded({}),
      d4: (op) => op.createTable('x', { columns: { id: { type: 'integer' } } }),
    });
    const { clean, created } = await at.migrations.squash({ range: 'c3:d4', revId: 's9' });
    expect(clean).toBe(true);
    expect(await readFile(created[0].path, 'utf8')).toContain('Its downgrade is the difference of the schemas');
    await at.migrations.upgrade();
    await at.migrations.downgrade({ target: 'b2' });
    expect(await query(at, 'select * from author')).toEqual([{ id: 1, name: 'Jane' }]);
  });

  it('is squashed again, and proven from the middle of what the first one replaces', async () => {
    const at = await application('sqlite', bookshop);
    await at.migrations.squash({ range: 'b2:f7', revId: 's9' });
    const { clean, proofs, replaces } = await at.migrations.squash({ revId: 't9' });
    expect([clean, replaces.length]).toEqual([true, 9]);
    // base, a1, the seven in and at the end of s9 but its beginning, and g8
    expect(proofs).toMatchObject([{ places: 11, isAll: true }]);
    await expect(at.migrations.squash({ range: 'c3:f7' })).rejects.toMatchObject({
      code: 'REVISION_REPLACED',
      message: expect.not.stringContaining('gone'),
    });
  });

  it('is found by verify, whichever of its statements is missing', async () => {
    const at = await application('sqlite', bookshop);
    const { source } = await at.migrations.squash({ range: 'b2:f7', revId: 's9' });
    const [text] = source;
    const upgrade = text.slice(text.indexOf('function upgrade'), text.indexOf('function downgrade'));
    const statements = [...upgrade.matchAll(/^ {2}await op\.[\s\S]*?\);\n/gm)].map(([statement]) => statement);
    expect(statements.length).toBeGreaterThan(4);
    for (const statement of statements) {
      const other = await application('sqlite', bookshop);
      await writeFile(join(other.folder.path, 'migrations', 'versions', 's9.ts'), text.replace(statement, ''));
      const { findings } = await other.migrations.verify({ range: 's9:s9' });
      expect([statement, findings.filter(({ revision }) => revision === 's9')]).not.toEqual([statement, []]);
    }
  });

  it('is compared without what is another value each time', async () => {
    const at = await application('sqlite', {
      a1: (op) =>
        op.execute(
          "create table note (id integer primary key, at text default (strftime('%f', 'now') || random()), text text)",
        ),
      b2: (op) => op.execute("insert into note (id, text) values (1, 'a')"),
      c3: (op) => op.execute("insert into note (id, text) values (2, 'b')"),
    });
    expect(messages(await at.migrations.squash({}))).toEqual([]);
  });
});

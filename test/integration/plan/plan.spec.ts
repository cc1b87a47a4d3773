import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions, type PlanFinding, type PlanResult } from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { TestRepository } from '../../support/git.ts';
import { isTurn } from '../../support/turns.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const Tag = defineEntity({ name: 'Tag', properties: { id: p.integer().primary() } });
const Book = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    title: p.string().length(100).nullable(),
    tags: () => p.manyToMany(Tag).owner(),
  },
});

const creation: Revisions = {
  aaa1: (op) =>
    op.createTable('book', {
      columns: { id: { type: 'integer' }, title: { type: 'string', length: 100, nullable: true } },
      primaryKey: { columns: ['id'] },
    }),
};

/** Rows of one hundred letters. */
const ROWS = 2_000;

async function application(
  engine: Engine,
  revisions: Revisions,
  module: MigrationModuleOptions = {},
): Promise<Scenario> {
  const at = await scenario(engine, {
    entities: [Book, Tag],
    revisions: { ...creation, ...revisions },
    module: { scratch: scratchOption(engine), ...module },
  });
  running.push(at);
  return at;
}

/** Applies the first revision, and puts rows into its table. */
async function filled(at: Scenario): Promise<void> {
  await at.migrations.upgrade({ target: 'aaa1' });
  const rows = Array.from({ length: ROWS }, (_, id) => `(${id + 1}, '${'x'.repeat(100)}')`);
  await at.orm.em.getConnection().execute(`insert into book (id, title) values ${rows.join(', ')}`);
  const analyse: Partial<Record<Engine, string>> = {
    postgres: 'analyze book',
    pglite: 'analyze book',
    mysql: 'analyze table book',
    mariadb: 'analyze table book',
  };
  const sql = analyse[at.database.engine];
  if (sql !== undefined) await at.orm.em.getConnection().execute(sql);
}

const ofRule = ({ findings }: PlanResult, id: string): readonly PlanFinding[] =>
  findings.filter(({ rule }) => rule === id);

describe.each(enginesByDialect('plan'))('a plan on %s', (engine) => {
  it('says what waits, how large the live table is and whose queries those are, and leaves the database alone', async () => {
    const at = await application(engine, {
      bbb2: (op) =>
        op.alterColumn(
          'book',
          'title',
          { nullable: false },
          { existing: { type: 'string', length: 100, nullable: true } },
        ),
    });
    await filled(at);
    const before = await at.migrations.fingerprint();
    const plan = await at.migrations.plan();
    expect(plan.rows).toEqual(['aaa1']);
    expect(plan.revisions.map(({ revision }) => revision)).toEqual(['bbb2']);
    const tables = plan.revisions[0].statements.flatMap((statement) => statement.tables);
    const [table] = tables.filter(({ table: name, work }) => name === 'book' && work !== 'metadata');
    expect(table).toMatchObject({ entities: ['Book'], magnitude: 'milliseconds' });
    // a server counts a sample
    expect(table.rows).toBeGreaterThan(ROWS / 2);
    expect(table.rows).toBeLessThan(ROWS * 2);
    expect(plan.statistics?.tables.map(({ table: name }) => name)).toEqual(['book']);
    expect(await at.migrations.fingerprint()).toEqual(before);
    expect(await at.migrations.current()).toMatchObject({ rows: ['aaa1'] });
  });

  it('exempts what the run itself creates', async () => {
    const at = await application(engine, {
      bbb2: async (op) => {
        await op.createTable('shelf', {
          columns: { id: { type: 'integer' }, name: { type: 'string', length: 50, nullable: true } },
          primaryKey: { columns: ['id'] },
        });
        await op.createIndex('shelf', ['name'], { name: 'shelf_name' });
        await op.addColumn('shelf', 'room', { type: 'string', length: 50 });
        await op.dropColumn('shelf', 'room');
        await op.renameTable('shelf', 'rack');
        await op.dropTable('rack');
      },
    });
    await at.migrations.upgrade({ target: 'aaa1' });
    const { worst, findings } = await at.migrations.plan();
    expect(findings).toEqual([]);
    expect(worst).toBeNull();
  });

  it('knows the table that a run renames under the name that it has in the database', async () => {
    const at = await application(engine, {
      bbb2: (op) => op.renameTable('book', 'volume'),
      ccc3: (op) =>
        op.alterColumn(
          'volume',
          'title',
          { nullable: false },
          { existing: { type: 'string', length: 100, nullable: true } },
        ),
    });
    await filled(at);
    const { revisions } = await at.migrations.plan();
    const tables = revisions[1].statements.flatMap((statement) => statement.tables);
    const [table] = tables.filter(({ work }) => work !== 'metadata');
    expect(table).toMatchObject({ table: 'volume', entities: ['Book'] });
    expect(table.rows).toBeGreaterThan(ROWS / 2);
  });

  it('has nothing to say at the head', async () => {
    const at = await application(engine, {});
    await at.migrations.upgrade();
    expect(await at.migrations.plan()).toMatchObject({ worst: null, revisions: [], findings: [] });
  });
});

describe('findings', () => {
  it('are accepted with a reason, and one that is not there is a finding', async () => {
    const at = await application('postgres', {
      bbb2: {
        upgrade: (op) => op.dropColumn('book', 'title'),
        constants: { accept: [{ rule: 'drop-column', reason: 'unused since 2.14' }] },
      },
      ccc3: {
        upgrade: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
        constants: {
          accept: [
            { rule: 'drop-table', reason: 'a mistake' },
            { rule: 'drop-tabel', reason: 'a typing error' },
            { rule: 'rows-lost', reason: 'a rule of verify' },
          ],
        },
      },
    });
    const plan = await at.migrations.lint({ range: 'bbb2:heads' });
    expect(ofRule(plan, 'drop-column')).toMatchObject([{ revision: 'bbb2', accepted: 'unused since 2.14' }]);
    expect(ofRule(plan, 'unused-accept').map(({ revision, message }) => [revision, message])).toEqual([
      ['ccc3', 'It accepts drop-table, which was not found. Take it out of the constant accept.'],
      ['ccc3', 'It accepts drop-tabel, and no rule has that name.'],
    ]);
    expect(plan.worst).toBe('warning');
  });

  it('name the file and the line of the call', async () => {
    const at = await application('postgres', {
      bbb2: "await op.addColumn('book', 'isbn', { type: 'string', nullable: true });\n\nawait op\n  .dropColumn('book', 'title');",
    });
    const plan = await at.migrations.lint({ range: 'bbb2:bbb2' });
    const [{ path, line }] = ofRule(plan, 'drop-column');
    expect(path).toBe(join(at.folder.path, 'migrations', 'versions', 'bbb2.ts'));
    const lines = (await readFile(path ?? '', 'utf8')).split('\n');
    expect(lines[(line ?? 0) - 1]).toContain(".dropColumn('book', 'title')");
  });

  it('stay where an upgrade fails behind them, and what stands on it is not measured', async () => {
    const at = await application('postgres', {
      bbb2: (op) => op.dropColumn('book', 'title'),
      ccc3: async (op) => {
        await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
        await op.dropColumn('book', 'subtitle');
      },
      ddd4: (op) => op.addColumn('book', 'isbn', { type: 'integer', nullable: true }),
    });
    const plan = await at.migrations.lint({ range: 'bbb2:heads' });
    expect(ofRule(plan, 'drop-column')).toMatchObject([{ revision: 'bbb2' }]);
    expect(ofRule(plan, 'revision-fails')).toMatchObject([{ revision: 'ccc3', level: 'blocking' }]);
    expect(ofRule(plan, 'not-measured')).toMatchObject([{ revision: 'ddd4', level: 'notice' }]);
    expect(plan.revisions.map(({ failure, unmeasured }) => [failure !== null, unmeasured])).toEqual([
      [false, null],
      [true, null],
      [false, 'it stands on ccc3, and that fails'],
    ]);
    // what was measured before the failure stays too
    expect(plan.revisions.map(({ statements }) => statements.map(({ sql }) => sql))).toEqual([
      ['alter table "book" drop column "title"'],
      ['alter table "book" add "pages" int null'],
      [],
    ]);
  });
});

describe('what the live database tells', () => {
  it('of publications and invalid indexes on PostgreSQL', async () => {
    const at = await application('postgres', {
      bbb2: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
    });
    await filled(at);
    const connection = at.orm.em.getConnection();
    await connection.execute('create publication warehouse for table book');
    await expect(connection.execute('create unique index concurrently book_once on book (title)')).rejects.toThrow();
    const plan = await at.migrations.plan();
    expect(ofRule(plan, 'published-table')[0].message).toContain('warehouse');
    expect(ofRule(plan, 'invalid-index')[0].message).toContain('book_once');
  });

  it.each((['mysql', 'mariadb'] as const).filter((engine) => isTurn(0, engine, ['mysql', 'mariadb'])))(
    'of the program that takes a large table over, and of what keeps it from that, on %s',
    async (engine) => {
      const at = await application(
        engine,
        {
          bbb2: (op) =>
            op.alterColumn(
              'book',
              'title',
              { type: 'text' },
              { existing: { type: 'string', length: 100, nullable: true } },
            ),
          ccc3: (op) => op.createCheckConstraint('book', 'id > 0', { name: 'book_id_check' }),
          ddd4: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
          eee5: (op) =>
            op.alterColumn('book', 'pages', { type: 'bigint' }, { existing: { type: 'integer', nullable: true } }),
        },
        { onlineSchemaChange: { above: ROWS / 4 } },
      );
      await filled(at);
      const first = await at.migrations.plan({ target: 'bbb2' });
      expect(ofRule(first, 'copy-algorithm')).toMatchObject([
        {
          level: 'notice',
          message: expect.stringMatching(/hands book \(.*\) to pt-online-schema-change, which copies/),
        },
      ]);
      expect(first.revisions[0]?.statements).toMatchObject([
        {
          handedTo: { program: 'pt-online-schema-change', obstacle: null },
          consequence: 'No request waits for longer than a moment: pt-online-schema-change copies book beside them.',
        },
      ]);
      const all = await at.migrations.plan();
      const handed = all.revisions.map(({ statements }) => statements.map(({ handedTo }) => handedTo));
      const taken = { program: 'pt-online-schema-change', obstacle: null };
      // what the server does in its catalogue alone is its own
      expect(handed).toEqual([[taken], [taken], [null], [{ ...taken, obstacle: 'it has checks' }]]);
      expect(ofRule(all, 'copy-algorithm').find(({ revision }) => revision === 'eee5')).toMatchObject({
        level: 'blocking',
        message: expect.stringMatching(/cannot change it: it has checks\. So the upgrade is refused\./),
      });
    },
  );

  it('of row versions on MySQL', async () => {
    const at = await application('mysql', {});
    await filled(at);
    for (const name of ['one', 'two']) {
      await at.orm.em.getConnection().execute(`alter table book add column ${name} int, algorithm = instant`);
    }
    const { maxRowVersions, tables } = await at.migrations.stats();
    expect(maxRowVersions).toBe(255);
    expect(tables.find(({ table }) => table === 'book')).toMatchObject({ rowVersions: 2 });
  });

  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'of keys that are nearly used up, and of rows that came a moment ago, on %s',
    async (engine) => {
      const at = await application(engine, {
        bbb2: (op) =>
          op.createTable('visit', { columns: { id: { type: 'smallint', primary: true, autoincrement: true } } }),
        ccc3: (op) => op.addColumn('visit', 'day', { type: 'date', nullable: true }),
      });
      await at.migrations.upgrade({ target: 'bbb2' });
      await at.migrations.stats();
      const connection = at.orm.em.getConnection();
      if (engine === 'postgres') await connection.execute("select setval('visit_id_seq', 32000)");
      else await connection.execute('insert into visit (id) values (32000)');
      const { tables } = await at.migrations.stats();
      expect(tables.find(({ table }) => table === 'visit')).toMatchObject({
        countingKeys: [{ column: 'id', last: 32_000, max: 32_767 }],
      });
      const plan = await at.migrations.plan();
      expect(ofRule(plan, 'key-nearly-full')).toMatchObject([{ level: 'blocking', revision: 'ccc3' }]);
    },
  );

  it.each(['mysql', 'mariadb'] as const)('of a session that cuts what does not fit, on %s', async (engine) => {
    const at = await scenario(engine, {
      entities: [Book, Tag],
      revisions: {
        ...creation,
        bbb2: (op) =>
          op.alterColumn(
            'book',
            'title',
            { nullable: false },
            { existing: { type: 'string', length: 100, nullable: true } },
          ),
      },
      module: { scratch: scratchOption(engine) },
      poolMax: 1,
    });
    running.push(at);
    await at.migrations.upgrade({ target: 'aaa1' });
    expect(ofRule(await at.migrations.plan(), 'strict-mode-off')).toEqual([]);
    await at.orm.em.getConnection().execute("set session sql_mode = ''");
    expect((await at.migrations.stats()).strictMode).toBe(false);
    expect(ofRule(await at.migrations.plan(), 'strict-mode-off')).toMatchObject([
      { level: 'warning', revision: 'bbb2' },
    ]);
  });

  it('of the sizes of a partitioned table as a whole', async () => {
    const at = await application('postgres', {
      bbb2: async (op) => {
        await op.createTable('event', { columns: { day: { type: 'integer' } }, partitionBy: 'range (day)' });
        await op.createPartition('event', 'event_1', 'for values from (0) to (10)');
        await op.createPartition('event', 'event_2', 'for values from (10) to (20)');
      },
    });
    await at.migrations.upgrade();
    await at.orm.em.getConnection().execute('insert into event select n % 20 from generate_series(1, 1000) n');
    await at.orm.em.getConnection().execute('analyze event');
    const { tables } = await at.migrations.stats();
    expect(tables.find(({ table }) => table === 'event')).toMatchObject({ rows: 1000 });
  });
});

describe('what db migrate --online writes', () => {
  it('stops no request: a column that becomes not null, and an index', async () => {
    const at = await application('postgres', {
      bbb2: (op) =>
        op.autocommitBlock(async (block) => {
          await block.createCheckConstraint('book', '"title" is not null', { name: 'book_title', notValid: true });
          await block.validateConstraint('book', 'book_title');
          const existing = { type: 'string', length: 100, nullable: true } as const;
          await block.alterColumn('book', 'title', { nullable: false }, { existing });
          await block.dropConstraint('book', 'book_title', { type: 'check' });
          await block.createIndex('book', ['title'], { name: 'by_title', concurrently: true });
        }),
    });
    const { findings, revisions } = await at.migrations.lint({ range: 'bbb2:bbb2' });
    expect(findings.filter(({ level }) => level === 'blocking')).toEqual([]);
    expect(
      revisions[0].statements.map(({ tables }) =>
        tables.some(({ blocks, work }) => blocks.writes && work !== 'metadata'),
      ),
    ).toEqual([false, false, false, false, false]);
  });
});

describe('lint', () => {
  it('looks at what a commit does not have, with sizes from a file, and asks no database of the application', async () => {
    const at = await application('postgres', {});
    const git = new TestRepository(at.folder.path);
    git.commit();
    const unique = "await op.createIndex('book', ['title'], { name: 'by_title' });";
    await at.addRevision('bbb2', 'aaa1', unique);
    git.commit();
    const stats = join(at.folder.path, 'stats.json');
    const book = {
      table: 'book',
      rows: 4e6,
      bytes: 8e9,
      indexBytes: 1e8,
      publications: [],
      invalidIndexes: [],
      rowVersions: null,
    };
    const live = { server: 'PostgreSQL 15', readAt: new Date().toISOString(), replicas: 2, maxRowVersions: null };
    await writeFile(stats, JSON.stringify({ default: { ...live, tables: [book] } }));
    await at.orm.close(true);
    const plan = await at.migrations.lint({ base: 'main~1', stats });
    expect(plan.revisions.map(({ revision }) => revision)).toEqual(['bbb2']);
    expect(ofRule(plan, 'write-blocking-scan')).toMatchObject([{ level: 'blocking' }]);
    expect(plan.revisions[0].statements[0]).toMatchObject({ magnitude: 'minutes' });
    expect((await at.migrations.lint({ base: 'main' })).revisions).toEqual([]);
    await at.orm.connect();
  });

  it('looks at everything where git knows no default branch', async () => {
    const at = await application('postgres', { bbb2: (op) => op.dropTable('book') });
    const { revisions, findings } = await at.migrations.lint();
    expect(revisions.map(({ revision }) => revision)).toEqual(['aaa1', 'bbb2']);
    // the same run has created it
    expect(findings).toEqual([]);
  });

  it('refuses a file without statistics', async () => {
    const at = await application('postgres', {});
    const stats = join(at.folder.path, 'package.json');
    await writeFile(stats, '{}');
    await expect(at.migrations.lint({ stats })).rejects.toMatchObject({ code: 'STATISTICS_INVALID' });
    await expect(at.migrations.lint({ stats: 'nowhere.json' })).rejects.toMatchObject({ code: 'STATISTICS_INVALID' });
  });
});

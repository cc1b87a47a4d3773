import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions, PlanOutdatedError } from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const history: Revisions = {
  aaa1: (op) =>
    op.createTable('book', { columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } } }),
  bbb2: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
};

async function application(
  engine: Engine,
  revisions: Revisions = history,
  module: MigrationModuleOptions = {},
): Promise<Scenario & { readonly file: string }> {
  const at = await scenario(engine, { revisions, module: { scratch: scratchOption(engine), ...module } });
  running.push(at);
  return { ...at, file: join(at.folder.path, 'plan.json') };
}

/** What an upgrade is refused for. */
async function refusedFor({ migrations, file }: Awaited<ReturnType<typeof application>>): Promise<readonly string[]> {
  const error = await migrations.upgrade({ plan: file }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PlanOutdatedError);
  return (error as PlanOutdatedError).differences;
}

describe.each(enginesByDialect('approved-plans'))('an upgrade that is held to a plan, on %s', (engine) => {
  it('runs where nothing differs, and not a second time', async () => {
    const at = await application(engine);
    await at.migrations.plan({ out: at.file });
    const { rows } = await at.migrations.upgrade({ plan: at.file });
    expect(rows).toEqual(['bbb2']);
    expect(await refusedFor(at)).toEqual(['The database stands at bbb2, and was at nothing.']);
  });

  it('is refused where the schema was changed by hand, with the difference', async () => {
    const at = await application(engine);
    await at.migrations.upgrade({ target: 'aaa1' });
    await at.migrations.plan({ out: at.file });
    await at.orm.em.getConnection().execute('create table shelf (id int)');
    const differences = await refusedFor(at);
    expect(differences[0]).toMatch(/^The schema has now: table (?:public\.)?shelf/);
    expect(await at.migrations.current()).toMatchObject({ rows: ['aaa1'] });
  });
});

describe('an upgrade that is held to a plan', () => {
  it('is refused where the database has moved', async () => {
    const at = await application('postgres');
    await at.migrations.plan({ out: at.file });
    await at.migrations.upgrade({ target: 'aaa1' });
    expect(await refusedFor(at)).toEqual(['The database stands at aaa1, and was at nothing.']);
  });

  it('is refused where there are other revisions, and where one was edited', async () => {
    const at = await application('postgres');
    await at.migrations.plan({ out: at.file });
    await at.addRevision('ccc3', 'bbb2', (op) => op.dropTable('book'));
    expect(await refusedFor(at)).toEqual(['It would apply aaa1, bbb2, ccc3, and aaa1, bbb2 was planned.']);

    const edited = await application('postgres');
    await edited.migrations.plan({ out: edited.file });
    await edited.addRevision('bbb2', 'aaa1', (op) => op.dropColumn('book', 'title'));
    expect(await refusedFor(edited)).toEqual(['Revision bbb2 was edited.']);
  });

  it('is refused where a revision that depends on more than its file sends something else', async () => {
    const at = await application('postgres', {
      aaa1: (op) => op.createTable(op.xArguments['table'] ?? 'book', { columns: { id: { type: 'integer' } } }),
    });
    await at.migrations.plan({ out: at.file });
    const error = await at.migrations.upgrade({ plan: at.file, xArguments: { table: 'tome' } }).catch(String);
    expect(error).toContain(
      'Statement 1 of aaa1 was [create table "book" ("id" int not null)], and is [create table "tome"',
    );
    expect(await tablesOf(at.database)).toEqual([]);
  });

  it('is refused where the file is no plan', async () => {
    const at = await application('postgres');
    const file = join(at.folder.path, 'migrations', 'package.json');
    await expect(at.migrations.upgrade({ plan: file })).rejects.toMatchObject({ code: 'PLAN_FILE_INVALID' });
  });
});

describe.each(enginesByDialect('approved-plans'))('a dry run on %s', (engine) => {
  it('shows what would be sent, in order, and sends nothing', async () => {
    const at = await application(engine);
    const { steps, endedBecause } = await at.migrations.upgrade({ dryRun: true });
    expect(steps.map(({ revision, direction }) => [revision, direction])).toEqual([
      ['aaa1', 'upgrade'],
      ['bbb2', 'upgrade'],
    ]);
    expect(steps[0].statements[0]).toMatch(/^create table .book./);
    expect(steps[1].statements[0]).toMatch(/^alter table .book. add .*isbn/);
    expect(endedBecause).toBeNull();
    expect(await tablesOf(at.database)).toEqual([]);
  });

  it('runs queries, until one depends on what was not sent', async () => {
    const at = await application(engine, {
      ...history,
      bbb2: async (op) => {
        const [{ titles }] = await op.query<{ titles: number }>('select count(*) as titles from book');
        await op.addColumn('book', `had${titles}`, { type: 'integer', nullable: true });
        await op.query('select had0 from book');
        await op.dropTable('book');
      },
    });
    await at.migrations.upgrade({ target: 'aaa1' });
    const { steps, endedBecause } = await at.migrations.upgrade({ dryRun: true });
    expect(steps[0].statements).toEqual([expect.stringMatching(/had0/)]);
    expect(endedBecause).toBe('The query [select had0 from book] of bbb2 depends on what was not run.');
  });

  it('is kept from writing by the server, whatever its queries are', async () => {
    const at = await application(engine, {
      ...history,
      bbb2: (op) => op.query("insert into book (id, title) values (1, 'Emma')"),
    });
    await at.migrations.upgrade({ target: 'aaa1' });
    await expect(at.migrations.upgrade({ dryRun: true })).rejects.toThrow(/read.?only/i);
    expect(await at.orm.em.getConnection().execute<object[]>('select id from book')).toEqual([]);
    // the connection of the pool writes again
    await at.orm.em.getConnection().execute("insert into book (id, title) values (1, 'Emma')");
  });
});

describe('a dry run', () => {
  it('shows where rows would be filled in batches, and where code works on rows, and runs neither', async () => {
    const at = await application('sqlite', {
      ...history,
      ccc3: async (op) => {
        await op.backfill({ table: 'book', key: 'id', set: { isbn: 'title' } });
        await op.backfill({ table: 'book', key: 'id', rows: () => Promise.reject(new Error('it ran')) });
        await op.transaction(() => Promise.reject(new Error('it ran')));
      },
    });
    const { steps } = await at.migrations.upgrade({ dryRun: true });
    expect(steps.at(-1)?.statements).toEqual([
      '-- op.backfill of book sets isbn in batches',
      '-- op.backfill of book: code that works on rows, which is not run',
      '-- op.transaction: code that works on rows, which is not run',
    ]);
  });

  it.each([
    ['postgres', "select set_config('transaction_read_only', 'off', false)"],
    ['postgres', 'set session characteristics as transaction read write'],
    ['mysql', 'set session transaction read write'],
    ['mariadb', 'set tx_read_only = 0'],
    ['sqlite', 'pragma query_only = 0'],
  ] as const)('refuses on %s to undo that: %s', async (engine, sql) => {
    const at = await application(engine, { aaa1: { call: `op.query(${JSON.stringify(sql)})` } });
    await expect(at.migrations.upgrade({ dryRun: true })).rejects.toMatchObject({ code: 'READ_ONLY_UNDONE' });
  });
});

describe.each(['mysql', 'mariadb'] as const)('a dry run on %s', (engine) => {
  it('cannot write behind a statement that ends its transaction', async () => {
    const at = await application(engine, {
      ...history,
      bbb2: async (op) => {
        await op.query('lock tables book write');
        await op.query("insert into book (id, title) values (1, 'Emma')");
      },
    });
    await at.migrations.upgrade({ target: 'aaa1' });
    await expect(at.migrations.upgrade({ dryRun: true })).rejects.toThrow();
    expect(await at.orm.em.getConnection().execute('select id from book')).toEqual([]);
  });
});

describe("a boot with plan: { refuse: 'blocking' }", () => {
  const losing: Revisions = { ...history, ccc3: (op) => op.dropColumn('book', 'title') };

  it('does not upgrade where the plan has such a finding, and starts where the revision accepts it', async () => {
    const first = await application('postgres', history);
    await first.migrations.upgrade();
    const module = {
      onBootstrap: 'upgrade',
      plan: { refuse: 'blocking' },
      scratch: scratchOption('postgres'),
    } as const;
    const boot = (revisions: Revisions): Promise<Scenario> =>
      scenario('postgres', { revisions, module, database: first.database });
    const refused = await boot(losing).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'PLAN_REFUSED', findings: [expect.stringContaining('drop-column in ccc3')] });
    expect(await first.migrations.current()).toMatchObject({ rows: ['bbb2'] });
    const accept = [{ rule: 'drop-column', reason: 'unused' }];
    const accepting = { upgrade: losing['ccc3'], constants: { accept } } as Revisions[string];
    const started = await boot({ ...losing, ccc3: accepting });
    expect(await started.migrations.current()).toMatchObject({ rows: ['ccc3'] });
    await started.end();
  });
});

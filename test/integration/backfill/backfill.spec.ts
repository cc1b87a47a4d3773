import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection, type SqlEntityManager } from '@mikro-orm/sql';
import { type MigrationError, type MigrationEvent, type MigrationModuleOptions } from 'nest-migrate';
import { type Engine, type Row, serverEngines } from '../../support/databases.ts';
import { given } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: Engine, revisions: Revisions, module: MigrationModuleOptions = {}): Promise<Scenario> {
  const started = await scenario(engine, { revisions, module });
  ending.push(() => started.end());
  return started;
}

/** The same application with other revisions: another process, since a module is loaded once. */
async function restart(at: Scenario, revisions: Revisions): Promise<Scenario> {
  await at.app.close();
  const started = await scenario(at.database.engine, { revisions, database: at.database });
  // before the database goes
  ending.push(() => started.end());
  return started;
}

async function rows(at: Scenario, sql: string): Promise<readonly Row[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(sql);
}

/** What a run has told, and how it ended. */
async function told(run: (options: { onEvent: (event: MigrationEvent) => void }) => Promise<unknown>): Promise<{
  readonly events: readonly MigrationEvent[];
  readonly warnings: readonly string[];
  readonly code?: string;
  readonly text: string;
}> {
  const events: MigrationEvent[] = [];
  const error = await run({ onEvent: (event) => void events.push(event) }).then(
    () => undefined,
    (reason: unknown) => reason as MigrationError,
  );
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { events, warnings, code: error?.code, text: String(error) };
}

/** A table of that many rows whose `hits` are counted and whose `slug` is to be filled. */
const books = (count: number) =>
  given({ count }, async (op, values) => {
    await op.createTable('book', {
      columns: {
        id: { type: 'integer', primary: true },
        title: { type: 'string', length: 40 },
        slug: { type: 'string', length: 40, nullable: true },
        hits: { type: 'integer', default: 0 },
      },
    });
    const ids = Array.from({ length: values.count }, (_, at) => at + 1);
    await op.bulkInsert(
      'book',
      ids.map((id) => ({ id, title: `Title ${id}` })),
    );
  });

function textOn(engine: Engine, text: string): string {
  const escaped = engine === 'mysql' || engine === 'mariadb' ? text.replaceAll('\\', '\\\\') : text;
  return `'${escaped.replaceAll("'", "''")}'`;
}

const wrong = 'select count(*) as wrong from book where hits <> 1 or slug is null or slug <> lower(title)';

describe.each(enginesByDialect('backfill'))('op.backfill on %s', (engine) => {
  it('fills every row once, by SQL, in batches that each commit', async () => {
    const at = await start(engine, {
      aaaa: books(250),
      bbbb: (op) =>
        op.backfill({
          table: 'book',
          where: 'slug is null',
          set: { slug: 'lower(title)', hits: 'hits + 1' },
          batch: 60,
        }),
    });
    const { events, warnings, code, text } = await told((options) => at.migrations.upgrade(options));
    expect([code, text]).toEqual([undefined, 'undefined']);
    expect(Number((await rows(at, wrong))[0]?.['wrong'])).toBe(0);
    const progress = events.flatMap((event) => (event.type === 'backfillProgress' ? [event.progress.done] : []));
    // a batch that took too long makes the next ones smaller
    expect(Math.max(...progress.map((done, index) => done - (progress[index - 1] ?? 0)))).toBe(60);
    expect(progress[0]).toBe(60);
    expect(warnings).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'backfillFinished',
        progress: expect.objectContaining({ table: 'book', changed: 250, pass: 2 }),
      }),
    );
    expect(await rows(at, 'select * from nest_migrate_journal')).toEqual([]);
  });

  it('gives the rows of each batch to a function, with what op.transaction gives', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: (op) =>
        op.backfill<{ id: number; title: string }>({
          table: 'book',
          where: 'slug is null',
          batch: 10,
          rows: async (batch, { em, kysely, get }) => {
            if (typeof get !== 'function' || typeof kysely.selectFrom !== 'function') throw new Error('incomplete');
            if (batch.length > 10 || Object.keys(batch[0]).length !== 4) throw new Error(JSON.stringify(batch[0]));
            for (const { id, title } of batch) {
              await em.execute('update book set slug = ?, hits = hits + 1 where id = ?', [title.toLowerCase(), id]);
            }
          },
        }),
    });
    const { code, text, warnings } = await told((options) => at.migrations.upgrade(options));
    expect([code, text, warnings]).toEqual([undefined, 'undefined', []]);
    expect(Number((await rows(at, wrong))[0]?.['wrong'])).toBe(0);
  });

  it('finds rows that came behind the cursor, by a last pass', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: (op) =>
        op.backfill<{ id: number }>({
          table: 'book',
          where: 'slug is null',
          batch: 10,
          rows: async (batch, { em }) => {
            const list = batch.map(({ id }) => id).join(', ');
            await em.execute(`update book set slug = lower(title), hits = hits + 1 where id in (${list})`);
            if (batch[0].id === 11) await em.execute("insert into book (id, title) values (-5, 'Late'), (0, 'Later')");
          },
        }),
    });
    const { events, warnings, text } = await told((options) => at.migrations.upgrade(options));
    expect([text, warnings]).toEqual(['undefined', []]);
    expect((await rows(at, wrong)).map(({ wrong: count }) => [Number(count)])).toEqual([[0]]);
    expect(Number((await rows(at, 'select count(*) as n from book'))[0]['n'])).toBe(27);
    const passes = events.flatMap((event) => (event.type === 'backfillProgress' ? [event.progress.pass] : []));
    expect(Math.max(...passes)).toBe(3);
  });

  it('does its work once, and says so, where it leaves rows as the condition finds them', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: async (op) => {
        await op.backfill({ table: 'book', where: 'id > 5', set: { hits: 'hits + 1' }, batch: 4 });
        await op.backfill<{ id: number }>({
          table: 'book',
          where: 'id > 5',
          batch: 4,
          rows: async (batch, { em }) => {
            for (const { id } of batch) await em.execute('update book set hits = hits + 10 where id = ?', [id]);
          },
        });
        await op.backfill({ table: 'book', set: { hits: 'hits + 100' }, batch: 7 });
      },
    });
    const { warnings, text } = await told((options) => at.migrations.upgrade(options));
    const behind = "rows that were inserted in 'book' meanwhile with a key behind the cursor were not looked for";
    expect([text, warnings]).toEqual([
      'undefined',
      [
        `The work of the backfill does not make its 'where' false: ${behind}.`,
        `The work of the backfill does not make its 'where' false: ${behind}.`,
        `The backfill has no 'where': ${behind}.`,
      ],
    ]);
    const hits = await rows(at, 'select hits, count(*) as n from book group by hits order by hits');
    expect(hits.map(({ hits: found, n }) => [Number(found), Number(n)])).toEqual([
      [100, 5],
      [111, 20],
    ]);
  });

  it('goes on where it stopped, once the work is mended, and refuses other work', async () => {
    const filling = (mistake: number, where: string, batch: number) =>
      given({ mistake, where, batch }, async (op, values) => {
        await op.execute('update book set hits = hits + 0');
        await op.backfill<{ id: number }>({
          table: 'book',
          where: values.where,
          batch: values.batch,
          rows: async (found, { em }) => {
            const list = found.map(({ id }) => id).join(', ');
            await em.execute(`update book set slug = lower(title), hits = hits + 1 where id in (${list})`);
            if (found.some(({ id }) => id === values.mistake)) throw new Error('a mistake');
          },
        });
      });
    let at = await start(engine, { aaaa: books(25), bbbb: filling(17, 'slug is null', 5) });
    const failed = await told((options) => at.migrations.upgrade(options));
    expect([failed.code, failed.text]).toEqual(['REVISION_FAILED', expect.stringContaining('a mistake')]);
    expect(failed.text).not.toContain('rolled back');
    expect(await rows(at, 'select id from book where hits > 0 order by id')).toHaveLength(15);
    expect(await at.migrations.status()).toMatchObject({
      standing: 'behind',
      unfinished: { revision: 'bbbb', done: 1, running: null, backfill: { table: 'book', rows: 15, cursor: ['15'] } },
    });

    at = await restart(at, { aaaa: books(25), bbbb: filling(0, 'slug is null or 1 = 0', 5) });
    const other = await told((options) => at.migrations.upgrade(options));
    expect(other.code).toBe('APPLIED_STATEMENT_EDITED');

    at = await restart(at, { aaaa: books(25), bbbb: filling(0, 'slug is null', 3) });
    const { text, events } = await told((options) => at.migrations.upgrade(options));
    expect(text).toBe('undefined');
    const begun = events.find(({ type }) => type === 'backfillStarted');
    expect(begun).toMatchObject({ progress: { done: 15, total: 25 } });
    expect(Number((await rows(at, wrong))[0]['wrong'])).toBe(0);
  });

  it('takes what others write into its note for a value, and never for SQL', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: async (op) => {
        await op.backfill<{ id: number }>({
          table: 'book',
          batch: 10,
          rows: async (batch, { em }) => {
            await em.execute('update book set hits = hits + 1');
            if (batch[0].id === 11) throw new Error('stop here');
          },
        });
      },
    });
    await told((options) => at.migrations.upgrade(options));
    const values = ["1'); drop table book; --", '1 or 1 = 1', "1\\'; drop table book; --", 'integer 1 or 1', ''];
    for (const cursor of [...values.map((value) => JSON.stringify([value])), '[]', '{}', 'null, "pass": "x"']) {
      const note = `{"table":"book","pass":1,"cursor":${cursor},"done":10,"changed":10,"isLeft":false}`;
      await rows(at, `update nest_migrate_journal set statement = ${textOn(engine, note)}`);
      const { code } = await told((options) => at.migrations.upgrade(options));
      expect([cursor, code]).toEqual([cursor, expect.stringMatching(/^(?:REVISION_FAILED|BACKFILL_MOVED)$/)]);
      expect(await rows(at, 'select id from book where hits = 1')).toHaveLength(25);
    }
  });

  it('rolls a batch back whose cursor another run has moved', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: (op) =>
        op.backfill<{ id: number }>({
          table: 'book',
          where: 'slug is null',
          batch: 10,
          rows: async (batch, { em }) => {
            const list = batch.map(({ id }) => id).join(', ');
            await em.execute(`update book set slug = lower(title), hits = hits + 1 where id in (${list})`);
            if (batch[0].id === 11) await em.execute("update nest_migrate_journal set statement = '{}'");
          },
        }),
    });
    const { code, text } = await told((options) => at.migrations.upgrade(options));
    expect([code, text]).toEqual(['BACKFILL_MOVED', expect.stringContaining('was moved by another run')]);
    expect(await rows(at, 'select id from book where hits > 0')).toHaveLength(10);
  });

  it('stops between two batches, and another run goes on', async () => {
    const at = await start(engine, {
      aaaa: books(25),
      bbbb: (op) =>
        op.backfill({
          table: 'book',
          where: 'slug is null',
          set: { slug: 'lower(title)', hits: 'hits + 1' },
          batch: 5,
        }),
    });
    const stop = new AbortController();
    const stopped = await told(({ onEvent }) =>
      at.migrations.upgrade({
        signal: stop.signal,
        onEvent: (event) => {
          onEvent(event);
          if (event.type === 'backfillProgress' && event.progress.done === 10) stop.abort('enough');
        },
      }),
    );
    expect([stopped.code, stopped.text]).toEqual(['RUN_ABORTED', expect.not.stringContaining('rolled back')]);
    expect(await rows(at, 'select id from book where hits > 0')).toHaveLength(10);
    expect((await told((options) => at.migrations.upgrade(options))).text).toBe('undefined');
    expect(Number((await rows(at, wrong))[0]['wrong'])).toBe(0);
  });

  it('is part of a run in which all revisions share a transaction, and of a downgrade', async () => {
    const at = await start(
      engine,
      {
        aaaa: books(12),
        bbbb: {
          upgrade: async (op) => {
            await op.execute('update book set hits = 5');
            await op.backfill({ table: 'book', set: { hits: 'hits + 1' }, batch: 5 });
            await op.execute('update book set hits = hits * 10');
          },
          downgrade: async (op) => {
            await op.execute('update book set hits = 3');
            await op.backfill({ table: 'book', set: { hits: 'hits + 1' }, batch: 5 });
          },
        },
        cccc: (op) => op.execute('update book set hits = hits + 1'),
      },
      { transactionPerMigration: false },
    );
    expect((await told((options) => at.migrations.upgrade(options))).text).toBe('undefined');
    expect((await rows(at, 'select distinct hits from book')).map(({ hits }) => hits)).toEqual([61]);
    expect((await told((options) => at.migrations.downgrade({ ...options, target: 'aaaa' }))).text).toBe('undefined');
    expect((await rows(at, 'select distinct hits from book')).map(({ hits }) => hits)).toEqual([4]);
    expect(await rows(at, 'select * from nest_migrate_journal')).toEqual([]);
  });

  it('refuses a table and a key along which it cannot work', async () => {
    const at = await start(engine, {
      aaaa: async (op) => {
        await op.execute('create table loose (id int, code varchar(10), unique (code))');
        await op.createTable('book', {
          columns: { id: { type: 'integer', primary: true }, n: { type: 'integer', nullable: true } },
        });
      },
      bbbb: async (op) => {
        const { table, ...rest } = (globalThis as unknown as { asked: { table: string; key?: string[] } }).asked;
        await op.backfill({ table, set: { m: '1' }, ...rest });
      },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    const refused = async (asked: object): Promise<string> => {
      Object.assign(globalThis, { asked });
      const { code, text } = await told((options) => at.migrations.upgrade(options));
      expect(code).toBe('REVISION_FAILED');
      return text;
    };
    expect(await refused({ table: 'nosuch' })).toContain("table 'nosuch' does not exist");
    expect(await refused({ table: 'loose' })).toContain("table 'loose' has no primary key. Give it a primary key");
    expect(await refused({ table: 'loose', key: ['code'] })).toContain(
      "table 'loose' can't be worked through along the key 'code': 'code' may be null",
    );
    expect(await refused({ table: 'book', key: ['n'] })).toContain(
      "table 'book' has no unique key of n. Name the columns of another: key: ['id']",
    );
    expect(await refused({ table: 'book', set: { id: 'id + 1' } })).toContain("sets 'id', which is part of its key");
    expect(await rows(at, 'select * from nest_migrate_journal').catch(() => [])).toEqual([]);
  });
});

describe.each(serverEngines)('op.backfill on %s, while others work', (engine) => {
  it('makes a batch smaller that waits too long for a lock, and tries again', async () => {
    const at = await start(
      engine,
      {
        aaaa: books(60),
        bbbb: (op) =>
          op.backfill({
            table: 'book',
            where: 'slug is null',
            set: { slug: 'lower(title)', hits: 'hits + 1' },
            batch: 20,
          }),
      },
      { ddl: { lockTimeout: 1_000, retries: 0 } },
    );
    await at.migrations.upgrade({ target: 'aaaa' });
    const em = at.orm.em.fork() as SqlEntityManager;
    await em.begin();
    await em.execute('update book set hits = hits where id = 30');
    let retries = 0;
    const { text, events } = await told(({ onEvent }) =>
      at.migrations.upgrade({
        onEvent: (event) => {
          onEvent(event);
          if (event.type === 'retrying' && ++retries === 2) void em.rollback();
        },
      }),
    );
    expect(text).toBe('undefined');
    expect(Number((await rows(at, wrong))[0]['wrong'])).toBe(0);
    expect(retries).toBeGreaterThanOrEqual(2);
    const done = events.flatMap((event) => (event.type === 'backfillProgress' ? [event.progress.done] : []));
    expect([done[0], done[1]]).toEqual([20, 25]);
  });

  it('finds rows that others insert behind the cursor while SQL fills them, with a random key', async () => {
    const id = engine === 'postgres' ? 'uuid' : 'char(36)';
    const at = await start(engine, {
      aaaa: given({ id }, async (op, values) => {
        await op.execute(
          `create table book (id ${values.id} primary key, slug varchar(40), hits int not null default 0)`,
        );
        await op.execute(
          `insert into book (id) values ${Array.from({ length: 40 }, () => `('${crypto.randomUUID()}')`).join(', ')}`,
        );
      }),
      bbbb: (op) =>
        op.backfill({
          table: 'book',
          where: 'slug is null',
          set: { slug: "'filled'", hits: 'hits + 1' },
          batch: 10,
          throttle: async ({ pass }) => {
            if (pass > 1) return 0;
            await (globalThis as unknown as { between: () => Promise<void> }).between();
            return 0;
          },
        }),
    });
    let inserted = 0;
    const between = async (): Promise<void> => {
      const values = Array.from({ length: 10 }, () => `('${crypto.randomUUID()}')`).join(', ');
      if (inserted < 40) await rows(at, `insert into book (id) values ${values}`);
      inserted += 10;
    };
    Object.assign(globalThis, { between });
    const { text, warnings } = await told((options) => at.migrations.upgrade(options));
    expect([text, warnings]).toEqual(['undefined', []]);
    const found = await rows(at, "select count(*) as n from book where slug = 'filled' and hits = 1");
    expect(Number(found[0]['n'])).toBe(80);
  });
});

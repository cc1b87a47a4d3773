import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, type MigrationService, type SqlResult } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { dumpOf, historyOf } from '../../support/dumps.ts';
import { type Engine } from '../../support/engines.ts';
import { tablesQuery } from '../../support/inspect.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { type OpenDatabase, openDatabase, runScript } from '../../support/scripts.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { history, type Move, moves } from './history.ts';

const running: Scenario[] = [];
const opened: OpenDatabase[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
  while (opened.length > 0) {
    const { orm, database } = opened.pop()!;
    await orm.close(true);
    await database.drop();
  }
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

/** A database that only scripts are run in. */
async function fresh(engine: Engine): Promise<OpenDatabase> {
  const open = await openDatabase(await createDatabase(engine));
  opened.push(open);
  return open;
}

/** The same engine where nobody listens; of an embedded one a folder or file that is not there. */
function nowhere(engine: Engine, database: TestDatabase): TestDatabase {
  const isEmbedded = engine === 'pglite' || engine === 'sqlite';
  const place = isEmbedded
    ? { dbName: join(database.name, 'no', 'such') }
    : { host: '127.0.0.1', port: 1, dbName: 'nosuch' };
  return { ...database, options: { ...database.options, ...place } };
}

/** The same revisions, without a database that could be asked. */
async function offline(online: Scenario): Promise<Scenario> {
  const { engine } = online.database;
  const at = await start(engine, {
    database: nowhere(engine, online.database),
    module: { directory: join(online.folder.path, 'migrations') },
  });
  const connection = at.orm.em.getConnection() as AbstractSqlConnection;
  connection.connect = () => Promise.reject(new Error('a connection was opened'));
  return at;
}

async function rowsIn({ orm }: OpenDatabase): Promise<readonly string[]> {
  const connection = orm.em.getConnection() as AbstractSqlConnection;
  const rows = await connection.execute<{ version_num: string }[]>('select version_num from nest_migrate_version');
  return rows.map((row) => row.version_num).sort();
}

/** The tables, by a connection that is there: of an embedded database there is no second. */
async function tablesOf({ orm, database: { engine } }: OpenDatabase): Promise<readonly string[]> {
  const connection = orm.em.getConnection() as AbstractSqlConnection;
  const rows = await connection.execute<{ name: string }[]>(tablesQuery(engine));
  return rows.map(({ name }) => name);
}

async function go(migrations: MigrationService, { command, target }: Move): Promise<readonly string[]> {
  if (command === 'stamp') return (await migrations.stamp({ revisions: target })).rows;
  const options = { target: String(target) };
  return (await (command === 'upgrade' ? migrations.upgrade(options) : migrations.downgrade(options))).rows;
}

async function write(migrations: MigrationService, { command, range }: Move): Promise<SqlResult> {
  if (command === 'stamp') return migrations.stamp({ revisions: range, sql: true });
  const options = { target: String(range), sql: true } as const;
  return command === 'upgrade' ? migrations.upgrade(options) : migrations.downgrade(options);
}

describe.each(enginesByDialect('offline'))('a script for %s', (engine) => {
  it('does what the run does: schema, rows and version table, up, down, over branches, merges and stamps', async () => {
    const online = await start(engine, { revisions: history(engine) });
    const without = await offline(online);
    const database = await fresh(engine);
    for (const [index, move] of moves.entries()) {
      const { sql, steps } = await write(without.migrations, move);
      // a client that would continue after an error finds none to continue after
      const result = await runScript(database, sql, { onError: index % 2 === 0 ? 'stop' : 'go on' });
      expect({ move, sql, ...result }).toMatchObject({
        code: 0,
        stderr: engine === 'postgres' ? expect.not.stringMatching(/error/i) : '',
      });
      const rows = await go(online.migrations, move);
      expect({ move, rows }).toMatchObject({ rows: move.rows });
      expect({ move, rows: steps.at(-1)?.rows }).toMatchObject({ rows: move.rows });
      const [expected, actual] = [await dumpOf(online), await dumpOf(database)];
      expect(actual).toBe(expected);
    }
    const lines = await historyOf(online);
    expect(await historyOf(database)).toEqual(lines);
    expect(lines.length).toBeGreaterThan(moves.length);
  });

  it('is refused, and changes nothing, where the database stands elsewhere; also by a client that goes on', async () => {
    const online = await start(engine, {
      revisions: {
        aaaa: executing('create table a (n int)'),
        bbbb: executing('create table b (n int)'),
      },
    });
    const database = await fresh(engine);
    const { sql: both } = await online.migrations.upgrade({ sql: true });
    const { sql: second } = await online.migrations.upgrade({ target: 'aaaa:bbbb', sql: true });
    const tables = ['a', 'b', 'nest_migrate_history', 'nest_migrate_version'];

    // nothing is there yet, not even the version table
    const early = await runScript(database, second, { onError: 'go on' });
    expect(early.stderr).toMatch(/nest_migrate_version.*(not exist|doesn't exist)|no such table: nest_migrate_version/);
    expect(await tablesOf(database)).toEqual([]);

    expect((await runScript(database, both)).code).toBe(0);
    expect(await tablesOf(database)).toEqual(tables);
    const before = await dumpOf(database);
    for (const script of [both, second, (await online.migrations.downgrade({ target: 'aaaa:base', sql: true })).sql]) {
      for (const onError of ['stop', 'go on'] as const) {
        const again = await runScript(database, script, { onError });
        expect(again.stderr).toMatch(
          /of (aaaa|bbbb) needs nest_migrate_version to hold exactly: (nothing|aaaa)\. It holds: bbbb/,
        );
        expect(await dumpOf(database)).toBe(before);
      }
    }
  });

  it('that fails in the middle applies nothing of what comes after it', async () => {
    const online = await start(engine, {
      revisions: {
        aaaa: executing('create table a (n int)'),
        bbbb: executing('create table b (n int)', 'insert into nosuch values (1)'),
        cccc: executing('create table c (n int)'),
      },
    });
    const { sql } = await online.migrations.upgrade({ sql: true });
    const transactional = engine !== 'mysql' && engine !== 'mariadb';
    // mysql and mariadb stop by themselves; with --force they have been told not to
    for (const onError of transactional ? (['stop', 'go on'] as const) : (['stop'] as const)) {
      const database = await fresh(engine);
      const result = await runScript(database, sql, { onError });
      expect(result.stderr).toMatch(/nosuch/);
      expect(await tablesOf(database)).toEqual(
        transactional
          ? ['a', 'nest_migrate_history', 'nest_migrate_version']
          : ['a', 'b', 'nest_migrate_history', 'nest_migrate_version'],
      );
      expect(await rowsIn(database)).toEqual(['aaaa']);
    }
  });

  it('keeps the version table that the options name', async () => {
    const odd = `odd "'%$$\`\\\\ name`;
    const module = { versionTable: odd, transactionPerMigration: false };
    const online = await start(engine, { revisions: { aaaa: '', bbbb: '' }, module });
    const database = await fresh(engine);
    const { sql } = await online.migrations.upgrade({ sql: true });
    expect(await runScript(database, sql)).toMatchObject({ code: 0 });
    expect(await tablesOf(database)).toEqual([odd, `${odd}_history`]);
    const again = await runScript(database, sql);
    // SQLite's error quotes what it repeats
    const shown = engine === 'sqlite' ? odd.replaceAll("'", "''") : odd;
    expect(again.stderr).toContain(`needs ${shown} to hold exactly: nothing. It holds: bbbb`);
  });

  it('brings every text to the database as it is', async () => {
    const database = await fresh(engine);
    const character = fc.constantFrom(
      ...'\'"`\\;:/$#-*{}()[]%?\n\r\tqgNZ0 dé'.split(''),
      'delimiter',
      '\ndelimiter ;',
      '$$',
      '\r\n',
      '😀',
    );
    const texts = fc.array(
      fc.array(character, { maxLength: 12 }).map((parts) => parts.join('')),
      { minLength: 20, maxLength: 20 },
    );
    const online = await start(engine, { revisions: { aaaa: '' } });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        const id = `r${(count += 1)}`;
        const table = `t${count}`;
        // once as a parameter, once in the statement itself, as the engine's own literal
        await online.addRevision(
          id,
          count === 1 ? 'aaaa' : `r${count - 1}`,
          given({ table, all }, async (op, values) => {
            await op.createTable(values.table, {
              columns: { id: { type: 'integer', primary: true }, body: { type: 'text' } },
            });
            let id = 0;
            for (const body of values.all) {
              await op.execute(`insert into ${values.table} (id, body) values (?, ?)`, [id++, body]);
            }
            await op.bulkInsert(
              values.table,
              values.all.map((body) => ({ id: id++, body })),
            );
          }),
        );
        const { sql } = await online.migrations.upgrade({
          target: count === 1 ? id : `r${count - 1}:${id}`,
          sql: true,
        });
        expect(await runScript(database, sql)).toMatchObject({ code: 0 });
        const rows = await (database.orm.em.getConnection() as AbstractSqlConnection).execute<{ body: string }[]>(
          `select body from ${table} order by id`,
        );
        expect(rows.map(({ body }) => body)).toEqual([...all, ...all]);
      }),
      { numRuns: 6 },
    );
  });
});

describe('somebody else who migrates at the same time', () => {
  it.each(['mysql', 'mariadb'] as const)(
    'is waited for by a script for %s, which then finds the rows moved',
    async (engine) => {
      const online = await start(engine, {
        revisions: {
          aaaa: async (op) => {
            if (!op.offline) await op.execute('do sleep(3)');
            await op.execute('create table a (n int)');
          },
        },
      });
      const [impatient, patient] = await Promise.all(
        [0, 60_000].map(
          async (lockWaitTimeout) => (await online.migrations.upgrade({ sql: true, lockWaitTimeout })).sql,
        ),
      );
      let begun = (): void => undefined;
      const begins = new Promise<void>((resolve) => (begun = resolve));
      const run = online.migrations.upgrade({
        onEvent: ({ type }) => {
          if (type === 'stepStarted') begun();
        },
      });
      await begins;
      expect(await runScript(online, impatient ?? '')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Another process holds the migration lock of nest_migrate_version.'),
      });
      const waited = await runScript(online, patient ?? '');
      expect(waited.stderr).toContain(
        'the upgrade of aaaa needs nest_migrate_version to hold exactly: nothing. It holds: aaaa',
      );
      expect((await run).rows).toEqual(['aaaa']);
      // nobody holds the lock any more
      expect(await online.migrations.downgrade({ lockWaitTimeout: 10_000 })).toMatchObject({ rows: [] });
      expect(await runScript(online, patient ?? '')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/'a' already exists/),
      });
    },
  );

  it.each([
    ['postgres', 'insert into a select 1 from pg_sleep(0.3)', 3],
    [
      'sqlite',
      'insert into a with recursive n (n) as (select 1 union all select n + 1 from n where n < 300000) select max(n) from n',
      1,
    ],
  ] as const)('is kept off by a script for %s: of two that run at once one does it all', async (engine, slow, code) => {
    const online = await start(engine, {
      revisions: {
        aaaa: executing('create table a (n int)'),
        bbbb: executing(slow),
      },
    });
    await online.migrations.ensureVersion();
    const { sql } = await online.migrations.upgrade({ sql: true });
    const both = await Promise.all([runScript(online, sql), runScript(online, sql)]);
    expect(both.map((result) => result.code).sort()).toEqual([0, code]);
    expect(both.map(({ stderr }) => stderr).join('')).toMatch(
      /needs nest_migrate_version to hold exactly: nothing\. It holds: (aaaa|bbbb)/,
    );
    expect(await rowsIn(online)).toEqual(['bbbb']);
    const found = await (online.orm.em.getConnection() as AbstractSqlConnection).execute<unknown[]>('select * from a');
    expect(found).toHaveLength(1);
  });
});

describe('a transaction of somebody else in the file', () => {
  it('is waited for by a script for SQLite as long as it says', async () => {
    const online = await start('sqlite', { revisions: { aaaa: executing('create table a (n int)') } });
    const { sql } = await online.migrations.upgrade({ sql: true, lockWaitTimeout: 0 });
    const { sql: patient } = await online.migrations.upgrade({ sql: true });
    expect(patient).toBe(sql.replace('busy_timeout = 0;', 'busy_timeout = 60000;'));
    const connection = online.orm.em.getConnection() as AbstractSqlConnection;
    await connection.execute('begin immediate');
    for (const onError of ['stop', 'go on'] as const) {
      const { code, stderr } = await runScript(online, sql, { onError });
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('database is locked') });
    }
    await connection.execute('commit');
    expect(await tablesOf(online)).toEqual([]);
    expect(await runScript(online, sql)).toMatchObject({ code: 0 });
  });
});

describe('what a script for SQLite does outside of transactions', () => {
  it.each([
    { what: 'what comes before it fails', fails: 'before', index: 'index', hasIndex: false },
    { what: 'it fails itself', fails: 'itself', index: 'unique index', hasIndex: false },
    { what: 'what comes after it fails', fails: 'after', index: 'index', hasIndex: true },
  ])('does not count as done where $what, although sqlite3 goes on', async ({ fails, index, hasIndex }) => {
    for (const transactionPerMigration of [true, false]) {
      const online = await start('sqlite', {
        revisions: {
          aaaa: executing('create table a (n int)', 'insert into a values (1), (1)'),
          bbbb: given({ fails, index }, async (op, values) => {
            if (values.fails === 'before') await op.execute('insert into nosuch values (1)');
            await op.autocommitBlock((outside) => outside.execute(`create ${values.index} a_n on a (n)`));
            if (values.fails === 'after') await op.execute('insert into nosuch values (1)');
            await op.execute('create table b (n int)');
          }),
          cccc: executing('create table c (n int)'),
        },
        module: { transactionPerMigration },
      });
      const database = await fresh('sqlite');
      const warnings: MigrationEvent[] = [];
      const { sql } = await online.migrations.upgrade({
        sql: true,
        onEvent: (event) => void (event.type === 'warning' && warnings.push(event)),
      });
      expect(warnings).toEqual([]);
      expect(await runScript(database, sql, { onError: 'go on' })).toMatchObject({ code: 1 });
      const committed = transactionPerMigration || fails !== 'before';
      expect(await rowsIn(database)).toEqual(committed ? ['aaaa'] : []);
      expect(await tablesOf(database)).toEqual([
        ...(committed ? ['a', 'nest_migrate_history'] : []),
        'nest_migrate_version',
      ]);
      const connection = database.orm.em.getConnection() as AbstractSqlConnection;
      const indexes = await connection.execute<unknown[]>("select name from sqlite_master where name = 'a_n'");
      expect(indexes).toHaveLength(hasIndex ? 1 : 0);
    }
  });
});

describe('what a script for PostgreSQL does outside of transactions', () => {
  interface Case {
    readonly what: string;
    readonly upgrade: RevisionCode;
    /** Whether something fails in the transaction that comes before the block. */
    readonly isEarly?: boolean;
    readonly isWithoutIndex?: boolean;
  }

  const cases: readonly Case[] = [
    {
      what: 'what comes before it fails',
      upgrade: async (op) => {
        await op.execute('insert into nosuch values (1)');
        await op.autocommitBlock((outside) => outside.createIndex('a', ['n'], { name: 'a_n', concurrently: true }));
        await op.execute('create table b (n int)');
      },
      isEarly: true,
    },
    {
      what: 'it fails itself',
      upgrade: async (op) => {
        await op.autocommitBlock((outside) =>
          outside.createIndex('a', ['n'], { name: 'a_n', unique: true, concurrently: true }),
        );
        await op.execute('create table b (n int)');
      },
    },
    {
      what: 'its own postcondition does not hold',
      upgrade: async (op) => {
        const postcondition = { table: 'nosuch', exists: true };
        await op.autocommitBlock((outside) => outside.execute('alter type nosuch add value 1', [], { postcondition }));
        await op.execute('create table b (n int)');
      },
    },
    {
      what: 'what comes after it fails',
      upgrade: async (op) => {
        await op.autocommitBlock((outside) => outside.createIndex('a', ['n'], { name: 'a_n', concurrently: true }));
        await op.execute('insert into nosuch values (1)');
        await op.execute('create table b (n int)');
      },
      isWithoutIndex: false,
    },
  ];

  it.each(cases)('does not count as done where $what, although psql goes on', async (one) => {
    const { upgrade, isEarly = false, isWithoutIndex = true } = one;
    for (const transactionPerMigration of [true, false]) {
      const online = await start('postgres', {
        revisions: {
          aaaa: executing('create table a (n int)', 'insert into a values (1), (1)'),
          bbbb: upgrade,
          cccc: executing('create table c (n int)'),
        },
        module: { transactionPerMigration },
      });
      const database = await fresh('postgres');
      const { sql } = await online.migrations.upgrade({ sql: true });
      const { stderr } = await runScript(database, sql, { onError: 'go on' });
      expect(stderr).toMatch(/ERROR/);
      const committed = transactionPerMigration || !isEarly;
      expect({ stderr, rows: await rowsIn(database) }).toMatchObject({ rows: committed ? ['aaaa'] : [] });
      expect(await tablesOf(database)).toEqual([
        ...(committed ? ['a', 'nest_migrate_history'] : []),
        'nest_migrate_version',
      ]);
      const valid = `select 1 as n from pg_index i join pg_class c on c.oid = i.indexrelid where relname = 'a_n' and indisvalid`;
      const found = await (database.orm.em.getConnection() as AbstractSqlConnection).execute<unknown[]>(valid);
      expect(found).toHaveLength(isWithoutIndex ? 0 : 1);
    }
  });

  it('is warned of where nothing can tell whether it worked', async () => {
    const online = await start('postgres', {
      revisions: { aaaa: (op) => op.autocommitBlock((outside) => outside.execute('vacuum')) },
    });
    const warnings: string[] = [];
    await online.migrations.upgrade({
      sql: true,
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.message);
      },
    });
    expect(warnings).toEqual([expect.stringMatching(/aaaa runs \[vacuum\] outside of any transaction/)]);
  });
});

describe('a revision that needs a database', () => {
  const cases: readonly { readonly way: string; readonly verb: string; readonly body: RevisionCode }[] = [
    { way: 'op.query', verb: 'query', body: (op) => op.query('select 1') },
    { way: 'op.transaction', verb: 'transaction', body: (op) => op.transaction(async () => undefined) },
    { way: 'op.query that is not awaited', verb: 'query', body: (op) => void op.query('select 1') },
    {
      way: 'op.query whose error is caught',
      verb: 'query',
      body: async (op) => {
        try {
          await op.query('select 1');
        } catch {
          // as a revision might that can do without
        }
      },
    },
  ];

  it.each(cases)('can not be written, and nothing is: $way', async ({ verb, body }) => {
    for (const engine of ['pglite', 'mysql'] as const) {
      const online = await start(engine, {
        revisions: { aaaa: executing('select 1'), bbbb: { upgrade: body, downgrade: body } },
      });
      const { migrations } = await offline(online);
      for (const [direction, run] of [
        ['upgrade', () => migrations.upgrade({ sql: true })],
        ['downgrade', () => migrations.downgrade({ sql: true })],
      ] as const) {
        await expect(run()).rejects.toMatchObject({ code: 'OFFLINE_VERB', revision: 'bbbb', direction, verb });
        await expect(run()).rejects.toThrow(
          `The ${direction} of bbbb calls op.${verb}, and with --sql there is no database to ask.`,
        );
      }
    }
  });

  const unwritable: readonly { readonly what: string; readonly upgrade: RevisionCode; readonly message: RegExp }[] = [
    {
      what: 'it throws',
      upgrade: () => {
        throw new Error('no such luck');
      },
      message: /no such luck/,
    },
    ...[
      { sql: "select 'open", message: /holds a string that is never closed/ },
      { sql: 'select 1 /* open', message: /holds a comment that is never closed/ },
      { sql: 'select 1 \\g', message: /holds a backslash outside of quotes/ },
      { sql: 'select (1', message: /holds parentheses that do not match/ },
    ].map(({ sql, message }) => ({ what: sql, upgrade: executing(sql), message })),
    {
      what: 'an index that is created concurrently',
      upgrade: (op) => op.createIndex('a', ['n'], { concurrently: true }),
      message: /can't run inside a transaction/,
    },
  ];

  it.each(unwritable)('or that no client could read, says so: $what', async ({ upgrade, message }) => {
    const online = await start('pglite', { revisions: { aaaa: '', bbbb: upgrade } });
    const error = await online.migrations.upgrade({ sql: true }).catch((failure: unknown) => failure as Error);
    expect(error).toMatchObject({ code: 'SQL_NOT_WRITTEN', revision: 'bbbb', message: expect.stringMatching(message) });
    expect((error as Error).message).toMatch(
      /^The upgrade of bbbb \(revision bbbb\) can't be written as SQL: .*No SQL was written\.$/,
    );
  });
});

describe('what a revision and the options find in a run without a database', () => {
  it('tells them so, with the arguments of the call, and resolves no service', async () => {
    const online = await start('pglite', {
      revisions: {
        aaaa: (op) =>
          op.execute('select ?', [JSON.stringify([op.offline, op.tag, op.xArguments, op.dialect, op.connection])]),
      },
      module: {
        onVersionApply: async ({ op, step }) =>
          op.execute('select ?', [`${step.revision} to ${step.rows.join()}, ${op.offline}`]),
      },
    });
    await writeFile(
      join(online.folder.path, 'migrations', 'versions', 'b.ts'),
      "export const revision = 'bbbb'; export const downRevision = 'aaaa'; export const services = ['nosuch'];\nexport async function upgrade() {}\nexport async function downgrade() {}\n",
    );
    const events: string[] = [];
    const { sql, steps } = await online.migrations.upgrade({
      sql: true,
      tag: 'v2',
      xArguments: { k: 'v' },
      onEvent: ({ type }) => events.push(type),
    });
    expect(sql).toContain(`select '[true,"v2",{"k":"v"},"postgres","default"]';`);
    expect(sql).toMatch(
      /insert into "nest_migrate_version" \(version_num\) values \('aaaa'\);\ninsert into "nest_migrate_history" .*;\nselect 'aaaa to aaaa, true';\ncommit;/,
    );
    expect(steps.map(({ revision, durationMs }) => [revision, durationMs])).toEqual([
      ['aaaa', 0],
      ['bbbb', 0],
    ]);
    expect(events).toEqual(['planned', 'stepStarted', 'stepFinished', 'stepStarted', 'stepFinished']);
  });

  it('keeps a message of several lines, or with worse in it, inside its comment', async () => {
    const online = await start('pglite', { revisions: { aaaa: '' } });
    await writeFile(
      join(online.folder.path, 'migrations', 'versions', 'b.ts'),
      `export const revision = 'bbbb'; export const downRevision = 'aaaa'; export const message = ${JSON.stringify('one\u2028drop table a;\rdrop table b;\ndrop table c; \u001b[31m')};\nexport async function upgrade() {}\nexport async function downgrade() {}\n`,
    );
    const { sql } = await online.migrations.upgrade({ sql: true });
    expect(sql).toContain('\n-- Running upgrade aaaa -> bbbb, one\nbegin;');
    expect(sql).not.toContain('drop table');
  });
});

describe('docs/guide/offline.md', () => {
  it('shows the scripts that are written', async () => {
    const guide = await readFile('docs/guide/offline.md', 'utf8');
    const shown = [...guide.matchAll(/^```sql\n([^]*?)^```$/gm)].map(([, sql]) => sql);
    const revisions: Revisions = {
      ae1027a6acf1: (op) =>
        op.createTable('book', {
          columns: {
            id: { type: 'integer', primary: true, autoincrement: true },
            title: { type: 'string', length: 200 },
          },
        }),
      '27c6a30d7c24': async (op) => {
        await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
        const concurrently = op.dialect === 'postgres';
        await op.autocommitBlock((outside) =>
          outside.createIndex('book', ['title'], { name: 'book_title', concurrently }),
        );
        if (op.dialect !== 'mysql') return;
        await op.execute(
          'create trigger book_pages before insert on book for each row begin set new.pages = coalesce(new.pages, 1); end',
        );
      },
    };
    const messages = { ae1027a6acf1: 'books', '27c6a30d7c24': 'pages, and an index that readers do not wait for' };
    const written: string[] = [];
    for (const [engine, target] of [
      ['postgres', 'head'],
      ['mysql', 'ae10:head'],
      ['sqlite', 'ae10:head'],
    ] as const) {
      const { migrations } = await start(engine, { revisions });
      const { sql } = await migrations.upgrade({ target, sql: true });
      written.push(
        Object.entries(messages).reduce((text, [id, message]) => text.replaceAll(`revision ${id}`, message), sql),
      );
    }
    expect(shown).toEqual(written);
  });
});

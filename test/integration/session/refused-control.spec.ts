import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LockReleaseError, RevisionFailedError, TransactionControlError } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine, upgrade: RevisionCode): Promise<Scenario> {
  const started = await scenario(engine, { revisions: { aaaa: upgrade } });
  running.push(started);
  return started;
}

async function has(at: Scenario, table: string): Promise<boolean> {
  const connection = at.orm.em.getConnection() as AbstractSqlConnection;
  return connection.execute(`select count(*) as n from ${table}`).then(
    () => true,
    () => false,
  );
}

/** Where SQL of a revision's own can stand. */
const places = ['op.execute', 'op.query', 'op.invoke', 'op.autocommitBlock'] as const;

/** A revision with that SQL between two statements. */
const saying = (sql: string, place: (typeof places)[number]): RevisionCode =>
  given({ sql, place }, async (op, said) => {
    await op.execute('create table a (n int)');
    if (said.place === 'op.execute') await op.execute(said.sql);
    if (said.place === 'op.query') await op.query(said.sql);
    if (said.place === 'op.invoke') await op.invoke({ kind: 'execute', sql: said.sql, params: [] });
    if (said.place === 'op.autocommitBlock') await op.autocommitBlock((block) => block.execute(said.sql));
    await op.execute('create table b (n int)');
  });

const spellings = [
  'commit',
  '/* done */ Rollback Work -- now',
  'START\n\ttransaction',
  'insert into a values (1); begin;',
];

describe.each(allEngines)('a revision that begins or ends a transaction on %s', (engine) => {
  /** One of the spellings in each place: in each run every engine has all of them, and so has every place. */
  const isHere = (spelling: string, place: (typeof places)[number]): boolean =>
    isTurn(allEngines.indexOf(engine) + places.indexOf(place), spelling, spellings);

  it.each(places)('is refused before that statement runs: in %s', async (place) => {
    const transactional = engine !== 'mysql' && engine !== 'mariadb';
    // what the revision did before it leaves the block is committed, and stays
    const isCommitted = !transactional || place === 'op.autocommitBlock';
    for (const sql of spellings.filter((spelling) => isHere(spelling, place))) {
      const at = await start(engine, saying(sql, place));
      const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(RevisionFailedError);
      const { failure, message } = error as RevisionFailedError;
      expect(failure.cause).toBeInstanceOf(TransactionControlError);
      expect(message).toMatch(/op\.autocommitBlock.*op\.transaction/);
      expect(failure.aftermath).toBe(isCommitted ? 'partly applied' : 'rolled back');
      expect([await has(at, 'a'), await has(at, 'b')]).toEqual([isCommitted, false]);
      if (isCommitted) {
        const connection = at.orm.em.getConnection() as AbstractSqlConnection;
        expect(await connection.execute('select n from a')).toEqual([]);
      }
    }
  });

  it('is refused where a script is written, too', async () => {
    const at = await start(engine, executing('create table a (n int)', 'commit'));
    await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow(/can't say `commit`/);
  });
});

describe("SQLite's savepoints outside of a transaction, of which the first one begins one", () => {
  it.each(['savepoint x', '-- a\nSAVEPOINT x', 'release x', 'rollback to x', 'rollback transaction to savepoint x'])(
    'are refused before they run: %s',
    async (sql) => {
      for (const place of ['execute', 'query'] as const) {
        const at = await start(
          'sqlite',
          given({ sql, place }, async (op, said) => {
            await op.autocommitBlock(async (block) => {
              await block.execute('create table a (n int)');
              await (said.place === 'execute' ? block.execute(said.sql) : block.query(said.sql));
            });
            await op.execute('create table b (n int)');
          }),
        );
        const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
        expect(error).toBeInstanceOf(RevisionFailedError);
        const { failure, message } = error as RevisionFailedError;
        expect(failure.cause).toBeInstanceOf(TransactionControlError);
        expect(message).toMatch(/in op\.autocommitBlock.*op\.transaction/);
        expect([await has(at, 'a'), await has(at, 'b')]).toEqual([true, false]);
        // the connection is of use, and holds no transaction
        const connection = at.orm.em.getConnection() as AbstractSqlConnection;
        await connection.execute('begin');
        await connection.execute('rollback');
      }
    },
  );

  it('are refused where a script is written, too', async () => {
    const at = await start(
      'sqlite',
      given({}, (op) => op.autocommitBlock((block) => block.execute('savepoint x'))),
    );
    await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow(/can't say `savepoint`/);
  });

  it('are the own of a revision inside of its transaction', async () => {
    const at = await start('sqlite', executing('savepoint x', 'create table a (n int)', 'rollback to x', 'release x'));
    await at.migrations.upgrade();
    expect(await has(at, 'a')).toBe(false);
  });
});

/** What lets go of the migration lock among others. In the reader's unit tests are all spellings. */
const releases = [
  ['postgres', 'discard all'],
  ['postgres', '/* clean */ DISCARD\nALL;'],
  ['postgres', 'select pg_advisory_unlock_all()'],
  ['postgres', 'select pg_catalog.PG_ADVISORY_UNLOCK_ALL ()'],
  ['postgres', 'select "pg_advisory_unlock_all"()'],
  ['postgres', 'select "pg_catalog". "pg_advisory_unlock_all" ()'],
  ['postgres', String.raw`select U&"\0070g_advisory_unlock_\+000061ll"()`],
  ['postgres', `select u&"pg_advisory!005funlock_all" uescape '!' ()`],
  ['postgres', 'do $$ begin perform pg_advisory_unlock_all(); end $$'],
  ['postgres', "do language plpgsql 'begin execute ''select pg_advisory_unlock_all()''; end'"],
  ['postgres', "do 'begin perform pg_adv'\n'isory_unlock_all(); end'"],
  ['pglite', 'discard all'],
  ...(['mysql', 'mariadb'] as const).flatMap((engine) =>
    [
      ...['do release_all_locks()', 'select release_all_locks()', 'select `RELEASE_ALL_LOCKS` ()'],
      ...['select /*!50000 release_all_locks() */', '/*! do */ release_all_locks/*!40101 (*/)'],
      ...["select /*!50000 '*/', /* don't */ release_all_locks()*/", "prepare s from 'do release_all_locks()'"],
    ].map((sql) => [engine, sql] as const),
  ),
  ['mariadb', 'select /*M!100100 release_all_locks() */'],
  ['mariadb', "execute immediate 'do release_all' '_locks()'"],
] as const;

/** A lock of the session, and whether the session holds it. */
const ownLock = {
  postgres: {
    take: 'select pg_advisory_lock(4711)',
    held: "select count(*) as held from pg_locks where locktype = 'advisory' and objid = 4711 and pid = pg_backend_pid()",
  },
  mysql: { take: "select get_lock('own', 0)", held: "select is_used_lock('own') <=> connection_id() as held" },
} as const;

it.each(releases.filter(([engine]) => engine !== 'pglite'))(
  'a session of %s lets go of its locks by: %s',
  async (engine, sql) => {
    const { take, held } = ownLock[engine === 'postgres' ? 'postgres' : 'mysql'];
    const at = await start(engine, () => undefined);
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    await connection.connect();
    await connection
      .getClient<unknown>()
      .connection()
      .execute(async (pinned) => {
        const ask = async (): Promise<number> => {
          const [row] = await connection.execute<{ held: unknown }[]>(held, [], 'all', pinned);
          return Number(row?.held);
        };
        await connection.execute(take, [], 'all', pinned);
        expect(await ask()).toBe(1);
        await connection.execute(sql, [], 'all', pinned);
        if (sql.startsWith('prepare s')) await connection.execute('execute s', [], 'all', pinned);
        expect(await ask()).toBe(0);
      });
  },
);

describe('a revision that lets go of all locks of the session', () => {
  it.each(releases)('is refused on %s before that statement runs: %s', async (engine, sql) => {
    const ordinal = releases.findIndex((release) => release[0] === engine && release[1] === sql);
    const verbs = ['execute', 'query'] as const;
    for (const place of verbs.filter((verb) => isTurn(ordinal, verb, verbs))) {
      const at = await start(
        engine,
        given({ sql, place }, (op, said) =>
          op.autocommitBlock(async (block) => {
            await (said.place === 'execute' ? block.execute(said.sql) : block.query(said.sql));
          }),
        ),
      );
      const events: string[] = [];
      const error: unknown = await at.migrations
        .upgrade({ onEvent: (event) => events.push(event.type) })
        .catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(RevisionFailedError);
      expect((error as RevisionFailedError).failure.cause).toBeInstanceOf(LockReleaseError);
      expect((error as RevisionFailedError).message).toMatch(/discard temp|release its own lock by its (?:key|name)/i);
      expect(events).not.toContain('warning');
      await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow(place === 'execute' ? /can't say/ : /query/);
    }
  });

  it.each(['postgres', 'pglite'] as const)('is not one that discards something else on %s', async (engine) => {
    const others = ['discard temp', 'discard plans', 'discard sequences', 'reset all', 'deallocate all', 'unlisten *'];
    const at = await start(
      engine,
      given({ others }, (op, said) =>
        op.autocommitBlock(async (block) => {
          for (const sql of said.others) await block.execute(sql);
          await block.execute("select 'discard all; pg_advisory_unlock_all()'");
        }),
      ),
    );
    const events: string[] = [];
    await at.migrations.upgrade({ onEvent: (event) => events.push(event.type) });
    expect(events).not.toContain('warning');
  });
});

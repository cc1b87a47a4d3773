/**
 * Upgrades whose server goes away under them: its connection is cut, it crashes and comes back, it has no room left; and
 * processes that die while they wait, or while the server still executes what they sent. Another `db upgrade` reaches
 * head, and everything has taken effect once. On servers with every safety on, in real processes.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestApplication } from '../support/application.ts';
import { contentsOf, differenceAtHead, failureToGoOn, writeHistory } from '../support/crash-history.ts';
import { startProxy, type CutOptions } from '../support/cutting-proxy.ts';
import { adminQuery, createDatabase, type TestDatabase } from '../support/databases.ts';
import { engineNames, type ServerEngine, serverEngines } from '../support/engines.ts';
import { TEST_LIMIT } from '../support/limits.ts';
import { type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { openDatabase } from '../support/scripts.ts';
import { type Server } from '../support/servers/index.ts';
import { starters } from '../support/servers/start-servers.ts';

/** How many moments an engine gets, for cuts and for restarts each; they are spread over all that there are. */
const POINTS = Number(process.env['LOST_POINTS'] ?? 1);
/** Other moments in other runs. */
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e6));

const noRoom: Readonly<Record<ServerEngine, readonly string[]>> = {
  postgres: [
    `create function no_room() returns trigger language plpgsql as $$ begin
       raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
     end $$`,
    'create trigger no_room before update on counter for each statement execute function no_room()',
  ],
  mysql: [
    `create trigger no_room before update on counter for each row
       signal sqlstate 'HY000' set mysql_errno = 1114, message_text = 'The table is full'`,
  ],
  mariadb: [
    `create trigger no_room before update on counter for each row
       signal sqlstate 'HY000' set mysql_errno = 1114, message_text = 'The table is full'`,
  ],
};

/** Whether a session of this database waits for a lock on a table. */
const blocked: Readonly<Record<ServerEngine, string>> = {
  postgres: "select 1 from pg_stat_activity where datname = ? and wait_event_type = 'Lock' and wait_event = 'relation'",
  // the list of processes fails where another session's statement holds an emoji
  mysql:
    "select 1 from performance_schema.threads where processlist_db = ? and processlist_state like 'Waiting for table metadata lock%'",
  mariadb:
    "select 1 from information_schema.processlist where db = ? and state like 'Waiting for table metadata lock%'",
};

describe.each(serverEngines)('an upgrade on %s', (engine: ServerEngine) => {
  let server: Server;
  let folder: TemporaryFolder;
  let expected: string;
  let chunks: number;

  beforeAll(async () => {
    folder = await temporaryFolder('lost');
    server = await starters[engine]({ durable: true });
    const database = await createDatabase(engine, { server });
    const proxy = await startProxy(server);
    const application = new TestApplication(folder.path, { ...database.env, DB_PORT: String(proxy.port) });
    await writeHistory(application);
    const before = proxy.chunks;
    await application.succeed(['upgrade']);
    chunks = proxy.chunks - before;
    expected = await contentsOf(database);
    await proxy.close();
    await database.drop();
  });
  afterAll(async () => {
    await folder.remove();
    await server.stop();
  });

  /** Moments all over the run, others in other runs; the very last chunks say goodbye. */
  function moments(): readonly { readonly at: number; readonly moment: 'before' | 'after' }[] {
    const step = (chunks - 4) / POINTS;
    return Array.from({ length: POINTS }, (_, index) => ({
      at: 1 + Math.floor(index * step + (SEED % Math.max(1, Math.floor(step)))),
      moment: (SEED + index) % 2 === 0 ? 'before' : 'after',
    }));
  }

  async function lostAt(cut: CutOptions): Promise<{ readonly result: ProcessResult; readonly database: TestDatabase }> {
    const database = await createDatabase(engine, { server });
    const proxy = await startProxy(server, cut);
    const application = new TestApplication(folder.path, { ...database.env, DB_PORT: String(proxy.port) });
    const result = await application.dbProcess(['upgrade']);
    expect(proxy.isCut).toBe(true);
    await proxy.close();
    return { result, database };
  }

  /** What is told beside what ran: one line that names the trouble, and perhaps what to do. */
  function errorsOf({ stderr }: ProcessResult): readonly string[] {
    return stderr.split('\n').filter((line) => line.startsWith('Error: '));
  }

  /** It failed with one line, or it was through before it lost anything, and then nothing that it said is lost. */
  async function expectEnd(result: ProcessResult, database: TestDatabase, at: string): Promise<void> {
    const isThrough = result.code === 0;
    expect([at, result.code, errorsOf(result).length, result.stderr]).toEqual([
      ...(isThrough ? [at, 0, 0] : [at, 1, 1]),
      expect.not.stringContaining('    at '),
    ]);
    if (!isThrough) return;
    const application = new TestApplication(folder.path, database.env);
    expect([at, await differenceAtHead(application, database, expected)]).toEqual([at, undefined]);
  }

  function goesOn(database: TestDatabase): Promise<string | undefined> {
    return failureToGoOn(new TestApplication(folder.path, database.env), database, expected);
  }

  it(
    'whose connection is cut ends with an error, and the next one goes on',
    async () => {
      for (const { at, moment } of moments()) {
        const { result, database } = await lostAt({ at, moment });
        await expectEnd(result, database, `${at}:${moment}`);
        expect([at, moment, await goesOn(database)]).toEqual([at, moment, undefined]);
        await database.drop();
      }
      process.stderr.write(`Cuts on ${engineNames[engine]}: ${POINTS} in ${chunks} chunks (CRASH_SEED=${SEED})\n`);
    },
    TEST_LIMIT + POINTS * 60_000,
  );

  it(
    'whose server crashes ends with an error, and the next one goes on once it is back',
    async () => {
      for (const { at, moment } of moments()) {
        let back: Promise<void> | undefined;
        // a server that was running before the tests is not theirs to crash: its connections are cut
        const { restart } = server;
        const then = restart === undefined ? {} : { then: () => void (back = restart()) };
        const { result, database } = await lostAt({ at, moment: restart === undefined ? moment : 'after', ...then });
        await back;
        await expectEnd(result, database, String(at));
        expect([at, await goesOn(database)]).toEqual([at, undefined]);
        await database.drop();
      }
    },
    TEST_LIMIT + POINTS * 60_000,
  );

  it('that the server has no room for ends with its error, and the next one goes on once there is room', async () => {
    const database = await createDatabase(engine, { server });
    const application = new TestApplication(folder.path, database.env);
    await application.succeed(['upgrade', 'aaaa0001']);
    for (const statement of noRoom[engine])
      await adminQuery(engine, statement, [], { server, database: database.name });
    const full = await application.dbProcess(['upgrade']);
    expect([full.code, full.stderr]).toEqual([
      1,
      expect.stringMatching(/^Error: The upgrade of aaaa0002 .*(No space left on device|The table is full)/m),
    ]);
    const freed = engine === 'postgres' ? 'drop function no_room() cascade' : 'drop trigger no_room';
    await adminQuery(engine, freed, [], { server, database: database.name });
    expect(await goesOn(database)).toBeUndefined();
    await database.drop();
  });

  it('that dies while the server executes its statement leaves it to a waiter, and a waiter that dies disturbs nobody', async () => {
    const database = await createDatabase(engine, { server });
    const application = new TestApplication(folder.path, database.env);
    await application.succeed(['upgrade', 'aaaa0001']);
    const { orm } = await openDatabase(database);
    const em = orm.em.fork();
    await em.begin();
    await em.getConnection().execute('select * from ledger', [], 'all', em.getTransactionContext());

    const holder = await application.startDb(['upgrade']);
    const isBlocked = async (): Promise<boolean> =>
      (await adminQuery(engine, blocked[engine], [database.name], { server })).length > 0;
    while (!(await isBlocked())) await sleep(50);
    const victim = await application.startDb(['upgrade']);
    const heir = await application.startDb(['upgrade']);
    await Promise.all([victim, heir].map((waiter) => waiter.waitForOutput(/Waiting for the migration lock/)));
    victim.kill('SIGKILL');
    await victim.exited;
    expect(await isBlocked()).toBe(true);
    holder.kill('SIGKILL');
    await holder.exited;
    await em.rollback();
    await orm.close(true);

    const { code, stderr } = await heir.exited;
    expect([code, stderr]).toEqual([0, expect.stringContaining('aaaa0003')]);
    expect(await differenceAtHead(application, database, expected)).toBeUndefined();
    await database.drop();
  });
});

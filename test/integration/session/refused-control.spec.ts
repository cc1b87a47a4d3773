import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RevisionFailedError, TransactionControlError } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine, upgrade: string): Promise<Scenario> {
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

/** Where SQL of a revision's own can stand, with the SQL left out. */
const places: Record<string, (sql: string) => string> = {
  'op.execute': (sql) => `await op.execute(${sql});`,
  'op.query': (sql) => `await op.query(${sql});`,
  'op.invoke': (sql) => `await op.invoke({ kind: 'execute', sql: ${sql}, params: [] });`,
  'op.autocommitBlock': (sql) => `await op.autocommitBlock((op) => op.execute(${sql}));`,
};

const spellings = [
  'commit',
  '/* done */ Rollback Work -- now',
  'START\n\ttransaction',
  'insert into a values (1); begin;',
];

describe.each(allEngines)('a revision that begins or ends a transaction on %s', (engine) => {
  it.each(Object.keys(places))('is refused before that statement runs: in %s', async (place) => {
    const transactional = engine !== 'mysql' && engine !== 'mariadb';
    // what the revision did before it leaves the block is committed, and stays
    const isCommitted = !transactional || place === 'op.autocommitBlock';
    // each takes a database of its own, which PGlite is slow to make
    for (const sql of engine === 'pglite' ? spellings.slice(-1) : spellings) {
      const at = await start(
        engine,
        `await op.execute('create table a (n int)'); ${places[place](JSON.stringify(sql))} await op.execute('create table b (n int)');`,
      );
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
    const at = await start(engine, "await op.execute('create table a (n int)'); await op.execute('commit');");
    await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow(/can't say `commit`/);
  });
});

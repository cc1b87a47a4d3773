import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RevisionFailedError, TransactionControlError } from 'nest-migrate';
import { allEngines, type Engine } from '../../support/engines.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

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
  it.each(places)('is refused before that statement runs: in %s', async (place) => {
    const transactional = engine !== 'mysql' && engine !== 'mariadb';
    // what the revision did before it leaves the block is committed, and stays
    const isCommitted = !transactional || place === 'op.autocommitBlock';
    // each takes a database of its own, which PGlite is slow to make
    for (const sql of engine === 'pglite' ? spellings.slice(-1) : spellings) {
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

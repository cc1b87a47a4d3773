/** How many round trips a revision takes beside its own statements, where the engine can write a step down at once. */
import { expect, it } from '@jest/globals';
import { type RunEngine } from '../../../libs/nest-migrate/src/runtime/ports.ts';
import { MemoryDatabase, memoryTables } from '../../support/memory-database.ts';
import { type Line, run } from '../../support/memory-run.ts';

const IDS = ['aaaa', 'bbbb', 'cccc'];

/** Settings that statements which begin with `create` are sure to keep, and those with `alter` as far as rights go. */
const settings: RunEngine['session']['settings'] = {
  read: async (session) => new Map((await session.query('settings')).map(() => ['zone', 'utc'])),
  look: () => 'look',
  glance: () => 'glance',
  keptBy: (sql) => (sql.startsWith('create') ? 'settings' : sql.startsWith('alter') ? 'rights' : 'nothing'),
  restore: () => [],
  identity: [],
  isNoSetting: () => false,
  differInside: false,
};

function databaseThatTells(): MemoryDatabase {
  const database = new MemoryDatabase();
  database.committed.hasTables = true;
  for (const query of ['mark', 'mark now']) database.results.set(query, [{ mark: '7' }]);
  database.results.set('is open: 7', [{ is: true }]);
  return database;
}

const engine: Partial<RunEngine['session']> = {
  transactionMark: { begun: 'mark', now: 'mark now', isOpen: (mark) => `is open: ${mark}` },
};

/** The calls of each revision, from one begin to the next. */
function callsOf(calls: readonly string[]): readonly string[] {
  const all = calls.join(', ');
  return all.slice(all.indexOf('begin')).split(/, (?=begin)/);
}

const lineOf = (statements: (id: string) => readonly string[]): Line =>
  Object.fromEntries(
    IDS.map((id) => [
      id,
      async (op) => {
        for (const sql of statements(id)) await op.execute(sql);
      },
    ]),
  );

it.each([
  ['none', []],
  ['one', ['create a']],
  ['two', ['create a', 'create b']],
  ['one that may set something', ['alter a']],
])('begin, write down, commit: three, with %s of its own', async (_, own) => {
  const line = lineOf((id) => own.map((sql) => `${sql}_${id}`));
  const database = databaseThatTells();
  const ports = { tables: memoryTables({ atOnce: true }) };
  const { session, error } = await run({ line, database, engine: { ...engine, settings }, ports });
  expect(error).toBeUndefined();
  expect(database.committed).toMatchObject({ rows: ['cccc'], lines: IDS.map((id) => `upgrade ${id}`) });
  const [, ...later] = callsOf(session.calls);
  expect(later.slice(0, 1)).toEqual(
    ['bbbb'].map((id) => ['begin', ...own.map((sql) => `${sql}_${id}`), 'stepWriter.write', 'commit'].join(', ')),
  );
});

it('settings are looked at first, behind what may have set one', async () => {
  const line = lineOf((id) => [`set zone_${id}`]);
  const ports = { tables: memoryTables({ atOnce: true }) };
  const database = databaseThatTells();
  const { session, error } = await run({ line, database, engine: { ...engine, settings }, ports });
  expect(error).toBeUndefined();
  expect(callsOf(session.calls)[1]).toBe('begin, set zone_bbbb, look, stepWriter.write, commit');
});

it('settings are looked at where that cannot ride along, unless the statements are sure to keep them', async () => {
  const looked = async (sql: string): Promise<number> => {
    const database = new MemoryDatabase(true);
    const line = lineOf((id) => [`${sql}_${id}`]);
    const { session, error } = await run({ line, database, engine: { settings } });
    expect(error).toBeUndefined();
    return session.calls.filter((call) => call === 'look').length;
  };
  // once at the start and once at the end
  expect(await looked('create a')).toBe(2);
  expect(await looked('alter a')).toBe(2 + IDS.length);
  expect(await looked('set zone')).toBe(2 + IDS.length);
});

it('a transaction that is no longer the one that was begun gets no rows, and fails the step', async () => {
  const database = databaseThatTells();
  const line: Line = {
    aaaa: async (op) => {
      await op.execute('create a');
      database.results.set('is open: 7', [{ is: false }]);
    },
  };
  const { error } = await run({ line, database, engine, ports: { tables: memoryTables({ atOnce: true }) } });
  expect(error).toMatchObject({ code: 'REVISION_FAILED', cause: { code: 'TRANSACTION_ENDED' } });
  expect(database.committed.rows).toEqual([]);
});

it('a hook of the step may end its transaction as well, so that it is looked at once more', async () => {
  const database = databaseThatTells();
  const options = { onVersionApply: [() => undefined] };
  const { session } = await run({
    ...{ line: lineOf(() => []), database, engine, options },
    ports: { tables: memoryTables({ atOnce: true }) },
  });
  expect(callsOf(session.calls)[1]).toBe('begin, stepWriter.write, mark now, commit');
});

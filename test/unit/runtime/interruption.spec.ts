/** The first signal lets the statement finish: a run stops before its next one, and says what is left. */
import { describe, expect, it } from '@jest/globals';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { type Line, run, type RunOutcome } from '../../support/memory-run.ts';

const line: Line = {
  aaaa: (op) => op.execute('create table a'),
  bbbb: async (op) => {
    await op.execute('create table b');
    await op.execute('create table c');
    await op.execute('create table d');
  },
};

/** A run that is told to stop while the database serves that call. */
function stoppedAt(database: MemoryDatabase, during: string, of: Line = line): Promise<RunOutcome> {
  const controller = new AbortController();
  database.meddle = (call) => {
    if (call === during) controller.abort('SIGTERM');
  };
  return run({ line: of, database, options: { signal: controller.signal } });
}

it('the statement that runs at that moment is finished, and no other is sent', async () => {
  const { sent, events } = await stoppedAt(new MemoryDatabase(true), 'create table c');
  expect(sent).toEqual(['create table a', 'create table b', 'create table c']);
  expect(events.filter(({ type }) => type === 'statementFinished')).toHaveLength(3);
});

it('a revision in a transaction is taken back, and those before it stay', async () => {
  const database = new MemoryDatabase();
  const { error } = await stoppedAt(database, 'create table c');
  expect(error).toMatchObject({
    code: 'RUN_ABORTED',
    reason: 'SIGTERM',
    message:
      'The run was stopped before its next statement, in the upgrade of bbbb (revision bbbb). Its transaction was rolled back; the database is at aaaa, and db upgrade continues from there.',
    stopped: { begun: true, aftermath: 'rolled back', statements: 0, rows: ['aaaa'], finished: ['aaaa'] },
  });
  expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a'], notes: [] });
});

it('where DDL commits, what is done stays, and the next run continues after it', async () => {
  const database = new MemoryDatabase(true);
  const { error } = await stoppedAt(database, 'create table c');
  expect(error).toMatchObject({
    code: 'RUN_ABORTED',
    message:
      'The run was stopped before its next statement, in the upgrade of bbbb (revision bbbb). 2 statements of it are done and stay, the version table is still at aaaa; db upgrade continues after them.',
    stopped: { begun: true, aftermath: 'partly applied', statements: 2, rows: ['aaaa'], finished: ['aaaa'] },
  });
  database.meddle = () => undefined;
  const next = await run({ line, database });
  expect(next).toMatchObject({ error: undefined, sent: ['create table d'] });
  expect(database.committed.rows).toEqual(['bbbb']);
});

it('statements of earlier runs count as well', async () => {
  const database = new MemoryDatabase(true);
  await stoppedAt(database, 'create table b');
  const { error } = await stoppedAt(database, 'create table c');
  expect(error).toMatchObject({ stopped: { statements: 2 } });
});

it('a revision whose last statement was running is finished', async () => {
  const database = new MemoryDatabase(true);
  const { error } = await stoppedAt(database, 'create table d');
  expect(error).toBeUndefined();
  expect(database.committed.rows).toEqual(['bbbb']);
});

it('between two revisions nothing of the second is begun', async () => {
  const database = new MemoryDatabase();
  const controller = new AbortController();
  const { error } = await run({
    ...{ line, database, options: { signal: controller.signal } },
    onEvent: ({ type }) => {
      if (type === 'stepFinished') controller.abort();
    },
  });
  expect(error).toMatchObject({
    code: 'RUN_ABORTED',
    message:
      'The run was stopped before the upgrade of bbbb (revision bbbb). The database is at aaaa; db upgrade continues from there.',
    stopped: { begun: false, statements: 0, rows: ['aaaa'], finished: ['aaaa'] },
  });
});

describe('the verbs that stop', () => {
  it.each<[string, Line]>([
    ['execute', { aaaa: async (op) => void (await op.execute('create table a'), await op.execute('create table b')) }],
    ['query', { aaaa: async (op) => void (await op.execute('create table a'), await op.query('select 1')) }],
    [
      'transaction',
      { aaaa: async (op) => void (await op.execute('create table a'), await op.transaction(async () => undefined)) },
    ],
  ])('%s', async (_, of) => {
    const { error, session } = await stoppedAt(new MemoryDatabase(), 'create table a', of);
    expect(error).toMatchObject({ code: 'RUN_ABORTED' });
    expect(session.calls.slice(session.calls.indexOf('create table a') + 1)).not.toContainEqual(
      expect.stringMatching(/^(?:create|select|savepoint)/),
    );
  });
});

it('an event that throws stops the run as a failure does, with everything taken back', async () => {
  const database = new MemoryDatabase();
  const { error } = await run({
    ...{ line, database },
    onEvent: ({ type }) => {
      if (type === 'statementFinished') throw new Error('the terminal is gone');
    },
  });
  expect(error).toMatchObject({ code: 'REVISION_FAILED', cause: { message: 'the terminal is gone' } });
  expect(database.committed).toMatchObject({ rows: [], done: [] });
});

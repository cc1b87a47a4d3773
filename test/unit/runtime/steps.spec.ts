/** What the runtime does with its ports, step by step. */
import { describe, expect, it } from '@jest/globals';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { type ExecutableStep } from '../../../libs/nest-migrate/src/runtime/executable-step.ts';
import { downgradeOf, type Line, run, stampTo, upgradeFrom } from '../../support/memory-run.ts';

const line: Line = {
  aaaa: { upgrade: (op) => op.execute('create table a'), downgrade: (op) => op.execute('drop table a') },
  bbbb: { upgrade: (op) => op.execute('create table b'), downgrade: (op) => op.execute('drop table b') },
};

describe.each([
  ['whose DDL is transactional', false],
  ['whose DDL commits', true],
] as const)('on an engine %s', (_, ddlCommits) => {
  it('steps are taken in order, and each moves the rows and adds its line to the history', async () => {
    const database = new MemoryDatabase(ddlCommits);
    const { steps, events } = await run({ line, database });
    expect(steps?.map(({ direction, revision, rows }) => [direction, revision, rows])).toEqual([
      ['upgrade', 'aaaa', ['aaaa']],
      ['upgrade', 'bbbb', ['bbbb']],
    ]);
    expect(database.committed).toEqual({
      hasTables: true,
      rows: ['bbbb'],
      notes: [],
      lines: ['upgrade aaaa', 'upgrade bbbb'],
      done: ['create table a', 'create table b'],
    });
    const step = ['stepStarted', 'statementStarted', 'statementFinished', 'stepFinished'];
    expect(events.map(({ type }) => type)).toEqual(['planned', ...step, ...step]);
  });

  it('a downgrade runs the other function, and a stamp none', async () => {
    const database = new MemoryDatabase(ddlCommits);
    await run({ line, database });
    await run({ line, database, plan: { steps: [downgradeOf(line, 'bbbb')] } });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], lines: expect.arrayContaining(['downgrade bbbb']) });
    expect(database.committed.done.at(-1)).toBe('drop table b');
    const { sent, session } = await run({ line, database, plan: { steps: [stampTo('bbbb', ['aaaa'])] } });
    expect(sent).toEqual([]);
    expect(database.committed.rows).toEqual(['bbbb']);
    // a connection that no revision has had goes back to the pool
    expect(session.isSpent).toBe(false);
  });

  it('a purge deletes all rows once, before the first step', async () => {
    const database = new MemoryDatabase(ddlCommits);
    database.committed = { ...database.committed, hasTables: true, rows: ['gone', 'lost'] };
    const plan = { steps: [stampTo('aaaa', [])], rows: ['gone', 'lost'], purge: true };
    const { session, error } = await run({ line, database, plan });
    expect(error).toBeUndefined();
    expect(database.committed.rows).toEqual(['aaaa']);
    expect(session.calls.filter((call) => call === 'version.clear')).toHaveLength(1);
  });

  it('a hook runs behind the rows and in their transaction: where it fails, the step has not been taken', async () => {
    const database = new MemoryDatabase(ddlCommits);
    const seen: unknown[] = [];
    const failing = await run({
      ...{ line, database },
      options: {
        onVersionApply: [
          async ({ op, step }) => {
            seen.push(step.rows);
            await op.execute('insert into deployment');
            if (step.revision === 'bbbb') throw new Error('no deployment on Fridays');
          },
        ],
      },
    });
    expect(failing.error).toMatchObject({ code: 'REVISION_FAILED', failure: { revision: 'bbbb', rows: ['aaaa'] } });
    expect(seen).toEqual([['aaaa'], ['bbbb']]);
    expect(database.committed.done.filter((sql) => sql === 'insert into deployment')).toHaveLength(1);
  });

  it('a database without the tables of the tool gets them in a transaction of their own, and none twice', async () => {
    const database = new MemoryDatabase(ddlCommits);
    const first = await run({ line, database, plan: { steps: [] } });
    expect(first.session.calls).toContain('version.ensure');
    const second = await run({ line, database, plan: { steps: [] } });
    expect(second.session.calls).not.toContain('version.ensure');
    expect(database.committed.rows).toEqual([]);
  });
});

describe('one transaction for all steps', () => {
  const options = { transactionPerMigration: false } as const;

  it('commits once, behind the last step', async () => {
    const database = new MemoryDatabase();
    database.committed.hasTables = true;
    const { session } = await run({ line, database, options });
    expect(session.calls.filter((call) => call === 'commit')).toHaveLength(1);
    expect(database.committed.rows).toEqual(['bbbb']);
  });

  it('takes every step back where one fails, and says that none is finished', async () => {
    const database = new MemoryDatabase();
    database.meddle = (call) => {
      if (call === 'create table b') throw new Error('no room');
    };
    const { error } = await run({ line, database, options });
    expect(error).toMatchObject({ failure: { revision: 'bbbb', aftermath: 'rolled back', rows: [], finished: [] } });
    expect(database.committed).toMatchObject({ rows: [], done: [], lines: [] });
  });
});

it('a step that another run has changed the rows of fails, and takes back what it did', async () => {
  const database = new MemoryDatabase();
  await run({ line, database, plan: { steps: upgradeFrom(line, [], 'aaaa') } });
  database.meddle = (call, { state }) => {
    if (call === 'create table b') state.rows = ['elsewhere'];
  };
  const { error } = await run({ line, database });
  expect(error).toMatchObject({
    code: 'REVISION_FAILED',
    cause: { code: 'VERSION_CONFLICT', rows: ['elsewhere'] },
    failure: { rows: ['aaaa'] },
  });
  expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a'] });
});

it('what a step needs may be loaded when it is its turn, and once', async () => {
  const database = new MemoryDatabase();
  const asked: unknown[] = [];
  const whole = upgradeFrom(line, []);
  const steps = whole.map((step) => ({ ...step, body: undefined, entries: [] }));
  const plan = {
    steps,
    loaded: async (step: ExecutableStep) => {
      asked.push(step.revision);
      return whole[steps.indexOf(step as (typeof steps)[number])];
    },
  };
  const { error } = await run({ line, database, plan });
  expect(error).toBeUndefined();
  expect(database.committed).toMatchObject({
    lines: ['upgrade aaaa', 'upgrade bbbb'],
    done: ['create table a', 'create table b'],
  });
  expect(asked[0]).toBe('aaaa');
});

it('a step that cannot be loaded fails as one that was not begun, and keeps those before it', async () => {
  const database = new MemoryDatabase();
  const loaded = async (step: ExecutableStep): Promise<ExecutableStep> => {
    if (step.revision === 'bbbb') throw new Error('no such module');
    return step;
  };
  const { error } = await run({ line, database, plan: { loaded } });
  expect(error).toMatchObject({
    failure: { revision: 'bbbb', aftermath: 'untouched', rows: ['aaaa'], finished: ['aaaa'] },
  });
});

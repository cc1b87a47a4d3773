/** A revision that an earlier run has begun continues behind what took effect. */
import { command } from '../../../libs/nest-migrate/src/errors/wording.ts';
import { describe, expect, it } from '@jest/globals';
import { InterruptedRevisionError } from '../../../libs/nest-migrate/src/errors/interrupted.errors.ts';
import { type RevisionFunction } from '../../../libs/nest-migrate/src/runtime/revision-data.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { downgradeOf, type Line, run, type RunOutcome, stampTo } from '../../support/memory-run.ts';

/** A revision that executes statements; a run that it fails in ends at `nonsense`. */
const executing =
  (...statements: readonly string[]): RevisionFunction =>
  async (op) => {
    for (const sql of statements) await op.execute(sql);
  };

/** Fails each statement that is nonsense. */
function strict(database: MemoryDatabase): MemoryDatabase {
  database.meddle = (call) => {
    if (call === 'nonsense') throw new Error('syntax error');
  };
  return database;
}

/** A database whose DDL commits, in which a run of the revision has failed. */
async function halfDone(upgrade: RevisionFunction): Promise<MemoryDatabase> {
  const database = strict(new MemoryDatabase(true));
  const { error } = await run({ line: { aaaa: upgrade }, database });
  expect(error).toMatchObject({ code: 'REVISION_FAILED' });
  return database;
}

/** The same where the run has died, at the statement with that ordinal. */
async function dead(upgrade: RevisionFunction, ordinal: number): Promise<MemoryDatabase> {
  const database = await halfDone(upgrade);
  const { committed } = database;
  committed.notes = committed.notes.map((row) => (row.ordinal === ordinal ? { ...row, state: 'running' } : row));
  return database;
}

const made = ['create table log', 'insert into log 1', 'alter table log', 'insert into log 2'];

describe('a revision that failed half-way where DDL commits', () => {
  it('continues once it is mended: each statement takes effect once', async () => {
    const database = await halfDone(executing(...made, 'nonsense'));
    expect(await run({ line: { aaaa: executing(...made, 'nonsense') }, database })).toMatchObject({
      error: { code: 'REVISION_FAILED' },
      sent: ['nonsense'],
      skipped: made,
      warnings: ['The upgrade of aaaa was interrupted: continuing after its first 4 statements.'],
    });
    const mended = await run({ line: { aaaa: executing(...made, 'insert into log 3') }, database });
    expect(mended).toMatchObject({ error: undefined, sent: ['insert into log 3'], skipped: made });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], notes: [], done: [...made, 'insert into log 3'] });
  });

  it('may not be edited in what is done: what it was is told, and nothing is sent', async () => {
    const database = await halfDone(executing(...made, 'nonsense'));
    const [first = '', , ...rest] = made;
    const edited = await run({ line: { aaaa: executing(first, 'insert into log 9', ...rest) }, database });
    expect(edited).toMatchObject({ error: { code: 'APPLIED_STATEMENT_EDITED' }, sent: [] });
    expect(String(edited.error)).toMatch(/Statement 2 of the upgrade of aaaa .* it was .*log 1.* and is .*log 9/);
    const shorter = await run({ line: { aaaa: executing(...made.slice(0, 2)) }, database });
    expect(shorter).toMatchObject({ error: { code: 'APPLIED_STATEMENT_EDITED' } });
    expect(String(shorter.error)).toContain('and is gone');
    expect(database.committed.done).toEqual(made);
  });

  it('keeps data work and its note together', async () => {
    const line: Line = {
      aaaa: async (op) => {
        await op.execute('create table log');
        await op.transaction(async ({ em }) => {
          await em.execute('insert into log 1');
        });
        await op.execute('nonsense');
      },
    };
    const database = strict(new MemoryDatabase(true));
    await run({ line, database });
    expect(await run({ line, database })).toMatchObject({ skipped: ['create table log', 'op.transaction'] });
    expect(database.committed.done).toEqual(['create table log', 'insert into log 1']);
  });

  it('is in the way of every other step: nothing is sent', async () => {
    const database = await halfDone(executing(...made, 'nonsense'));
    const refusal = new InterruptedRevisionError({
      ...{ revision: 'aaaa', direction: 'upgrade', statements: 4, isKnown: true },
      exits: { finish: command('upgrade'), stamp: command('stamp', 'base') },
    });
    const seen: unknown[] = [];
    const { error, sent } = await run({
      ...{ line: { bbbb: executing('create table b') }, database },
      begun: {
        admit: (found, rows, steps) => {
          seen.push([found.map(({ revision }) => revision), rows, steps.map(({ revision }) => revision)]);
          throw refusal;
        },
      },
    });
    expect(error).toBe(refusal);
    expect(seen).toEqual([[['aaaa'], [], ['bbbb']]]);
    expect(sent).toEqual([]);
  });

  it('is forgotten by a stamp, with or without a step', async () => {
    for (const steps of [[stampTo('aaaa', [])], []]) {
      const database = await halfDone(executing(...made, 'nonsense'));
      const { warnings } = await run({ line: {}, database, plan: { steps }, begun: { areForgotten: true } });
      expect(warnings).toEqual([
        'The upgrade of aaaa was interrupted, 4 statements of it are done: forgotten, since the stamp says where the database is.',
      ]);
      expect(database.committed.notes).toEqual([]);
    }
  });

  it('goes down as it goes up, and what is noted of the other direction is forgotten with it', async () => {
    const line = (last: string): Line => ({
      aaaa: { upgrade: executing('create table a'), downgrade: executing('drop table a', last) },
    });
    const database = strict(new MemoryDatabase(true));
    await run({ line: line('nonsense'), database });
    await run({ line: line('nonsense'), database, plan: { steps: [downgradeOf(line('nonsense'), 'aaaa')] } });
    expect(database.committed.notes).toMatchObject([{ direction: 'downgrade', sql: 'drop table a' }]);
    const mended = line('drop table b');
    const down = await run({ line: mended, database, plan: { steps: [downgradeOf(mended, 'aaaa')] } });
    expect(down).toMatchObject({ error: undefined, sent: ['drop table b'], skipped: ['drop table a'] });
    expect(database.committed).toMatchObject({ rows: [], notes: [] });
  });
});

describe('a statement that was running when its run died', () => {
  const body =
    (last = 'create table c'): RevisionFunction =>
    async (op) => {
      await op.execute('create table t');
      await op.addColumn('t', 'm', { type: 'integer', nullable: true });
      await op.execute(last);
    };

  it('is looked for where something tells whether it took effect', async () => {
    const database = await dead(body('nonsense'), 1);
    expect(await run({ line: { aaaa: body() }, database })).toMatchObject({
      error: undefined,
      sent: ['create table c'],
    });
    const without = await dead(body('nonsense'), 1);
    without.committed.done = ['create table t'];
    expect(await run({ line: { aaaa: body() }, database: without })).toMatchObject({
      error: undefined,
      sent: ['addColumn t', 'create table c'],
    });
  });

  it('is asked for by its effect only where that was not there before', async () => {
    const database = await dead(body('nonsense'), 1);
    database.committed.notes = database.committed.notes.map((row) => ({ ...row, heldBefore: true }));
    expect(await run({ line: { aaaa: body() }, database })).toMatchObject({ error: { code: 'INTERRUPTED_STATEMENT' } });
  });

  it.each([
    ['skip', ['insert into t 1']],
    ['repeat', ['update t', 'insert into t 1']],
  ] as const)('stops the next run where nothing tells, until that is told: %s', async (interrupted, sent) => {
    const database = await dead(executing('create table t', 'update t', 'nonsense'), 1);
    const line = { aaaa: executing('create table t', 'update t', 'insert into t 1') };
    const stopped = await run({ line, database });
    expect(stopped).toMatchObject({ error: { code: 'INTERRUPTED_STATEMENT' }, sent: [] });
    expect(String(stopped.error)).toMatch(/died while statement 2 ran \[update t\]/);
    expect(await run({ line, database, begun: { interrupted } })).toMatchObject({ error: undefined, sent });
  });

  it('is sent again where it may run twice', async () => {
    const upgrade =
      (last: string): RevisionFunction =>
      async (op) => {
        await op.execute('create table t');
        await op.execute('update t', [], { repeatable: true });
        await op.execute(last);
      };
    const database = await dead(upgrade('nonsense'), 1);
    const { error, sent } = await run({ line: { aaaa: upgrade('insert into t 1') }, database });
    expect(error).toBeUndefined();
    expect(sent).toEqual(['update t', 'insert into t 1']);
  });

  it('and was edited since is asked for in any case, and one that failed and was edited is told of', async () => {
    const database = await dead(executing('create table t', 'update t', 'nonsense'), 1);
    const edited = await run({ line: { aaaa: executing('create table t', 'update t set n = 1') }, database });
    expect(edited).toMatchObject({ error: { code: 'INTERRUPTED_STATEMENT' }, sent: [] });
    expect(String(edited.error)).toContain('it was edited since');
    database.committed.notes = database.committed.notes.map((row) =>
      row.ordinal === 1 ? { ...row, state: 'failed' } : row,
    );
    const again = await run({ line: { aaaa: executing('create table t', 'update t set n = 1') }, database });
    expect(again).toMatchObject({ error: undefined, sent: ['update t set n = 1'] });
    expect(again.warnings.at(-1)).toMatch(/^Statement 2 of the upgrade of aaaa had failed before it was edited/);
  });
});

describe('a block outside of transactions', () => {
  it('is gone on behind where what comes after it failed, and leaves no notes otherwise', async () => {
    const line = (last: string): Line => ({
      aaaa: async (op) => {
        await op.execute('create table t');
        await op.autocommitBlock(async (block) => {
          await block.createIndex('t', ['n'], { name: 't_n', concurrently: true });
          await block.execute('insert into t 2');
        });
        await op.execute('insert into t 3');
        await op.execute(last);
      },
    });
    const database = strict(new MemoryDatabase());
    await run({ line: line('nonsense'), database });
    const committed = ['create table t', 'create index t_n', 'insert into t 2'];
    expect(database.committed.done).toEqual(committed);
    expect(database.committed.notes.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    const { error, sent, skipped } = await run({ line: line('insert into t 4'), database });
    expect(error).toBeUndefined();
    expect(skipped).toEqual(committed);
    expect(sent).toEqual(['insert into t 3', 'insert into t 4']);
    expect(database.committed.notes).toEqual([]);
    const other = new MemoryDatabase();
    const { session } = await run({ line: { aaaa: executing('create table t') }, database: other });
    expect(session.calls).not.toContain('journal.ensure');
  });
});

describe('a run that dies at any moment', () => {
  const statements = ['create table a', 'insert into a 1', 'alter table a', 'insert into a 2', 'insert into a 3'];
  const line: Line = {
    aaaa: async (op) => {
      await op.execute('create table a');
      await op.execute('insert into a 1');
      await op.autocommitBlock((block) => block.execute('alter table a'));
      await op.transaction(async ({ em }) => {
        await em.execute('insert into a 2');
      });
    },
    bbbb: (op) => op.execute('insert into a 3'),
  };

  /** Goes on, and says of a statement that nothing tells about what is so. */
  async function goOn(database: MemoryDatabase): Promise<RunOutcome> {
    const next = await run({ line, database });
    if ((next.error as { code?: unknown } | undefined)?.code !== 'INTERRUPTED_STATEMENT') return next;
    expect(next.sent).toEqual([]);
    const running = database.committed.notes.find(({ state }) => state === 'running');
    const tookEffect = database.committed.done.includes(String(running?.sql));
    return run({ line, database, begun: { interrupted: tookEffect ? 'skip' : 'repeat' } });
  }

  it.each([
    ['DDL is transactional', false, 'before'],
    ['DDL is transactional', false, 'behind'],
    ['DDL commits', true, 'before'],
    ['DDL commits', true, 'behind'],
  ] as const)('where %s (%s): the next one does the rest, and everything is done once', async (_, ddlCommits, when) => {
    for (let moment = 0; ; moment++) {
      const database = new MemoryDatabase(ddlCommits);
      let calls = 0;
      database.meddle = () => (calls++ === moment ? when : undefined);
      const { error } = await run({ line, database });
      if (calls <= moment) {
        // it has lived to its end
        expect(error).toBeUndefined();
        expect(moment).toBeGreaterThan(20);
        return;
      }
      database.meddle = () => undefined;
      const next = await goOn(database);
      expect([moment, next.error]).toEqual([moment, undefined]);
      expect([moment, database.committed]).toEqual([
        moment,
        { hasTables: true, rows: ['bbbb'], notes: [], lines: ['upgrade aaaa', 'upgrade bbbb'], done: statements },
      ]);
    }
  });
});

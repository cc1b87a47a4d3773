/** Each door looks at what is not finished, and not at the version table alone. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { MigrationHealthIndicator } from 'nest-migrate';
import { createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { booted, doors, outcome, put, sql } from '../../support/noted.ts';
import { executing, given } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function fresh(engine: Engine): Promise<TestDatabase> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  return database;
}

async function start(database: TestDatabase, revisions: Revisions): Promise<Scenario> {
  const at = await scenario(database.engine, { database, revisions });
  ending.push(() => at.end());
  return at;
}

/** The same application after its revisions were edited: another process, since a module is loaded once. */
async function restart(database: TestDatabase, revisions: Revisions): Promise<Scenario> {
  await ending.pop()!();
  return start(database, revisions);
}

const two = executing('create table t1 (n int)', 'create table t2 (n int)');

/** A revision whose downgrade commits half of what it does before the rest. */
const halfDown = (last: string): ScenarioRevision => ({
  upgrade: two,
  downgrade: given({ last }, async (op, values) => {
    await op.autocommitBlock((block) => block.execute('drop table t1'));
    await op.execute(values.last);
    await op.execute('drop table t2');
  }),
});

describe.each(enginesByDialect('half-done'))('on %s', (engine) => {
  it('a database that is half-way down is refused at each door, until it is down', async () => {
    const database = await fresh(engine);
    let at = await start(database, { aaaa: halfDown('insert into nosuch values (1)') });
    await at.migrations.upgrade();
    expect((await outcome((options) => at.migrations.downgrade(options))).error?.code).toBe('REVISION_FAILED');
    expect((await at.migrations.current()).rows).toEqual(['aaaa']);

    for (const [door, knock] of Object.entries(doors)) {
      if (door === 'downgrade') continue;
      const { error } = await knock(at);
      expect([door, error?.code]).toEqual([door, 'INTERRUPTED_REVISION']);
      expect(error?.message).toMatch(
        /^The downgrade of aaaa was interrupted: 1 statement of it is done.*: db downgrade -1\.$/,
      );
    }
    expect(await at.migrations.status()).toMatchObject({
      standing: 'head',
      unfinished: { direction: 'downgrade', revision: 'aaaa', done: 1, isInTheWay: true, finish: 'downgrade -1' },
    });
    const health = await new MigrationHealthIndicator(at.migrations).check();
    expect(health.migrations).toMatchObject({ status: 'down', message: 'the downgrade of aaaa was interrupted' });

    at = await restart(database, { aaaa: halfDown('drop table if exists nosuch') });
    expect((await at.migrations.downgrade()).rows).toEqual([]);
    for (const onBootstrap of ['upgrade', 'verify', 'wait'] as const) {
      expect((await booted(at, { onBootstrap })).error).toBeUndefined();
    }
    expect((await at.migrations.check()).altered).toEqual([]);
  });
});

// by the graph, the rows and the notes alone, which each engine above has kept
describe('of what is noted', () => {
  it('what another version of the application has not finished is told, and in the way of nothing', async () => {
    const at = await start(await fresh('sqlite'), { aaaa: two, bbbb: executing('create table t3 (n int)') });
    await at.migrations.upgrade({ target: 'aaaa' });
    const foreign = { revision: 'zzzz', direction: 'upgrade', ordinal: 0, state: 'done', sql: 'select 1' } as const;
    await put(at, ['aaaa'], [foreign]);
    const upgraded = await outcome((options) => at.migrations.upgrade(options));
    expect(upgraded).toMatchObject({
      error: undefined,
      warnings: [expect.stringContaining('db stamp aaaa forgets it')],
    });
    for (const onBootstrap of ['upgrade', 'verify', 'wait'] as const) {
      const warnings = [expect.stringContaining('The upgrade of zzzz, which no script of this application has')];
      expect(await booted(at, { onBootstrap })).toEqual({ error: undefined, warnings });
      expect((await booted(at, { onBootstrap, whenAhead: 'refuse' })).error?.code).toBe('INTERRUPTED_REVISION');
    }
    const health = await new MigrationHealthIndicator(at.migrations).check();
    expect(health.migrations.status).toBe('up');
    // it is still there for who has the script
    expect(await sql(at, 'select revision from nest_migrate_journal')).toEqual([{ revision: 'zzzz' }]);
    const stamped = await outcome((options) => at.migrations.stamp({ ...options, revisions: 'bbbb' }));
    expect(stamped).toMatchObject({ error: undefined, warnings: [expect.stringContaining('forgotten')] });
    expect(await sql(at, 'select revision from nest_migrate_journal')).toEqual([]);
  });

  it('a note of an upgrade that another process has finished is in the way of nothing, and of no later one', async () => {
    const at = await start(await fresh('sqlite'), {
      aaaa: { upgrade: two, downgrade: executing('drop table t1', 'drop table t2') },
    });
    await at.migrations.upgrade();
    const done = { revision: 'aaaa', direction: 'upgrade', ordinal: 0, state: 'done' } as const;
    await put(at, ['aaaa'], [{ ...done, sql: 'create table t1 (n int)' }]);
    const again = await outcome((options) => at.migrations.upgrade(options));
    expect(again).toEqual({
      error: undefined,
      warnings: [expect.stringContaining('which is applied: db stamp aaaa forgets')],
    });
    for (const onBootstrap of ['upgrade', 'verify', 'wait'] as const) {
      expect(await booted(at, { onBootstrap })).toEqual({ error: undefined, warnings: [] });
    }
    await at.migrations.downgrade();
    await at.migrations.upgrade();
    expect(await sql(at, 'select * from t1')).toEqual([]);
    expect(await sql(at, 'select * from nest_migrate_journal')).toEqual([]);
  });
});

/** What a statement has committed by itself before it failed: the failure tells what the database has. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FailureAftermath, RevisionFailedError } from 'nest-migrate';
import { type Engine, type ServerEngine } from '../../support/engines.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

/** The database has a table `t` from the start. */
async function start(engine: Engine, options: ScenarioOptions, before: readonly string[] = []): Promise<Scenario> {
  const at = await scenario(engine, options);
  running.push(at);
  for (const sql of ['create table t (n int)', ...before]) await rows(at, sql);
  return at;
}

async function rows(at: Scenario, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute(sql);
}

async function values(at: Scenario, table = 't'): Promise<readonly number[]> {
  return (await rows(at, `select n from ${table} order by n`)).map(({ n }) => Number(n));
}

async function failureOf(at: Scenario): Promise<RevisionFailedError> {
  const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(RevisionFailedError);
  return error as RevisionFailedError;
}

type Way = 'op.execute' | 'op.query' | 'block.execute' | 'block.query';

const runs = (sql: string, way: Way): RevisionCode =>
  given({ sql, way }, async (op, said) => {
    if (said.way === 'op.execute') await op.execute(said.sql);
    if (said.way === 'op.query') await op.query(said.sql);
    if (said.way === 'block.execute') await op.autocommitBlock((block) => block.execute(said.sql));
    if (said.way === 'block.query')
      await op.autocommitBlock(async (block) => {
        await block.query(said.sql);
      });
  });

/** What the body of a procedure does before it fails. */
const bodies = {
  commit: 'insert into t values (1); commit; insert into t values (2);',
  ddl: 'create table made (n int);',
  rollback: 'insert into t values (1); rollback; insert into t values (2);',
  nothing: 'insert into t values (1);',
} as const;

type Body = keyof typeof bodies;

function procedure(engine: Engine, body: Body): string {
  return engine === 'mysql' || engine === 'mariadb'
    ? `create procedure p() begin ${bodies[body]} select * from nosuch; end`
    : `create procedure p() language plpgsql as $$ begin ${bodies[body]} perform 1/0; end $$`;
}

interface Case {
  readonly engine: Engine;
  readonly body: Body;
  readonly way: Way;
  readonly told: FailureAftermath;
  readonly left: readonly number[];
}

const mysqlCases = (engine: Engine): readonly Case[] => [
  { engine, way: 'op.execute', body: 'commit', told: 'committed', left: [1, 2] },
  { engine, way: 'op.execute', body: 'ddl', told: 'committed', left: [] },
  { engine, way: 'op.execute', body: 'rollback', told: 'unknown', left: [2] },
  { engine, way: 'op.execute', body: 'nothing', told: 'untouched', left: [] },
  { engine, way: 'op.query', body: 'commit', told: 'unknown', left: [1, 2] },
  { engine, way: 'op.query', body: 'nothing', told: 'unknown', left: [1] },
  { engine, way: 'block.execute', body: 'commit', told: 'committed', left: [1, 2] },
  { engine, way: 'block.query', body: 'commit', told: 'unknown', left: [1, 2] },
];

const postgresCases = (engine: Engine): readonly Case[] => [
  { engine, way: 'op.execute', body: 'nothing', told: 'rolled back', left: [] },
  { engine, way: 'op.execute', body: 'commit', told: 'rolled back', left: [] },
  { engine, way: 'block.execute', body: 'commit', told: 'unknown', left: [1] },
  { engine, way: 'block.execute', body: 'rollback', told: 'unknown', left: [] },
  { engine, way: 'block.execute', body: 'nothing', told: 'untouched', left: [] },
  { engine, way: 'block.query', body: 'commit', told: 'unknown', left: [1] },
  { engine, way: 'block.query', body: 'nothing', told: 'untouched', left: [] },
];

const cases = [
  ...(['mysql', 'mariadb'] as const).flatMap(mysqlCases),
  ...(['postgres', 'pglite'] as const).flatMap(postgresCases),
];

describe('a procedure that fails', () => {
  it.each(cases)('on $engine by $way, after $body: $told', async ({ engine, body, way, told, left }) => {
    const at = await start(engine, { revisions: { aaaa: runs('call p()', way) } }, [procedure(engine, body)]);
    const { failure, message } = await failureOf(at);
    expect(await values(at)).toEqual(left);
    expect(failure).toMatchObject({ aftermath: told, rows: [] });
    expect(message).toMatch(
      {
        committed: /Something in it has committed its transaction: undo what it did/,
        unknown: /Some of what it did may be committed: look whether it is there/,
        untouched: /Nothing of it was applied/,
        'rolled back': /Its transaction was rolled back/,
        'partly applied': /never/,
      }[told],
    );
  });

  it.each(['mysql', 'mariadb'] as const)(
    'leaves the revision unfinished where it has committed: %s',
    async (engine) => {
      const at = await start(engine, { revisions: { aaaa: runs('call p()', 'op.execute') } }, [
        procedure(engine, 'commit'),
      ]);
      await failureOf(at);
      expect(await at.migrations.status()).toMatchObject({ unfinished: { revision: 'aaaa', direction: 'upgrade' } });
      // and it begins with that statement again
      await rows(at, 'drop procedure p');
      await rows(at, 'create procedure p() insert into t values (7)');
      await at.migrations.upgrade();
      expect(await values(at)).toEqual([1, 2, 7]);
    },
  );

  it.each(['mysql', 'mariadb'] as const)('behind statements that stay, is told of as well: %s', async (engine) => {
    const revisions = {
      aaaa: given({}, async (op) => {
        await op.execute('create table u (n int)');
        await op.execute('call p()');
      }),
    };
    for (const body of ['commit', 'rollback', 'nothing'] as const) {
      const at = await start(engine, { revisions }, [procedure(engine, body)]);
      const { failure, message } = await failureOf(at);
      expect(failure.aftermath).toBe('partly applied');
      expect(failure.kept).toBe({ commit: 'committed', rollback: 'unknown', nothing: undefined }[body]);
      expect(message).toMatch(
        {
          commit: /so does some of what it did itself: undo that/,
          rollback: /so may some of what it did itself: look whether/,
          nothing: /stay, the version table/,
        }[body],
      );
    }
  });

  it.each(['mysql', 'mariadb'] as const)('is not tried again where it has committed: %s', async (engine) => {
    const at = await start(
      engine,
      {
        revisions: { aaaa: runs('call p()', 'op.execute') },
        module: { ddl: { retries: 3 } },
      },
      [
        `create procedure p() begin insert into t values (1); commit; signal sqlstate '40001' set mysql_errno = 1205, message_text = 'Lock wait timeout exceeded'; end`,
      ],
    );
    await failureOf(at);
    expect(await values(at)).toEqual([1]);
  });
});

describe('data work that ended its transaction and failed', () => {
  const controls = [
    { engine: 'mysql', control: 'commit', told: 'unknown' },
    { engine: 'mariadb', control: 'commit', told: 'unknown' },
    { engine: 'mysql', control: 'rollback', told: 'unknown' },
    { engine: 'mariadb', control: 'select 1', told: 'untouched' },
    { engine: 'mysql', control: 'select 1', told: 'untouched' },
    { engine: 'postgres', control: 'commit', told: 'committed' },
    { engine: 'pglite', control: 'commit', told: 'committed' },
    { engine: 'postgres', control: 'select 1', told: 'untouched' },
  ] as const;

  it.each(controls)('on $engine by $control: $told', async ({ engine, control, told }) => {
    const work = given({ control }, (op, said) =>
      op.autocommitBlock((block) =>
        block.transaction(async ({ em }) => {
          await em.execute('insert into t values (1)');
          await em.execute(said.control);
          await em.execute('select * from nosuch');
        }),
      ),
    );
    const at = await start(engine, { revisions: { aaaa: work } });
    const { failure } = await failureOf(at);
    expect(failure.aftermath).toBe(told);
    expect(await values(at)).toEqual(control === 'commit' ? [1] : []);
  });
});

describe('a statement of MariaDB that takes effect in part', () => {
  it.each([
    'drop table made, nosuch',
    '/* c */ create or replace table made (n int primary key) select 1 as n union all select 1',
    'begin not atomic insert into t values (1); commit; select * from nosuch; end',
  ])('is not said to have done nothing: %s', async (sql) => {
    const at = await start('mariadb', { revisions: { aaaa: runs(sql, 'op.execute') } }, ['create table made (n int)']);
    const { failure, message } = await failureOf(at);
    expect(['committed', 'unknown']).toContain(failure.aftermath);
    expect(message).not.toContain('Nothing of it was applied');
  });

  it.each<[ServerEngine, string]>([
    ['mysql', 'drop table made, nosuch'],
    ['mysql', 'create table made (n int)'],
    ['mariadb', 'create table made (n int)'],
    ['mariadb', 'insert into made values (1, 2)'],
  ])('and one that does not leaves nothing: %s, %s', async (engine, sql) => {
    const at = await start(engine, { revisions: { aaaa: runs(sql, 'op.execute') } }, ['create table made (n int)']);
    const { failure } = await failureOf(at);
    expect(failure.aftermath).toBe('untouched');
    expect(await values(at, 'made')).toEqual([]);
    expect(await at.migrations.status()).toMatchObject({ unfinished: null });
  });
});

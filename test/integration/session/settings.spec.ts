import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, RevisionFailedError } from 'nest-migrate';
import { allEngines } from '../../support/engines.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { type Setting, settings, type Way } from './settings.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

async function valueOf(at: Scenario, sql: string): Promise<unknown> {
  const rows = await (at.orm.em.getConnection() as AbstractSqlConnection).execute<Record<string, unknown>[]>(sql);
  return Object.values(rows[0] ?? {})[0];
}

/** The values that the application finds on its one connection. */
async function valuesOf(at: Scenario, all: readonly Setting[]): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for (const { read } of all) values.push(await valueOf(at, read));
  return values;
}

/** The body of a revision that sets it, and notes what that does. */
function setting({ set }: Setting, way: Way): RevisionCode {
  return given({ set, way }, async (op, values) => {
    const setAll = async (on: Pick<typeof op, 'query'>): Promise<void> => {
      for (const sql of values.set) await on.query(sql);
    };
    await (values.way === 'revision' ? setAll(op) : op.autocommitBlock(setAll));
    if (values.way === 'failure') throw new Error('changed my mind');
  });
}

/** The body of a revision that fails where something is set otherwise than it was before. */
const isAsItWas = ({ read }: Setting, value: unknown): RevisionCode =>
  given({ read, value: String(value) }, (op, values) =>
    op.autocommitBlock(async (block) => {
      const [row = {}] = await block.query(values.read);
      const [now] = Object.values(row);
      if (String(now) !== values.value) throw new Error(`${values.read} says ${String(now)}`);
    }),
  );

describe.each(allEngines)('what a revision sets in its session on %s', (engine) => {
  it.each(['revision', 'block'] as const)(
    'counts neither for the next revision nor for the application: set in the %s',
    async (way) => {
      const all = settings[engine].filter(({ not = [] }) => !not.includes(way));
      const at = await start(engine, { poolMax: 1 });
      const before = await valuesOf(at, all);
      let down: string | null = null;
      for (const [index, one] of all.entries()) {
        await at.addRevision(`set${index}`, down, setting(one, way));
        // what differs inside of any transaction there is, differs for all
        const value = engine === 'sqlite' && way === 'revision' ? undefined : before[index];
        const id = `seen${index}`;
        await at.addRevision(id, `set${index}`, value === undefined ? '' : isAsItWas(one, value));
        down = id;
      }
      await at.migrations.upgrade();
      expect(await valuesOf(at, all)).toEqual(before);
    },
  );

  it('does not count for the application after the revision has failed', async () => {
    const all = settings[engine].filter(({ not = [] }) => !not.includes('failure'));
    const revisions = all.map((one, index): [string, ScenarioRevision] => [
      `fail${index}`,
      { upgrade: setting(one, 'failure'), down: null },
    ]);
    const at = await start(engine, { poolMax: 1, revisions: Object.fromEntries(revisions) });
    const before = await valuesOf(at, all);
    for (const [index, [id]] of revisions.entries()) {
      const { failure = { message: 'changed my mind' } } = all[index];
      const error: unknown = await at.migrations.upgrade({ target: id }).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(RevisionFailedError);
      expect((error as RevisionFailedError).failure.cause).toMatchObject(failure);
      expect([id, ...(await valuesOf(at, all))]).toEqual([id, ...before]);
    }
  });
});

it.each(['pglite', 'sqlite'] as const)('what a revision leaves in the connection of %s is said', async (engine) => {
  const events: MigrationEvent[] = [];
  const at = await start(engine, {
    revisions: { aaaa: (op) => op.execute('create temporary table scratch (n int)') },
  });
  await at.migrations.upgrade({ onEvent: (event) => events.push(event) });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([
    'A revision has left the temporary table scratch in the connection, which the application continues to use.',
  ]);
});

describe.each(['postgres', 'pglite'] as const)('a setting of the application on %s', (engine) => {
  it('has its own value again for the next revision, and where the connection stays', async () => {
    const own = "select current_setting('app.tenant', true)";
    const at = await start(engine, { poolMax: 1 });
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    await connection.execute("set app.tenant = 'mine'");
    await at.addRevision('aaaa', null, executing("set app.tenant = 'other'"));
    await at.addRevision(
      'bbbb',
      'aaaa',
      given({ own }, async (op, said) => {
        const [row] = await op.query(said.own);
        await op.execute(`create table saw_${String(Object.values(row ?? {})[0])} (n int)`);
        await op.execute("select set_config('app.tenant', 'another', false)");
        await op.execute("select set_config('app.' || 'hidden', 'x', false)");
      }),
    );
    await at.migrations.upgrade();
    expect(await connection.execute('select n from saw_mine')).toEqual([]);
    // a server's connection is closed
    expect(await valueOf(at, own)).toBe(engine === 'pglite' ? 'mine' : null);
  });

  it('has its own value again after a failure', async () => {
    const at = await start(engine, { poolMax: 1 });
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    await connection.execute("set app.tenant = 'mine'");
    await at.addRevision(
      'aaaa',
      null,
      given({}, (op) =>
        op.autocommitBlock(async (block) => {
          await block.execute("set app.tenant = 'other'");
          await block.execute('select broken(');
        }),
      ),
    );
    await expect(at.migrations.upgrade()).rejects.toThrow(RevisionFailedError);
    expect(await valueOf(at, "select current_setting('app.tenant', true)")).toBe(engine === 'pglite' ? 'mine' : null);
  });
});

it.each(['postgres', 'pglite'] as const)(
  'what a function sets that defines a column on %s is put back',
  async (engine) => {
    const at = await start(engine, { poolMax: 1 });
    const [before] = await valuesOf(at, [{ set: [], read: 'show work_mem' }]);
    const sets = `create function sets() returns int language plpgsql as $$ begin
    perform set_config('work_mem', '1234kB', false); return 1; end $$`;
    await at.addRevision('aaaa', null, executing('create table a (n int)', 'insert into a values (1)', sets));
    await at.addRevision('bbbb', 'aaaa', executing('alter table a add column b int default sets()'));
    await at.addRevision('cccc', 'bbbb', isAsItWas({ set: [], read: 'show work_mem' }, before));
    await at.migrations.upgrade();
    expect(await valuesOf(at, [{ set: [], read: 'select b from a' }])).toEqual([1]);
  },
);

it("a setting of the application under lock: 'transaction' has its own value again for the next revision", async () => {
  const at = await start('postgres', {
    module: { lock: 'transaction' },
    revisions: {
      aaaa: executing("set app.tenant = 'other'"),
      bbbb: given({}, async (op) => {
        const [row] = await op.query("select coalesce(current_setting('app.tenant', true), '') as v");
        if (row?.['v'] !== '') throw new Error(String(row?.['v']));
      }),
    },
  });
  await at.migrations.upgrade();
});

import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, RevisionFailedError } from 'nest-migrate';
import { allEngines } from '../../support/engines.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
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

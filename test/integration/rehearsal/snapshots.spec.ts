import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ScratchOptions, type SendToScratch } from 'nest-migrate';
import { current } from '../../../libs/nest-migrate/src/commands/current.ts';
import { rehearse, type RehearseOptions } from '../../../libs/nest-migrate/src/commands/rehearse.ts';
import { adminQuery, allEngines, type Engine, serverOf, type TestDatabase } from '../../support/databases.ts';
import { dumpOf } from '../../support/dumps.ts';
import { abandonedDatabases, contextOf, databaseOfSession, scratchOption } from '../../support/rehearsals.ts';
import { given } from '../../support/revision-file.ts';
import { type Revisions, type Scenario, scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

// of this file alone: its limits are not for what others keep
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The snapshots that there are for an engine, by name. */
async function snapshots(engine: Engine): Promise<readonly string[]> {
  if (engine !== 'postgres') return readdir(folder).catch(() => []);
  const rows = await adminQuery(
    'postgres',
    "select datname as name from pg_database where datname like 'nest\\_migrate\\_snapshot\\_%'",
  );
  return rows.map(({ name }) => String(name));
}

/** Removes what a test has added. */
async function removeNew(engine: Engine, before: readonly string[]): Promise<void> {
  for (const name of await snapshots(engine)) {
    if (before.includes(name)) continue;
    if (engine === 'postgres') await adminQuery('postgres', `drop database "${name}"`);
    else await rm(join(folder, name));
  }
}

/** A history whose key is this test's own, and which notes each of its runs outside of the database. */
async function application(engine: Engine, more: Revisions = {}): Promise<Scenario> {
  const before = await snapshots(engine);
  const table = `t_${randomBytes(4).toString('hex')}`;
  const made = await scenario(engine, {
    revisions: {
      aaaa: given({ table }, (op, values) =>
        op.createTable(values.table, {
          columns: {
            id: { type: 'integer', primary: true, autoincrement: true },
            name: { type: 'string', length: 40 },
          },
        }),
      ),
      bbbb: given({ table }, (op, values) => op.bulkInsert(values.table, [{ name: 'one' }, { name: "t'wo\\" }])),
      cccc: given({ table }, (op, values) => op.createIndex(values.table, ['name'], { name: `${values.table}_name` })),
      ...more,
    },
  });
  ending.push(
    () => removeNew(engine, before),
    () => made.end(),
  );
  return made;
}

interface Rehearsed {
  /** The revisions that ran. */
  readonly ran: readonly string[];
  readonly rows: readonly string[];
  readonly dump: string;
}

async function rehearsed(
  made: Scenario,
  at: readonly string[],
  { scratch, ...options }: RehearseOptions & { readonly scratch?: ScratchOptions } = {},
): Promise<Rehearsed> {
  const { database } = made;
  const ran: string[] = [];
  const on = scratch?.on ?? scratchOption(database.engine);
  const context = contextOf(made, { scratch: { ...scratch, on, snapshots: { folder, ...scratch?.snapshots } } });
  return rehearse(
    context,
    {
      at,
      snapshotAfter: 1,
      onEvent: (event) => {
        if (event.type === 'stepFinished') ran.push(event.step.revision ?? 'base');
      },
      ...options,
    },
    async (scratchContext) => {
      const { orm } = scratchContext;
      const name = await databaseOfSession(scratchContext, database);
      const scratch: TestDatabase = { ...database, name, options: { ...database.options, dbName: name } };
      return {
        ran,
        rows: (await current(scratchContext)).rows,
        dump: (await dumpOf({ database: scratch, orm })).replaceAll(name, '<database>'),
      };
    },
  );
}

/** The option `scratch` for a new role that may create databases. */
async function ownRole(): Promise<string> {
  const role = `rehearsing_${randomBytes(4).toString('hex')}`;
  await adminQuery('postgres', `create role ${role} login createdb password 'secret'`);
  ending.unshift(() => adminQuery('postgres', `drop role ${role}`));
  const { host, port } = serverOf('postgres');
  return `postgresql://${role}:secret@${host}:${port}`;
}

const making = allEngines.filter((engine) => engine !== 'pglite');

/** What texts and files decide, and no engine, is looked at on one of them, on another one the next day. */
function inTurn(ordinal: number, engine: Engine, title: string, test: () => Promise<void>): void {
  if (isTurn(ordinal, engine, making)) it(title, test);
}

describe.each(allEngines)('a snapshot on %s', (engine) => {
  it('holds what the revisions made, so that none of them runs a second time', async () => {
    const made = await application(engine);
    const others = await abandonedDatabases(engine);
    const first = await rehearsed(made, ['cccc']);
    const second = await rehearsed(made, ['cccc']);
    expect(first.ran).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect(second).toEqual({ ...first, ran: [] });
    expect((await abandonedDatabases(engine)).filter((name) => !others.includes(name))).toEqual([]);
  });

  inTurn(
    0,
    engine,
    'counts for one preparation alone, and for one content of the files beside the revisions',
    async () => {
      const made = await application(engine);
      const one = { scratch: { prepare: (sql: SendToScratch) => sql('create table before_all (id integer)') } };
      const two = { scratch: { prepare: (sql: SendToScratch) => sql('create table before_others (id integer)') } };
      expect((await rehearsed(made, ['bbbb'], one)).ran).toEqual(['aaaa', 'bbbb']);
      const again = await rehearsed(made, ['bbbb'], one);
      expect(again.ran).toEqual([]);
      expect(again.dump).toContain('before_all');
      const other = await rehearsed(made, ['bbbb'], two);
      expect(other.ran).toEqual(['aaaa', 'bbbb']);
      await writeFile(join(made.folder.path, 'migrations/seeds.json'), '[1]');
      expect((await rehearsed(made, ['bbbb'], one)).ran).toEqual(['aaaa', 'bbbb']);
    },
  );
});

// an instance of PGlite takes seconds; its snapshots are files, as those of SQLite are
describe.each(making)('a snapshot on %s', (engine) => {
  inTurn(
    1,
    engine,
    'is where a longer history begins, and a revision that was changed ends what it can be used for',
    async () => {
      const made = await application(engine);
      await rehearsed(made, ['bbbb']);
      expect((await rehearsed(made, ['cccc'])).ran).toEqual(['cccc']);
      const path = join(made.folder.path, 'migrations/versions/bbbb.ts');
      await made.addRevision('dddd', 'cccc', () => undefined);
      expect((await rehearsed(made, ['dddd'])).ran).toEqual(['dddd']);
      await writeFile(path, `${await readFile(path, 'utf8')}\n// changed\n`);
      expect((await rehearsed(made, ['bbbb'])).ran).toEqual(['aaaa', 'bbbb']);
    },
  );

  inTurn(
    2,
    engine,
    'is not kept of revisions that take something from elsewhere, nor of ones with services',
    async () => {
      const made = await application(engine, {
        dddd: { upgrade: { call: "import('../../elsewhere.mjs')" } },
      });
      await writeFile(join(made.folder.path, 'elsewhere.mjs'), 'export const seeds = [];');
      await rehearsed(made, ['dddd']);
      expect((await rehearsed(made, ['dddd'])).ran).toContain('dddd');
      const services = async (): Promise<{ resolve: () => Promise<object> }> => ({ resolve: async () => ({}) });
      await rehearsed(made, ['cccc'], { services });
      expect((await rehearsed(made, ['cccc'])).ran).toEqual(['aaaa', 'bbbb', 'cccc']);
    },
  );

  it('gives way to newer ones beyond the limit of number, and is not kept at all beyond that of size', async () => {
    const made = await application(engine);
    // a role's limits are for its own snapshots, so that those of others on the server stay
    const on = engine === 'postgres' ? await ownRole() : scratchOption(engine);
    const limited = (count: number, megabytes: number): { scratch: ScratchOptions } => ({
      scratch: { on, snapshots: { count, megabytes } },
    });
    const before = await snapshots(engine);
    await rehearsed(made, ['aaaa'], limited(0, 1_000));
    await rehearsed(made, ['aaaa'], limited(1, 0.000_1));
    expect((await snapshots(engine)).filter((name) => !before.includes(name))).toEqual([]);
    await rehearsed(made, ['aaaa'], limited(1, 1_000));
    const [older] = (await snapshots(engine)).filter((name) => !before.includes(name));
    await rehearsed(made, ['bbbb'], limited(1, 1_000));
    expect(await snapshots(engine)).not.toContain(older);
    expect((await rehearsed(made, ['bbbb'], limited(1, 1_000))).ran).toEqual([]);
  });
});

/** Nothing that a table of the tool holds is ever run: other roles may write to them, and a run has the rights of its role. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/databases.ts';
import { startGalera } from '../../support/servers/galera-cluster.ts';
import { type TestCluster } from '../../support/servers/test-cluster.ts';
import { schemaChange } from '../../../libs/nest-migrate/src/commands/schema-change.ts';
import { upgrade } from '../../../libs/nest-migrate/src/commands/upgrade.ts';
import { HOSTILE, type OwnTable, Planted } from '../../support/planted.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

/** A revision that stops half-way, behind what cannot be rolled back; of its last statement the catalogue can be asked. */
const half = (engine: Engine, table: string): RevisionCode =>
  given({ engine, table }, async (op, values) => {
    await op.autocommitBlock(async (block) => {
      const index = (): Promise<void> =>
        block.createIndex(values.table, ['n'], {
          name: `${values.table}_n`,
          ...(values.engine === 'postgres' ? { concurrently: true } : {}),
        });
      const row = (): Promise<void> =>
        block.execute(`insert into ${values.table} values (1)`, [], {
          postcondition: { query: `select count(*) > 9 from ${values.table}` },
        });
      // what changes a table of SQLite is one transaction with its note, and is never found running
      for (const statement of values.engine === 'sqlite' ? [index, row] : [row, index]) await statement();
    });
    await op.execute('insert into nosuch values (1)');
  });
const revisionsOf = (engine: Engine): Revisions => ({
  aaaa: {
    upgrade: executing('create table t (n int)', 'create table u (n int)'),
    downgrade: half(engine, 'u'),
  },
  bbbb: { upgrade: half(engine, 't') },
});

const tables: readonly OwnTable[] = [
  'nest_migrate_version',
  'nest_migrate_history',
  'nest_migrate_journal',
  'nest_migrate_lock',
  'nest_migrate_schema',
];

type Case = readonly [table: OwnTable, direction: 'upgrade' | 'downgrade'];

/** Of the journal both directions are read, each by another command. */
const cases: readonly Case[] = [
  ['nest_migrate_version', 'upgrade'],
  ['nest_migrate_history', 'upgrade'],
  ['nest_migrate_journal', 'upgrade'],
  ['nest_migrate_journal', 'downgrade'],
];

const TRANSACTION = 'postgres, with the lock in a transaction';
/** The lock's table is there on a cluster alone, and the others are read there as everywhere. */
const ON_CLUSTER = 'mariadb, a member of a cluster';
const clusterCases: readonly Case[] = [['nest_migrate_lock', 'upgrade']];

/** Columns that decide whether the rest of a row is read at all. */
const keys = ['version_num', 'revision', 'direction', 'ordinal', 'part', 'state', 'owner', 'counter'];

/** Where columns are planted one by one; elsewhere the statements are those of one of these. */
const oneByOne: readonly string[] = ['postgres', 'mariadb', 'sqlite'];

/** Where the statements are the same; PostgreSQL comes twice, since PGlite takes longer. */
const dialects: readonly (readonly string[])[] = [
  ['postgres', 'postgres', 'pglite', TRANSACTION],
  ['mysql', 'mariadb'],
  ['sqlite'],
  [ON_CLUSTER],
];

/** Which columns are planted together: what decides about others alone, in each dialect, and each alone in its turn. */
function together(columns: readonly string[], title: string): readonly (readonly string[])[] {
  const same = dialects.find((titles) => titles.includes(title)) ?? [];
  const alone = columns.filter((name, index) => isTurn(index, title, keys.includes(name) ? same : oneByOne));
  const rest = columns.filter((name) => !keys.includes(name) && !alone.includes(name));
  return [...alone.map((name) => [name]), ...(rest.length === 0 ? [] : [rest])];
}

async function failing(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

/** The database at `aaaa`, with a revision of that direction half-way done and its last statement running. */
async function reset(planted: Planted, direction: 'upgrade' | 'downgrade'): Promise<void> {
  const { migrations } = planted.at;
  for (const name of ['t', 'u', ...tables]) await failing(planted.sql(`drop table if exists ${name}`));
  await planted.at.migrations.ensureVersion();
  await migrations.upgrade({ target: 'aaaa' });
  await planted.makeJournal();
  // as an earlier version has made it
  for (const name of ['postcondition', 'cleanup']) {
    await planted.sql(`alter table nest_migrate_journal add ${name} text`);
  }
  await failing(direction === 'upgrade' ? migrations.upgrade() : migrations.downgrade());
  await planted.sql("update nest_migrate_journal set state = 'running'");
  // on a cluster: as one leaves the lock that is killed
  await failing(planted.sql("update nest_migrate_lock set owner = 'killed'"));
}

/** Plants the text into columns of every row, whatever they are made for. */
async function plant(planted: Planted, table: OwnTable, columns: readonly string[]): Promise<void> {
  const values = columns.map((name) => `${name} = ${planted.literal(HOSTILE)}`).join(', ');
  const update = `update ${table} set ${values}`;
  try {
    await planted.sql(update);
  } catch {
    await planted.loosen(table);
    await planted.sql(update);
  }
}

/** All that reads the tables, the one that forgets most last of all. */
const commands: Readonly<Record<string, (planted: Planted) => Promise<unknown>>> = {
  status: ({ at }) => at.migrations.status(),
  current: ({ at }) => at.migrations.current(),
  check: ({ at }) => at.migrations.check(),
  history: ({ at }) => at.migrations.history({ range: 'base:current' }),
  repair: ({ at }) => at.migrations.repair(),
  'boot, verify': (planted) => planted.boot({ onBootstrap: 'verify' }),
  'boot, wait': (planted) => planted.boot({ onBootstrap: 'wait', waitTimeout: 1 }),
  'boot, upgrade': (planted) => planted.boot({ onBootstrap: 'upgrade', whenAhead: 'start' }),
  upgrade: ({ at }) => at.migrations.upgrade(),
  'upgrade, repeat': ({ at }) => at.migrations.upgrade({ interrupted: 'repeat' }),
  downgrade: ({ at }) => at.migrations.downgrade(),
  'downgrade, skip': ({ at }) => at.migrations.downgrade({ interrupted: 'skip' }),
  'repair, accept': ({ at }) => at.migrations.repair({ accept: true }),
  stamp: ({ at }) => at.migrations.stamp({ revisions: 'aaaa' }),
  'stamp, purge': ({ at }) => at.migrations.stamp({ revisions: 'aaaa', purge: true }),
};

describe.each<[string, Engine, Parameters<typeof Planted.start>[1]]>([
  ...allEngines.map((engine): [string, Engine, object] => [engine, engine, {}]),
  [TRANSACTION, 'postgres', { module: { lock: 'transaction', lockWaitTimeout: 50 } }],
  [ON_CLUSTER, 'mariadb', { module: { lockWaitTimeout: 50 } }],
])('text that others have written into the tables of the tool on %s', (title, engine, options) => {
  let planted: Planted;
  let cluster: TestCluster | undefined;
  beforeAll(async () => {
    if (title === ON_CLUSTER) cluster = await startGalera({ size: 1 });
    const server = cluster?.nodes[0]?.server;
    planted = await Planted.start(engine, { ...options, server, revisions: revisionsOf(engine) });
  });
  afterAll(async () => {
    await planted?.end();
    await cluster?.stop();
  });

  it('is seen by this test where it is part of a statement', async () => {
    planted.strayText();
    await failing(planted.sql(`select ${planted.literal(HOSTILE)}`));
    expect(planted.strayText()).toEqual([]);
    await failing(planted.sql(HOSTILE));
    expect(planted.strayText()).toHaveLength(1);
  });

  it.each(title === ON_CLUSTER ? clusterCases : cases)(
    'in any column of %s is no part of a statement but as a literal, while the %s of a revision is half-way done',
    async (table, direction) => {
      await reset(planted, direction);
      const columns = await planted.columnsOf(table);
      expect(columns).not.toEqual([]);
      const stray: string[] = [];
      for (const names of together(columns, title)) {
        await reset(planted, direction);
        await plant(planted, table, names);
        planted.strayText();
        for (const [name, command] of Object.entries(commands)) {
          await failing(command(planted));
          stray.push(...planted.strayText().map((text) => `${names.join()}, ${name}: ${text}`));
        }
        await expect(planted.sql('select * from pwned')).rejects.toThrow('pwned');
      }
      expect(stray).toEqual([]);
    },
    600_000,
  );

  // the table is there where a run keeps the schema, and is read by what tells of changes by hand
  if (title === engine) {
    it('in any column of nest_migrate_schema is no part of a statement but as a literal', async () => {
      const keeping = planted.context({ drift: 'hash' });
      const renew = async (): Promise<void> => {
        for (const name of ['t', 'u', ...tables]) await failing(planted.sql(`drop table if exists ${name}`));
        await upgrade(keeping, { target: 'aaaa' });
      };
      await renew();
      const columns = await planted.columnsOf('nest_migrate_schema');
      expect(columns.toSorted()).toEqual(['hash', 'standing', 'told']);
      const stray: string[] = [];
      for (const names of together(columns, title)) {
        await renew();
        await plant(planted, 'nest_migrate_schema', names);
        planted.strayText();
        for (const command of [schemaChange, upgrade, schemaChange]) {
          await failing(command(keeping));
          stray.push(...planted.strayText().map((text) => `${names.join()}, ${command.name}: ${text}`));
        }
        await expect(planted.sql('select * from pwned')).rejects.toThrow('pwned');
      }
      expect(stray).toEqual([]);
    });
  }

  if (title === ON_CLUSTER) {
    const expectLockTaken = async (): Promise<void> => {
      // fails behind the lock, by the row that the revision inserts into a table that is not there
      await failing(planted.at.migrations.upgrade({ interrupted: 'repeat', lockWaitTimeout: 300_000 }));
      expect(await planted.sql('select distinct owner from nest_migrate_lock')).toEqual([{ owner: null }]);
    };

    it('as the owner of the lock keeps no run out for longer than an owner that is silent', async () => {
      await reset(planted, 'upgrade');
      const columns = (await planted.columnsOf('nest_migrate_lock')).filter((name) => name !== 'part');
      await plant(planted, 'nest_migrate_lock', columns);
      planted.strayText();
      await expectLockTaken();
      expect(planted.strayText()).toEqual([]);
    });

    it('as a counter at its end keeps no run out', async () => {
      await reset(planted, 'upgrade');
      await planted.sql('update nest_migrate_lock set counter = 9223372036854775807');
      await expectLockTaken();
    });
  }
});

/** Nothing that a table of the tool holds is ever run: other roles may write to them, and a run has the rights of its role. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/databases.ts';
import { HOSTILE, type OwnTable, Planted } from '../../support/planted.ts';

/** A revision that stops half-way, behind what cannot be rolled back; of its last statement the catalogue can be asked. */
const half = (engine: Engine, table: string): string => {
  const concurrently = engine === 'postgres' ? ', concurrently: true' : '';
  const index = `await op.createIndex('${table}', ['n'], { name: '${table}_n'${concurrently} });`;
  const postcondition = `{ query: 'select count(*) > 9 from ${table}' }`;
  const row = `await op.execute('insert into ${table} values (1)', [], { postcondition: ${postcondition} });`;
  // what changes a table of SQLite is one transaction with its note, and is never found running
  const [first, last] = engine === 'sqlite' ? [index, row] : [row, index];
  return `await op.autocommitBlock(async (op) => { ${first} ${last} }); await op.execute('insert into nosuch values (1)');`;
};
const revisionsOf = (engine: Engine): Record<string, { upgrade: string; downgrade?: string }> => ({
  aaaa: {
    upgrade: `await op.execute('create table t (n int)'); await op.execute('create table u (n int)');`,
    downgrade: half(engine, 'u'),
  },
  bbbb: { upgrade: half(engine, 't') },
});

const tables: readonly OwnTable[] = ['nest_migrate_version', 'nest_migrate_history', 'nest_migrate_journal'];

/** Of the journal both directions are read, each by another command. */
const cases: readonly (readonly [OwnTable, 'upgrade' | 'downgrade'])[] = [
  ...tables.map((table) => [table, 'upgrade'] as const),
  ['nest_migrate_journal', 'downgrade'],
];

/** Columns that decide whether the rest of a row is read at all. */
const keys = ['version_num', 'revision', 'direction', 'ordinal', 'part', 'state'];

/** Which columns are planted together: each alone, but where another engine does so with the same statements. */
function together(columns: readonly string[], isSample: boolean): readonly (readonly string[])[] {
  const alone = isSample ? columns.filter((name) => keys.includes(name)) : columns;
  const rest = columns.filter((name) => !alone.includes(name));
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

const sampled: readonly string[] = ['mysql', 'pglite', 'postgres, with the lock in a transaction'];

describe.each<[string, Engine, Parameters<typeof Planted.start>[1]]>([
  ...allEngines.map((engine): [string, Engine, object] => [engine, engine, {}]),
  ['postgres, with the lock in a transaction', 'postgres', { module: { lock: 'transaction', lockWaitTimeout: 50 } }],
])('text that others have written into the tables of the tool on %s', (title, engine, options) => {
  let planted: Planted;
  beforeAll(async () => {
    planted = await Planted.start(engine, { ...options, revisions: revisionsOf(engine) });
  });
  afterAll(() => planted.end());

  it('is seen by this test where it is part of a statement', async () => {
    planted.strayText();
    await failing(planted.sql(`select ${planted.literal(HOSTILE)}`));
    expect(planted.strayText()).toEqual([]);
    await failing(planted.sql(HOSTILE));
    expect(planted.strayText()).toHaveLength(1);
  });

  it.each(cases)(
    'in any column of %s is no part of a statement but as a literal, while the %s of a revision is half-way done',
    async (table, direction) => {
      await reset(planted, direction);
      const columns = await planted.columnsOf(table);
      expect(columns).not.toEqual([]);
      const stray: string[] = [];
      for (const names of together(columns, sampled.includes(title))) {
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
});

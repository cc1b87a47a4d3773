/** What is said of a revision whose connection is lost, at every moment of a run, beside what has become of it. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions, RevisionFailedError } from 'nest-migrate';
import { type CutOptions, startProxy } from '../../support/cutting-proxy.ts';
import { createDatabase } from '../../support/databases.ts';
import { type ServerEngine } from '../../support/engines.ts';
import { queryDatabase, tablesOf } from '../../support/inspect.ts';
import { executing, given } from '../../support/revision-file.ts';
import { scenario } from '../../support/scenario.ts';
import { isTurn, turns } from '../../support/turns.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ends.length > 0) await ends.pop()!();
});

interface Kind {
  readonly engine: ServerEngine;
  readonly module?: MigrationModuleOptions;
}

interface Cut {
  readonly at: number;
  readonly moment: 'before' | 'after';
  /** `undefined` where the run fails outside of a revision, or not at all. */
  readonly said: string | undefined;
  /** Of the revision that failed. */
  readonly isApplied: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  PostgreSQL: { engine: 'postgres' },
  'PostgreSQL, with one transaction for all revisions': {
    engine: 'postgres',
    module: { transactionPerMigration: false },
  },
  'PostgreSQL, with a hook': { engine: 'postgres', module: { onVersionApply: () => undefined } },
  MySQL: { engine: 'mysql' },
  MariaDB: { engine: 'mariadb' },
};

describe.each(Object.entries(kinds).map(([name, kind], index) => [name, kind, index] as const))(
  'on %s',
  (_, kind, index) => {
    it('what is said to be undone is not there', async () => {
      const { first, last } = await momentsOf(kind);
      const seen: Cut[] = [];
      for (let at = first; at <= last; at += 1) {
        if (!isTurn(at + index, 0, [0, 1, 2])) continue;
        seen.push(...(await Promise.all([cutAt(kind, at, 'before'), cutAt(kind, at, 'after')])));
      }
      const undone = ({ said }: Cut): boolean => said === 'rolled back' || said === 'untouched';
      expect(seen.filter((cut) => undone(cut) && cut.isApplied)).toEqual([]);
      if (turns.isWhole) expect(seen.filter((cut) => undone(cut))).not.toEqual([]);
    });
  },
);

async function startBehind({ engine, module }: Kind, cut: CutOptions) {
  const database = await createDatabase(engine);
  ends.push(() => database.drop());
  const { host = '', port = 0 } = database.options;
  const proxy = await startProxy({ host, port }, cut);
  ends.push(() => proxy.close());
  const options = { ...database.options, host: '127.0.0.1', port: proxy.port };
  const app = await scenario(engine, {
    ...(module !== undefined && { module }),
    database: { ...database, options },
    revisions: {
      first: executing('create table a (n int)'),
      second: given({}, (op) => op.execute('create table b (n int)')),
    },
  });
  ends.push(() => app.end());
  return { database, proxy, app };
}

/** The numbers of the client's chunks while revisions run. */
async function momentsOf(kind: Kind): Promise<{ readonly first: number; readonly last: number }> {
  const { proxy, app } = await startBehind(kind, {});
  const at: number[] = [];
  await app.migrations.upgrade({ onEvent: ({ type }) => void (/^step/.test(type) && at.push(proxy.chunks)) });
  return { first: at[0] ?? 0, last: at.at(-1) ?? 0 };
}

/** Upgrades while the client's chunk of that number is cut off. */
async function cutAt(kind: Kind, at: number, moment: Cut['moment']): Promise<Cut> {
  const { database, app } = await startBehind(kind, { at, moment });
  const error = await app.migrations.upgrade().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const failure = error instanceof RevisionFailedError ? error.failure : undefined;
  const tables = await tablesOf(database);
  const rows = await queryDatabase(database, 'select version_num from nest_migrate_version');
  const isMoved = rows.some((row) => row['version_num'] === failure?.revision);
  const isMade = tables.includes(failure?.revision === 'second' ? 'b' : 'a');
  return { at, moment, said: failure?.aftermath, isApplied: isMoved || isMade };
}

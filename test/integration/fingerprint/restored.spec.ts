/** A database that is restored from its own dump has the fingerprint of the one that was dumped. */
import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compareFingerprints, fingerprint } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import { createDatabase } from '../../support/databases.ts';
import { login, openDatabase, type OpenDatabase, runScript } from '../../support/scripts.ts';
import { foundClient } from '../../support/servers/clients.ts';
import { runInShell } from '../../support/shell.ts';
import { isTurn } from '../../support/turns.ts';
import { type Differences } from './differences.ts';
import { mysqlDifferences } from './mysql-differences.ts';
import { postgresDifferences } from './postgres-differences.ts';
import { sqliteDifferences } from './sqlite-differences.ts';

type Restore = (from: OpenDatabase, to: OpenDatabase) => Promise<void>;

const connectionOf = ({ orm }: OpenDatabase): AbstractSqlConnection => (orm as MikroORM).em.getConnection();

const restores = {
  postgres: async (from, to) => {
    const { dump = '' } = await foundClient('postgres');
    const { args, env } = login('postgres', from.database);
    const { code, stdout, stderr } = await runInShell({ command: dump, args: ['--schema-only', ...args], env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // a pg_dump newer than its server sets what that one does not have yet
    await runSafely(to, stdout.replace(/^SET transaction_timeout = 0;$/m, ''));
  },
  mysql: restoreShown,
  mariadb: restoreShown,
  sqlite: async (from, to) => runSafely(to, (await runScript(from, '.dump')).stdout),
} as const satisfies Record<string, Restore>;

async function runSafely(open: OpenDatabase, script: string): Promise<void> {
  const { code, stderr } = await runScript(open, script);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}

/** As their dumps do, whose programs do not come with the clients. */
async function restoreShown(from: OpenDatabase, to: OpenDatabase): Promise<void> {
  const [source, target] = [connectionOf(from), connectionOf(to)];
  const kinds: readonly (readonly [string, string])[] = [
    [
      'sequence',
      `select table_name as name from information_schema.tables where table_schema = database() and table_type = 'SEQUENCE'`,
    ],
    [
      'table',
      `select table_name as name from information_schema.tables where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')`,
    ],
    ['view', `select table_name as name from information_schema.views where table_schema = database()`],
    [
      'trigger',
      `select trigger_name as name from information_schema.triggers where trigger_schema = database() order by action_order`,
    ],
    [
      'procedure',
      `select routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'PROCEDURE'`,
    ],
    [
      'function',
      `select routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'FUNCTION'`,
    ],
    ['event', `select event_name as name from information_schema.events where event_schema = database()`],
  ];
  const [{ collation }] = await source.execute<[{ collation: string }]>('select @@collation_database as collation');
  await target.execute(`alter database default collate ${collation}`);
  await target.execute('set foreign_key_checks = 0');
  for (const [kind, names] of kinds) {
    for (const { name } of await source.execute<{ name: string }[]>(names)) {
      const [row = {}] = await source.execute<Record<string, string>[]>(`show create ${kind} \`${name}\``);
      const [, created = ''] =
        Object.entries(row).find(([column]) => /^Create |Original Statement$/.test(column)) ?? [];
      await target.execute(created.replaceAll(from.database.name, to.database.name));
    }
  }
}

type Dumped = keyof typeof restores;

/** What the dump of an engine does not hold, so that nobody could restore it. */
const undumped: Readonly<Record<Dumped, readonly RegExp[]>> = {
  postgres: [/triggers are disabled/, /not valid$/, /extension that is gone/],
  mysql: [/^a right /, /charset of the database/],
  mariadb: [/^a right /, /charset of the database/],
  // its client writes rows for a table that SQLite keeps and nothing counts in any more
  sqlite: [/key that does not count/],
};

const lists: readonly (readonly [Dumped, Differences])[] = [
  ['postgres', postgresDifferences],
  ['mysql', mysqlDifferences('mysql')],
  ['mariadb', mysqlDifferences('mariadb')],
  ['sqlite', sqliteDifferences],
];

describe.each(lists)('a database on %s that is restored from its dump', (engine, { base, seen, end = [] }) => {
  const opened: OpenDatabase[] = [];
  const open = async (): Promise<OpenDatabase> => {
    opened.push(await openDatabase(await createDatabase(engine)));
    return opened.at(-1)!;
  };
  afterEach(async () => {
    for (const sql of opened.length > 0 ? end : []) await connectionOf(opened[0]).execute(sql);
    for (const { orm, database } of opened.splice(0)) {
      await orm.close(true);
      await database.drop();
    }
  });

  const cases = Object.entries(seen).filter(
    ([name], index) => !undumped[engine].some((what) => what.test(name)) && isTurn(index, 0, [...Array(20).keys()]),
  );

  it.each([['nothing', { to: [] }] as const, ...cases])('after %s', async (_, { to }) => {
    const [original, restored] = [await open(), await open()];
    for (const sql of [...base, ...to]) await connectionOf(original).execute(sql);
    await restores[engine](original, restored);
    const [before, after] = [await fingerprint(original.orm as MikroORM), await fingerprint(restored.orm as MikroORM)];
    expect(compareFingerprints(before, after)).toEqual({ verdict: 'equal', hidden: [] });
    expect(after).toEqual(before);
  });
});

/** `db upgrade` that gets a signal while pt-online-schema-change, the real program, works on a large table. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { TestApplication } from '../support/application.ts';
import { createDatabase } from '../support/databases.ts';
import { temporaryFolder } from '../support/projects.ts';
import { revision } from '../support/revision-file.ts';
import { openDatabase } from '../support/scripts.ts';
import { onlineSchemaChangeIn } from '../support/servers/percona-toolkit.ts';
import { isTurn } from '../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const ROWS = 1_000;
const STOPPED =
  'Error: The run was stopped before its next statement, in the upgrade of bbbb2 (revision bbbb2). Nothing of it was applied; the database is at aaaa1, and db upgrade continues from there.\n';
const cases = [
  ['mysql', 'SIGINT', 130],
  ['mariadb', 'SIGTERM', 143],
] as const;

describe('a signal while a program changes a large table', () => {
  it.each(cases.filter(([engine]) => isTurn(0, engine, ['mysql', 'mariadb'])))(
    'stops the program, leaves nothing of it, and lets the next run begin again: on %s, %s',
    async (engine, signal, code) => {
      const database = await createDatabase(engine);
      ending.push(() => database.drop());
      const folder = await temporaryFolder('stopped-program');
      ending.push(() => folder.remove());
      const program = await onlineSchemaChangeIn(folder.path);
      const command = [program, '--alter', '{ALTER}', '--recursion-method', 'none', '--no-version-check'];
      const place = ['--execute', 'F={CONFIG},D={DATABASE},t={TABLE}'];
      const withChange = (...slowly: readonly string[]): TestApplication =>
        new TestApplication(folder.path, {
          ...database.env,
          SCHEMA_CHANGE: JSON.stringify({ above: 500, command: [...command, ...slowly, ...place] }),
        });
      const slow = withChange('--chunk-size', '20', '--chunk-time', '0', '--sleep', '0.5');
      await mkdir(slow.versions, { recursive: true });
      await writeFile(join(slow.folder, 'migrations', 'package.json'), '{ "type": "module" }\n');
      const revisions = [
        revision({
          id: 'aaaa1',
          upgrade: (op) =>
            op.createTable('book', {
              columns: {
                id: { type: 'integer', primary: true, autoincrement: true },
                title: { type: 'string', length: 20 },
              },
            }),
        }),
        revision({
          id: 'bbbb2',
          down: 'aaaa1',
          upgrade: (op) =>
            op.alterColumn('book', 'title', { type: 'text' }, { existing: { type: 'string', length: 20 } }),
        }),
      ];
      await writeFile(join(slow.versions, 'aaaa1.ts'), revisions[0] ?? '');
      await writeFile(join(slow.versions, 'bbbb2.ts'), revisions[1] ?? '');
      await slow.succeed(['upgrade', 'aaaa1']);
      const open = await openDatabase(database);
      ending.push(() => open.orm.close(true));
      const connection = open.orm.em.getConnection() as AbstractSqlConnection;
      const titles = Array.from({ length: ROWS }, (_, index) => `('title ${index}')`).join(', ');
      await connection.execute(`insert into book (title) values ${titles}`);
      await connection.execute('analyze table book');
      const left = async (): Promise<readonly string[]> => {
        const rows = await connection.execute<{ name: string }[]>(
          `select table_name as name from information_schema.tables
             where table_schema = database() and table_name like '\\_%'
           union all select trigger_name from information_schema.triggers where trigger_schema = database()`,
        );
        return rows.map(({ name }) => name);
      };
      const column = async (): Promise<unknown> =>
        connection.execute(
          `select data_type as type, (select count(distinct title) from book) as number from information_schema.columns
             where table_schema = database() and table_name = 'book' and column_name = 'title'`,
        );

      const run = await slow.startDb(['upgrade']);
      // the new table, and a trigger for each of three events
      while ((await left()).length < 4) await pause(20);
      run.kill(signal);
      const { code: ended, stderr } = await run.exited;
      expect([ended, stderr]).toEqual([code, expect.stringContaining(STOPPED)]);
      expect(await left()).toEqual([]);
      expect(await column()).toEqual([{ type: 'varchar', number: ROWS }]);
      await withChange().succeed(['upgrade']);
      expect(await left()).toEqual([]);
      expect(await column()).toEqual([{ type: 'text', number: ROWS }]);
    },
  );
});

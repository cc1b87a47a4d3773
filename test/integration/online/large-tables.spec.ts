/** Tables that are so large that pt-online-schema-change changes them: the real program, on MySQL and MariaDB. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MikroORM as SqlOrm } from '@mikro-orm/sql';
import { type MigrationEvent, type OnlineSchemaChange, type Operations } from 'nest-migrate';
import { fingerprint } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { environmentOf } from '../../support/processes.ts';
import { abandonedFolders, ownedFolders } from '../../support/rehearsals.ts';
import { type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { onlineSchemaChangeIn } from '../../support/servers/percona-toolkit.ts';
import { isTurn } from '../../support/turns.ts';
import { type Upgrading } from '../../support/upgrading-process.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const ROWS = 2_000;
const ENGINES = ['mysql', 'mariadb'] as const;

const shop: RevisionCode = async (op: Operations) => {
  await op.createTable('author', { columns: { id: { type: 'integer', primary: true } } });
  await op.createTable('book', {
    columns: {
      id: { type: 'integer', primary: true, autoincrement: true },
      title: { type: 'string', length: 20 },
      author_id: { type: 'integer', nullable: true },
    },
  });
  await op.createTable('page', { columns: { id: { type: 'integer', primary: true } } });
};

/** A type that the server can only change by a copy, while no session can write. */
const longer: RevisionCode = (op: Operations) =>
  op.alterColumn('book', 'title', { type: 'text' }, { existing: { type: 'string', length: 20 } });

interface Shop {
  readonly at: Scenario;
  readonly database: TestDatabase;
  readonly program: string;
  readonly change: OnlineSchemaChange;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  upgrade(): Promise<readonly MigrationEvent[]>;
  /** What is in the database beside the tables of the revisions and of the tool. */
  left(): Promise<readonly string[]>;
  titles(): Promise<number>;
}

/** A database at `aaaa` whose books are many, and a revision `bbbb` behind it. */
async function shopOn(
  engine: (typeof ENGINES)[number],
  revision: RevisionCode,
  slowly: readonly string[] = [],
): Promise<Shop> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  const first = await scenario(engine, { database, revisions: { aaaa: shop } });
  ending.push(() => first.folder.remove());
  await first.migrations.upgrade();
  await first.app.close();
  const program = await onlineSchemaChangeIn(first.folder.path);
  const command = [program, '--alter', '{ALTER}', '--recursion-method', 'none', '--no-version-check'];
  const change = {
    above: 500,
    command: [...command, ...slowly, '--execute', 'F={CONFIG},D={DATABASE},t={TABLE}'],
  };
  const at = await scenario(engine, {
    database,
    module: { onlineSchemaChange: change },
    revisions: { aaaa: shop, bbbb: revision },
  });
  ending.push(() => at.end());
  const query: Shop['query'] = (sql) => (at.orm as unknown as SqlOrm).em.getConnection().execute(sql);
  const numbers = Array.from({ length: ROWS }, (_, index) => `('title ${index}')`).join(', ');
  await query(`insert into book (title) values ${numbers}`);
  await query('analyze table book');
  return {
    ...{ at, database, program, change, query },
    async upgrade() {
      const events: MigrationEvent[] = [];
      await at.migrations.upgrade({ onEvent: (event) => void events.push(event) });
      return events;
    },
    async left() {
      const tables = await query(
        "select table_name as name from information_schema.tables where table_schema = database() and table_name like '\\_%'",
      );
      const triggers = await query(
        'select trigger_name as name from information_schema.triggers where trigger_schema = database()',
      );
      return [...tables, ...triggers].map(({ name }) => String(name));
    },
    async titles() {
      const [row] = await query('select count(distinct title) as number from book');
      return Number(row?.['number']);
    },
  };
}

async function schemaOf({ at }: Pick<Shop, 'at'>): Promise<readonly string[]> {
  const { text } = await fingerprint(at.orm as unknown as SqlOrm);
  return text.split('\n').filter((line) => !line.includes('nest_migrate_'));
}

function output(events: readonly MigrationEvent[]): string {
  return events.flatMap((event) => (event.type === 'schemaChangeOutput' ? [event.line ?? ''] : [])).join('\n');
}

/** Each of the tests runs on one of the engines, the next day on the other. */
const turn = (index: number): readonly (typeof ENGINES)[number][] =>
  ENGINES.filter((engine) => isTurn(index, engine, ENGINES));

describe('a table that is larger than onlineSchemaChange says', () => {
  it.each(turn(0))('is changed by the program, to what the server makes of it, on %s', async (engine) => {
    const made = await shopOn(engine, longer);
    const before = await schemaOf(made);
    const events = await made.upgrade();
    const after = await schemaOf(made);
    expect(await made.titles()).toBe(ROWS);
    expect(output(events)).toContain(`Successfully altered \`${made.database.name}\`.\`book\``);
    expect(await made.left()).toEqual([]);
    // the way back is the server's
    await made.query('alter table book modify title varchar(20) not null');
    expect(await schemaOf(made)).toEqual(before);
    await made.query('alter table book modify title text not null');
    expect(await schemaOf(made)).toEqual(after);
    const told = `${await readFile(join(dirname(made.program), 'arguments'), 'utf8')}\n${JSON.stringify(events)}`;
    expect(told).toContain('modify `title` text not null');
    const { password } = made.database.options as { readonly password?: string };
    expect(password).toMatch(/.{8}/);
    expect(told).not.toContain(password);
  });

  it.each(turn(1))('is changed once, where the process is killed while the program works, on %s', async (engine) => {
    const made = await shopOn(engine, longer, ['--chunk-size', '100', '--chunk-time', '0', '--sleep', '0.3']);
    const { driver: _, ...options } = made.database.options;
    const { onlineSchemaChange } = { onlineSchemaChange: made.change };
    const job: Upgrading = { engine, options, path: made.at.folder.path, module: { onlineSchemaChange } };
    const child = upgrading(job);
    const ended = once(child, 'exit');
    while ((await made.left()).length < 4 && child.exitCode === null) await sleep(50);
    // where the password is; those of other tests may be among them
    const folders = await ownedFolders('change');
    expect(folders).not.toEqual([]);
    child.kill('SIGKILL');
    await ended;
    const events = await made.upgrade();
    const abandoned = await abandonedFolders('change');
    expect(folders.filter((name) => abandoned.includes(name))).toEqual([]);
    expect(await made.titles()).toBe(ROWS);
    expect(await made.left()).toEqual([]);
    const [column] = await made.query(
      "select data_type as type from information_schema.columns where table_schema = database() and table_name = 'book' and column_name = 'title'",
    );
    expect(column).toEqual({ type: 'text' });
    expect(await made.at.migrations.current()).toMatchObject({ rows: ['bbbb'] });
    expect(events.map(({ type }) => type)).toContain('stepFinished');
  });

  it.each(turn(1))(
    'is changed by the server where that is only its catalogue, or the revision says how, on %s',
    async (engine) => {
      const made = await shopOn(engine, async (op: Operations) => {
        await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
        await op.batchAlterTable(
          'book',
          (batch) => batch.alterColumn('book', 'title', { type: 'text' }, { existing: { type: 'string', length: 20 } }),
          { algorithm: 'copy' },
        );
        // a small one
        await op.alterColumn('page', 'id', { type: 'bigint' }, { existing: { type: 'integer' } });
      });
      // which keeps the program from the table, and not the server
      await made.query('alter table book add constraint written_by foreign key (author_id) references author (id)');
      const events = await made.upgrade();
      expect(output(events)).toBe('');
      expect(await made.titles()).toBe(ROWS);
      expect((await schemaOf(made)).filter((line) => /column "?(pages|title)/.test(line))).toHaveLength(2);
    },
  );

  it.each(turn(0))(
    'is left as it is where the program would change more, or another one is at work, on %s',
    async (engine) => {
      const made = await shopOn(engine, longer);
      await made.query('create table `_book_new` like book');
      await expect(made.upgrade()).rejects.toThrow(/_book_new/);
      await made.query('drop table `_book_new`');
      await made.query('alter table book add constraint written_by foreign key (author_id) references author (id)');
      await expect(made.upgrade()).rejects.toThrow(/cannot change it: it has foreign keys/);
      expect(await made.left()).toEqual([]);
      await made.query('alter table book drop foreign key written_by');
      await made.upgrade();
      expect(await made.titles()).toBe(ROWS);
    },
  );
});

function upgrading(job: Upgrading): ReturnType<typeof spawn> {
  const sources = pathToFileURL(resolve('scripts/autogenerate-matrix/typescript-sources.mjs')).href;
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', sources];
  const child = spawn(process.execPath, [...flags, resolve('test/support/upgrading-process.ts')], {
    env: environmentOf({ UPGRADING: JSON.stringify(job) }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  ending.push(async () => child.kill('SIGKILL'));
  return child;
}

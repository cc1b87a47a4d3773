import { randomBytes } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../libs/nest-migrate/src/commands/random-numbers.ts';
import { withOwnedFolder } from '../../../libs/nest-migrate/src/rehearsal/owned-folder.ts';
import { rehearse } from '../../../libs/nest-migrate/src/commands/rehearse.ts';
import {
  adminQuery,
  createDatabase,
  type Engine,
  type ServerEngine,
  serverEngines,
  serverOf,
  type TestDatabase,
} from '../../support/databases.ts';
import { dumpOf } from '../../support/dumps.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { environmentOf } from '../../support/processes.ts';
import { abandonedDatabases, contextOf, databaseOfSession, scratchOption, testHost } from '../../support/rehearsals.ts';
import { type Rehearsing } from '../../support/rehearsing-process.ts';
import { type Revisions, type Scenario, scenario } from '../../support/scenario.ts';
import { turns } from '../../support/turns.ts';
import { killsRehearsals } from '../../support/killed-rehearsals.ts';

killsRehearsals();

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const revisions: Revisions = {
  aaaa: (op) => op.createTable('author', { columns: { id: { type: 'integer', primary: true } } }),
  bbbb: (op) => op.bulkInsert('author', [{ id: 1 }]),
  cccc: (op) => op.addColumn('author', 'born', { type: 'integer', nullable: true }),
};

async function application(engine: Engine, database?: TestDatabase): Promise<Scenario> {
  const made = await scenario(engine, { revisions, database });
  ending.push(() => made.end());
  return made;
}

/** Those that can be left behind. What is in memory ends with its process. */
const lasting = [...serverEngines, 'sqlite'] as const;

describe('a process that is killed', () => {
  const KILLS = turns.isWhole ? 20 : 4;

  it(`leaves nothing that is there after the next rehearsal, ${KILLS} times`, async () => {
    const applications = await Promise.all(lasting.map((engine) => application(engine)));
    const jobs = applications.map(({ database, folder }): Rehearsing => {
      const { driver: _driver, ...options } = database.options;
      return { engine: database.engine, options, path: folder.path, scratch: scratchOption(database.engine) };
    });
    // such as folders that are kept
    const before = await Promise.all(lasting.map((engine) => abandonedDatabases(engine)));
    for (let done = 0; done < KILLS; done += 2) {
      const processes = await Promise.all([rehearsing(jobs), rehearsing(jobs)]);
      await pause(Math.random() * 1_000);
      for (const child of processes) child.kill('SIGKILL');
      await Promise.all(processes.map((child) => once(child, 'exit')));
    }
    for (const made of applications) {
      const { engine } = made.database;
      await rehearse(contextOf(made, { scratch: scratchOption(engine) }), { at: ['bbbb'] }, async () => undefined);
      const left = await abandonedDatabases(engine);
      expect([engine, ...left.filter((name) => !before.flat().includes(name))]).toEqual([engine]);
    }
  });
});

describe('a folder of a process', () => {
  it('loses the file that names its owner last, so that no kill leaves what is taken for kept', async () => {
    const gone: string[] = [];
    let watcher: FSWatcher | undefined;
    await withOwnedFolder({ kind: 'scratch', host: testHost() }, async (folder) => {
      await mkdir(join(folder, 'within'));
      for (const name of ['aaaa', 'within/file', 'zzzz']) await writeFile(join(folder, name), name);
      watcher = watch(folder, (event, name) => {
        if (event === 'rename' && name !== null) gone.push(name);
      });
    });
    while (!gone.includes('owner.lock')) await pause(10);
    watcher?.close();
    const removed = gone.filter((name) => ['aaaa', 'within', 'zzzz', 'owner.lock'].includes(name));
    expect([new Set(removed), removed.at(-1)]).toEqual([
      new Set(['aaaa', 'within', 'zzzz', 'owner.lock']),
      'owner.lock',
    ]);
  });
});

describe('a process that is killed while it proves a squash', () => {
  it('leaves nothing that is there after the next command, and keeps its drafts while it lives', async () => {
    const made = await application('sqlite');
    const { driver: _driver, ...options } = made.database.options;
    const migrations = join(made.folder.path, 'migrations');
    const drafts = async (): Promise<readonly string[]> =>
      (await readdir(migrations)).filter((name) => name.startsWith('.draft-'));
    const job = { engine: 'sqlite', options, path: made.folder.path, scratch: undefined, range: 'aaaa:cccc' } as const;
    const random = randomFrom(7);
    for (let kills = 0; kills < 2; kills += 1) {
      const child = await rehearsing([job]);
      const ended = once(child, 'exit');
      let there: readonly string[] = [];
      while (there.length === 0) {
        child.kill('SIGCONT');
        await pause(random() * 100);
        child.kill('SIGSTOP');
        there = await drafts();
      }
      await made.migrations.heads();
      expect(await drafts()).toEqual(there);
      child.kill('SIGKILL');
      await ended;
      await made.migrations.heads();
      expect(await drafts()).toEqual([]);
    }
  });
});

/** A process that is in the middle of rehearsals on all engines. */
async function rehearsing(jobs: readonly Rehearsing[]): Promise<ChildProcess> {
  const sources = pathToFileURL(resolve('scripts/autogenerate-matrix/typescript-sources.mjs')).href;
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', sources];
  const child = spawn(process.execPath, [...flags, resolve('test/support/rehearsing-process.ts')], {
    env: environmentOf({ REHEARSING: JSON.stringify(jobs) }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ending.push(async () => child.kill('SIGKILL'));
  const begun = once(child.stdout, 'data');
  await Promise.race([begun, once(child, 'exit').then(() => Promise.reject(new Error('it has ended by itself')))]);
  return child;
}

describe.each(lasting)('rehearsals at once on %s', (engine) => {
  it('do not meet, and each of them has the rows of its own', async () => {
    const made = await application(engine);
    const context = contextOf(made, { scratch: scratchOption(engine) });
    const found = await Promise.all(
      [1, 2, 3].map((number) =>
        rehearse(context, { at: ['bbbb'] }, async (scratch) => {
          const connection = scratch.orm.em.getConnection();
          await connection.execute(`insert into author (id) values (${number * 100})`);
          await pause(50);
          const rows = await connection.execute<{ id: number }[]>('select id from author order by id');
          return { name: await databaseOfSession(scratch, made.database), ids: rows.map(({ id }) => id) };
        }),
      ),
    );
    expect(found.map(({ ids }) => ids)).toEqual([
      [1, 100],
      [1, 200],
      [1, 300],
    ]);
    expect(new Set(found.map(({ name }) => name)).size).toBe(3);
  });
});

interface Role {
  readonly user: string;
  readonly password: string;
}

/** A role without any right. */
async function nobody(engine: ServerEngine): Promise<Role> {
  const user = `role_${randomBytes(4).toString('hex')}`;
  const password = `guarded-${user}`;
  await adminQuery(
    engine,
    engine === 'postgres'
      ? `create role ${user} login password '${password}'`
      : `create user ${user} identified by '${password}'`,
  );
  ending.push(() => adminQuery(engine, `drop ${engine === 'postgres' ? 'role' : 'user'} ${user}`));
  return { user, password };
}

function urlFor(engine: ServerEngine, { user, password }: Role): string {
  const { host, port } = serverOf(engine);
  return `${engine === 'postgres' ? 'postgresql' : 'mysql'}://${user}:${password}@${host}:${port}`;
}

describe.each(serverEngines)('on %s', (engine) => {
  it('a role that may not create a database gets the statement that allows it, which is enough', async () => {
    const role = await nobody(engine);
    const made = await application(engine);
    const context = contextOf(made, { scratch: urlFor(engine, role) });
    const refused: unknown = await rehearse(context, { at: ['cccc'] }, async () => undefined).catch(
      (error: unknown) => error,
    );
    const { message, grant } = refused as { readonly message: string; readonly grant: string };
    const { host, port } = serverOf(engine);
    expect(message).toBe(
      `This role may not create a scratch database at ${host}:${port}. Let an administrator run: ${grant}; ` +
        "or name another server: MigrationModule.forRoot({ scratch: '<url>' }).",
    );
    await adminQuery(engine, grant);
    await rehearse(context, { at: ['cccc'] }, async () => undefined);
  });

  it('a role that may only read is enough for the database of the application, where nothing changes', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const owner = await application(engine, database);
    await owner.migrations.upgrade({ target: 'aaaa' });
    const role = await nobody(engine);
    if (engine !== 'postgres') await adminQuery(engine, `grant select on \`${database.name}\`.* to ${role.user}`);
    const reader = await application(engine, { ...database, options: { ...database.options, ...role } });
    const before = await dumpOf({ database, orm: owner.orm });
    const context = contextOf(reader, { scratch: scratchOption(engine) });
    const ids = await rehearse(context, { at: ['bbbb'] }, async ({ orm }) =>
      orm.em.getConnection().execute('select id from author'),
    );
    expect(ids).toEqual([{ id: 1 }]);
    expect(await dumpOf({ database, orm: owner.orm })).toBe(before);
  });

  it('a database with the name of a scratch database is not dropped unless it is marked or empty', async () => {
    const names = ['full', 'empty'].map((kind) => `nest_migrate_scratch_${kind}_${randomBytes(4).toString('hex')}`);
    const [full = '', empty = ''] = names;
    for (const name of names) await adminQuery(engine, `create database ${name}`);
    ending.push(() => adminQuery(engine, `drop database ${full}`));
    await adminQuery(engine, `create table ${engine === 'postgres' ? '' : `${full}.`}mine (id integer)`, [], {
      database: full,
    });
    const made = await application(engine);
    await rehearse(contextOf(made, { scratch: scratchOption(engine) }), {}, async () => undefined);
    const there = await adminQuery(
      engine,
      engine === 'postgres'
        ? 'select datname as name from pg_database'
        : 'select schema_name as name from information_schema.schemata',
    );
    expect(there).toContainEqual({ name: full });
    expect(there).not.toContainEqual({ name: empty });
  });

  it('has the encoding and the collation of the database of the application, and the mode of its sessions', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const asked = await describing(engine, database);
    const made = await application(engine, database);
    const context = contextOf(made, { scratch: scratchOption(engine) });
    const own: unknown = await queryDatabase(database, asked);
    const scratch = await rehearse(context, {}, async ({ orm }) => orm.em.getConnection().execute(asked));
    expect(scratch).toEqual(own);
  });
});

/** Makes a database unlike others of its server, and returns a query for what is special about it. */
async function describing(engine: ServerEngine, { name }: TestDatabase): Promise<string> {
  if (engine === 'postgres') {
    await adminQuery('postgres', 'create schema inside', [], { database: name });
    await adminQuery('postgres', `alter database ${name} set search_path = inside, public`);
    return 'select pg_encoding_to_char(encoding) as encoding, datcollate, datctype, datlocprovider, current_schema() as home from pg_database where datname = current_database()';
  }
  await adminQuery(engine, `alter database \`${name}\` character set latin1 collate latin1_german1_ci`);
  return 'select @@character_set_database as charset, @@collation_database as collation, @@session.sql_mode as mode';
}

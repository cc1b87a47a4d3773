import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminQuery,
  createDatabase,
  allEngines,
  serverEngines,
  serverOf,
  type DatabaseOptions,
  type ServerEngine,
  type TestDatabase,
} from '../../support/databases.ts';
import { WAIT_LIMIT } from '../../support/limits.ts';
import { runProcess, startProcess } from '../../support/processes.ts';
import { type ClientEngine, clientEngines, findClient } from '../../support/servers/clients.ts';

async function connect(options: DatabaseOptions): Promise<MikroORM<AbstractSqlDriver, SqlEntityManager>> {
  return MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
    ...options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
}

async function run(options: DatabaseOptions, ...statements: string[]): Promise<unknown> {
  const orm = await connect(options);
  try {
    let rows: unknown;
    for (const statement of statements) rows = await orm.em.getConnection().execute(statement);
    return rows;
  } finally {
    await orm.close(true);
  }
}

describe('the servers of this run', () => {
  it('PostgreSQL is PostgreSQL 15 or newer', async () => {
    const [row] = await adminQuery('postgres', 'select version() as version');
    expect(row?.['version']).toMatch(/^PostgreSQL (1[5-9]|[2-9]\d)/);
  });

  it('MySQL is MySQL, not MariaDB under its name', async () => {
    const [row] = await adminQuery('mysql', 'select version() as version, @@version_comment as comment');
    expect(row?.['version']).toMatch(/^(8\.[4-9]|9\.|[1-9]\d\.)/);
    expect(`${String(row?.['version'])} ${String(row?.['comment'])}`).not.toMatch(/mariadb/i);
    // MariaDB has no X protocol and no such table
    await expect(adminQuery('mysql', 'select count(*) from performance_schema.error_log')).resolves.toHaveLength(1);
  });

  it('MariaDB is MariaDB 10.11 or newer', async () => {
    const [row] = await adminQuery('mariadb', 'select version() as version, @@version_comment as comment');
    expect(row?.['version']).toMatch(/^(10\.1[1-9]|1[1-9])\..*MariaDB/);
    expect(String(row?.['comment'])).not.toMatch(/mysql/i);
  });

  it.each(clientEngines)('%s has its own client, from the machine or from the packages', async (engine) => {
    const own = {
      postgres: /psql/,
      mysql: /mysql$/,
      mariadb: /mariadb|mysql/,
      sqlite: /sqlite3$/,
    } as const satisfies Record<ClientEngine, RegExp>;
    for (const from of [undefined, 'packages']) {
      const before = process.env['TEST_SERVERS_FROM'];
      if (from !== undefined) process.env['TEST_SERVERS_FROM'] = from;
      try {
        const { client, dump, origin } = await findClient(engine);
        expect(client).toMatch(own[engine]);
        if (from !== undefined) expect(origin).toBe(from);
        for (const program of [client, dump]) {
          if (program === undefined) continue;
          const { code, stdout } = await runProcess(program, ['--version']);
          expect({ code, mariadb: /mariadb/i.test(stdout) }).toEqual({ code: 0, mariadb: engine === 'mariadb' });
        }
      } finally {
        if (before === undefined) delete process.env['TEST_SERVERS_FROM'];
        else process.env['TEST_SERVERS_FROM'] = before;
      }
    }
  });

  it.each(serverEngines)('%s lets 64 clients in at once', async (engine) => {
    const sleep = {
      postgres: 'select pg_sleep(1)',
      mysql: 'select sleep(1)',
      mariadb: 'select sleep(1)',
    } as const satisfies Record<ServerEngine, string>;
    const clients = Array.from({ length: 64 }, () => adminQuery(engine, sleep[engine]));
    await expect(Promise.all(clients)).resolves.toHaveLength(64);
  });

  it.each(serverEngines)('%s refuses a wrong password, without printing it', async (engine) => {
    const server = { ...serverOf(engine), password: 'wrong-password-71' };
    const refusal = await adminQuery(engine, 'select 1', [], { server }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(Error);
    expect(String(refusal)).toMatch(/password authentication failed|access denied/i);
    expect(String(refusal)).not.toContain(server.password);
  });

  it.each(['mysql', 'mariadb'] as const)('%s refuses root without a password', async (engine) => {
    const server = { ...serverOf(engine), user: 'root', password: '' };
    await expect(adminQuery(engine, 'select 1', [], { server })).rejects.toThrow(/access denied/i);
  });
});

describe.each(allEngines)('createDatabase(%s)', (engine) => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([createDatabase(engine), createDatabase(engine)]);
  });
  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  it('gives databases that know nothing of each other', async () => {
    expect(first.name).not.toBe(second.name);
    await run(first.options, 'create table place (id int primary key)', 'insert into place values (1)');
    await run(second.options, 'create table place (id int primary key)', 'insert into place values (2)');
    expect(await run(first.options, 'select id from place')).toEqual([{ id: 1 }]);
    expect(await run(second.options, 'select id from place')).toEqual([{ id: 2 }]);
  });

  it('keeps its data when it is opened again', async () => {
    await run(first.options, 'create table kept (id int primary key)', 'insert into kept values (7)');
    expect(await run(first.options, 'select id from kept')).toEqual([{ id: 7 }]);
  });

  it('describes itself to child processes', () => {
    expect(first.env).toMatchObject({ DB_ENGINE: engine, DB_NAME: first.name });
  });

  it('is gone after drop(), even under a client that is still connected', async () => {
    const database = await createDatabase(engine);
    if (engine === 'pglite') {
      await database.drop();
      expect(existsSync(database.name)).toBe(false);
      return;
    }
    const orm = await connect(database.options);
    await orm.em.getConnection().execute('select 1');
    await database.drop();
    await orm.close(true);
    await expect(run(database.options, 'select 1')).rejects.toThrow(/does not exist|unknown database/i);
  });

  it('takes a name that needs quoting', async () => {
    const database = await createDatabase(engine, { prefix: 'my \'odd" `name' });
    expect(await run(database.options, 'select 1 as one')).toEqual([{ one: 1 }]);
    await database.drop();
  });
});

describe.each(serverEngines)('connecting by URL to %s', (engine) => {
  it('works with the password and name encoded', async () => {
    const database = await createDatabase(engine);
    const { driver, ensureDatabase } = database.options;
    const orm = await MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
      driver,
      ensureDatabase,
      clientUrl: database.url,
      entities: [],
      discovery: { warnWhenNoEntities: false },
    });
    expect(await orm.em.getConnection().execute('select 1 as one')).toEqual([{ one: 1 }]);
    await orm.close(true);
    await database.drop();
  });
});

describe('a run that is killed', () => {
  it('leaves no server and no data behind', async () => {
    const door = fileURLToPath(new URL('../../support/servers/index.ts', import.meta.url));
    const program = `
      const { startPostgres } = await import(process.argv[1]);
      const { pid, folder } = await startPostgres();
      console.log('ready', pid, folder);
      setInterval(() => undefined, 1000);`;
    const parent = await startProcess(process.execPath, ['--input-type=module', '--eval', program, door], {
      env: { TEST_POSTGRES_URL: undefined },
    });
    const [, pid, folder = ''] = await parent.waitForOutput(/ready (\d+) (.+)/);
    expect(existsSync(folder)).toBe(true);
    parent.kill('SIGKILL');
    await parent.exited;
    const deadline = Date.now() + WAIT_LIMIT;
    while (existsSync(folder) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
  });
});

import { readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { adminQuery, createDatabase, serverOf, type TestDatabase } from '../support/databases.ts';
import { serverEngines } from '../support/engines.ts';
import { queryDatabase, tablesOf } from '../support/inspect.ts';
import { type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

/** A script as a person would write it by hand. */
function script(id: string, down: string | null, body = ''): string {
  return `export const revision = '${id}';
export const downRevision = ${down === null ? 'null' : `'${down}'`};
export const branchLabels = null;
export const dependsOn = null;
export const message = 'revision ${id}';
export const createDate = null;
export async function upgrade(op: { execute(sql: string): Promise<void> }): Promise<void> {
  ${body || `await op.execute('create table t_${id} (a int)');`}
}
export async function downgrade(op: { execute(sql: string): Promise<void> }): Promise<void> {
  await op.execute('drop table t_${id}');
}
`;
}

/** One line on stderr that begins with `Error:`, and nothing on stdout. */
function expectOneLine(result: ProcessResult, code: number, text: string | RegExp): void {
  expect(result.stdout).toBe('');
  const lines = result.stderr.trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^Error: /)]);
  expect(lines[0]).toEqual(typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text));
  expect(result.code).toBe(code);
}

describe('bad input is one line, and changes nothing', () => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    folder = await temporaryFolder('refusals');
    application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    await writeFile(join(application.versions, 'a.ts'), script('ab12aaaa', null));
    await writeFile(join(application.versions, 'b.ts'), script('ab12bbbb', 'ab12aaaa'));
    await writeFile(join(application.versions, 'c.ts'), script('cccc3333', 'ab12bbbb'));
    await application.succeed(['upgrade', 'ab12aaaa']);
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  /** Runs `command` and makes sure that neither the disk nor the database has changed by it. */
  async function refused(argv: readonly string[], code: number, text: string | RegExp, env = {}): Promise<void> {
    const before = [await readdir(application.versions), await tablesOf(database)];
    expectOneLine(await application.db(argv, env), code, text);
    expect([await readdir(application.versions), await tablesOf(database)]).toEqual(before);
    expect(await queryDatabase(database, 'select version_num from nest_migrate_version')).toEqual([
      { version_num: 'ab12aaaa' },
    ]);
  }

  /** Puts files into the script directory for the time of a test. */
  async function withFiles(files: Record<string, string>, work: () => Promise<void>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(application.versions, name), text);
    try {
      await work();
    } finally {
      for (const name of Object.keys(files)) await rm(join(application.versions, name));
    }
  }

  it.each([
    [['upgrade', 'nosuch'], "Can't locate revision identified by 'nosuch'"],
    [['downgrade', 'nosuch'], "Can't locate revision identified by 'nosuch'"],
    [['stamp', 'nosuch'], "Can't locate revision identified by 'nosuch'"],
    [['show', 'nosuch'], "Can't locate revision identified by 'nosuch'"],
    [['upgrade', 'ab12'], /'ab12'.*ab12aaaa.*ab12bbbb/],
    [['upgrade', '+99'], "Relative revision +99 didn't produce 99 migrations"],
    [['downgrade', '-99'], "Relative revision -99 didn't produce 99 migrations"],
    [['migrate', '-m', 'too early'], 'Target database is not up to date.'],
    [['revision', '--rev-id', 'cccc3333'], 'cccc3333'],
    [['revision', '--head', 'ab12aaaa'], 'is not a head'],
    [['merge', 'cccc3333'], /merge/i],
    [['init'], 'not empty'],
  ])('db %j', async (argv, text) => {
    await refused(argv, 1, text);
  });

  it.each([
    [['upgrade', '--bogus'], '--bogus'],
    [['upgrade', 'head', 'heads'], /too many|excess/i],
    [['nosuch'], 'nosuch'],
    [['merge'], /revisions/],
  ])('db %j is wrong usage', async (argv, text) => {
    const result = await application.db(argv);
    expect(result.stdout).toBe('');
    expect(result.stderr).toEqual(
      typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
    );
    expect(result.code).toBe(2);
  });

  it('a script directory that is not there', async () => {
    await refused(['heads', '-d', 'nowhere'], 1, join(folder.path, 'nowhere'));
    expect(existsSync(join(folder.path, 'nowhere'))).toBe(false);
  });

  it('a script with a syntax error', async () => {
    await withFiles({ 'd.ts': script('dddd4444', 'cccc3333', 'await op.execute(') }, () =>
      refused(['upgrade'], 1, 'd.ts'),
    );
  });

  it('a script without a revision', async () => {
    await withFiles({ 'd.ts': 'export async function upgrade(): Promise<void> {}\n' }, () =>
      refused(['heads'], 1, 'd.ts'),
    );
  });

  it('two scripts with one id', async () => {
    await withFiles({ 'd.ts': script('cccc3333', 'ab12bbbb') }, () => refused(['heads'], 1, /c\.ts.*d\.ts/));
  });

  it('a cycle', async () => {
    await withFiles({ 'd.ts': script('dddd4444', 'eeee5555'), 'e.ts': script('eeee5555', 'dddd4444') }, () =>
      refused(['upgrade'], 1, /[Cc]ycle.*dddd4444.*eeee5555/),
    );
  });

  it('a parent that no script has', async () => {
    await withFiles({ 'd.ts': script('dddd4444', 'ffff6666') }, () => refused(['history'], 1, /ffff6666/));
  });

  it('two heads with upgrade head', async () => {
    await withFiles({ 'd.ts': script('dddd4444', 'ab12bbbb') }, () =>
      refused(['upgrade', 'head'], 1, /Multiple head revisions are present.*cccc3333.*dddd4444/),
    );
  });

  it('a version table that holds an id no script has', async () => {
    await queryDatabase(database, "update nest_migrate_version set version_num = 'gone7777' returning 1");
    for (const argv of [['upgrade'], ['downgrade'], ['current']]) {
      expectOneLine(await application.db(argv), 1, "Can't locate revision identified by 'gone7777'");
    }
    await application.succeed(['stamp', '--purge', 'ab12aaaa']);
  });

  it('a statement that fails leaves the database at the revision before, and is named', async () => {
    await withFiles(
      {
        'd.ts': script(
          'dddd4444',
          'cccc3333',
          "await op.execute('create table kept (a int)'); await op.execute('select no_such_function()');",
        ),
      },
      async () => {
        const result = await application.db(['upgrade']);
        expect(result.code).toBe(1);
        expect(result.stderr.trimEnd().split('\n').at(-1)).toMatch(
          /^Error: The upgrade of dddd4444 \(revision dddd4444\) failed at statement 2 \[select no_such_function\(\)\]: .*rolled back; the database is at cccc3333\.$/,
        );
        expect(await tablesOf(database)).not.toContain('kept');
        expect((await application.succeed(['current'])).stdout.trim()).toBe('cccc3333');
        await application.succeed(['downgrade', 'ab12aaaa']);
      },
    );
  });
});

describe('what MySQL and MariaDB commit is told', () => {
  it.each(['mysql', 'mariadb'] as const)('on %s', async (engine) => {
    const database = await createDatabase(engine);
    const folder = await temporaryFolder('partly');
    const application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    await writeFile(
      join(application.versions, 'a.ts'),
      script('aaaa1111', null, "await op.execute('create table kept (a int)'); await op.execute('select no_such()');"),
    );
    const result = await application.db(['upgrade']);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /failed at statement 2 \[select no_such\(\)\].*are committed and stay.*still at base/,
    );
    expect(await tablesOf(database)).toEqual(['kept', 'nest_migrate_history', 'nest_migrate_version']);
    await database.drop();
    await folder.remove();
  });
});

describe.each(serverEngines)('a connection to %s that is not to be had is one line', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;
  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('connection');
    application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    await writeFile(join(application.versions, 'a.ts'), script('aaaa1111', null));
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it.each([[['current']], [['upgrade']], [['migrate']]])('db %j with the server down', async (argv) => {
    const env = { DB_PORT: '1' };
    expectOneLine(await application.db(argv, env), 1, "Can't connect to the database at 127.0.0.1:1");
  });

  it('a wrong password, which is never printed', async () => {
    const secret = 'not-the-pass-word';
    const result = await application.db(['current', '-v'], { DB_PASSWORD: secret });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`refused the user '${serverOf(engine).user}'`);
    expect(result.stderr + result.stdout).not.toContain(secret);
    expect(result.stderr + result.stdout).not.toContain(serverOf(engine).password);
  });

  it('a password in a URL, which nothing prints: no command, no stack trace, no boot', async () => {
    const { host, port, user } = serverOf(engine);
    const scheme = engine === 'postgres' ? 'postgresql' : engine;
    const secrets = ['wrong-but-secret', `p@ss/w:o#r'd "quoted" %41`];
    const places = [`${host}:${port}`, `${host}:1`];
    const boots = secrets.flatMap((secret) => places.map((place) => secret + place));
    for (const secret of secrets) {
      const credentials = `${user}:${encodeURIComponent(secret)}`;
      for (const place of places) {
        const env = { DB_URL: `${scheme}://${credentials}@${place}/shop`, ON_BOOTSTRAP: 'upgrade' } as const;
        const outputs = [
          ...(await Promise.all([
            application.db(['upgrade', '--verbose'], { ...env, DEBUG: '1' }),
            application.db(['status', '--json'], env),
          ])),
          // what a boot prints Nest and the module decide: with one of them in each run
          ...(isTurn(serverEngines.indexOf(engine), secret + place, boots)
            ? [await (await application.boot(env)).exited]
            : []),
        ];
        for (const { code, stdout, stderr } of outputs) {
          expect(code).toBe(1);
          expect(stdout + stderr).not.toContain(secret);
          expect(stdout + stderr).not.toContain(encodeURIComponent(secret));
          expect(stdout + stderr).toMatch(/Can't connect|refused the user/);
        }
      }
    }
  });

  it.each([[['current']], [['upgrade']]])(
    'db %j on a database that does not exist names it and does not create it',
    async (argv) => {
      const missing = 'no_such_database_here';
      expectOneLine(await application.db(argv, { DB_NAME: missing }), 1, `'${missing}' does not exist`);
      const list = engine === 'postgres' ? 'select datname as name from pg_database' : 'show databases';
      const names = (await adminQuery(engine, list)).map((row) => Object.values(row)[0]);
      expect(names).not.toContain(missing);
    },
  );
});

describe('a driver on the wrong server is refused before anything is read', () => {
  it.each([
    ['mysql', 'mariadb'],
    ['mariadb', 'mysql'],
  ] as const)('the %s driver on a %s server', async (driver, server) => {
    const database = await createDatabase(server);
    const folder = await temporaryFolder('wrong server');
    const application = new TestApplication(folder.path, { ...database.env, DB_DRIVER: driver });
    await application.succeed(['init']);
    for (const argv of [['current'], ['migrate'], ['upgrade']]) {
      if (argv[0] === 'upgrade') await writeFile(join(application.versions, 'a.ts'), script('aaaa1111', null));
      expectOneLine(await application.db(argv), 1, `Use @mikro-orm/${server}`);
    }
    expect(await tablesOf(database)).toEqual([]);
    // the refused migrate has written no revision beside the one that the test put there
    expect((await application.scripts()).map(({ name }) => name)).toEqual(['a.ts']);
    await database.drop();
    await folder.remove();
  });
});

describe('a PGlite folder that somebody has open', () => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;
  beforeAll(async () => {
    database = await createDatabase('pglite');
    folder = await temporaryFolder('in use');
    application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    await writeFile(join(application.versions, 'a.ts'), script('aaaa1111', null));
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('is refused to a db command, which names the running application', async () => {
    const server = await application.boot({ STAY: 'yes', ON_BOOTSTRAP: 'upgrade' });
    await server.waitForOutput(/the application is up/);
    expectOneLine(await application.db(['upgrade']), 1, `in use by process ${server.pid} (the application`);
    await server.stop();
    expect((await application.succeed(['current'])).stdout.trim()).toBe('aaaa1111 (head)');
  });

  it('is refused to the second of two db commands at once, and free again after a kill', async () => {
    await writeFile(
      join(application.versions, 'b.ts'),
      script(
        'bbbb2222',
        'aaaa1111',
        "await op.execute('create table t_bbbb2222 (a int)'); await op.execute('select pg_sleep(3600)');",
      ),
    );
    const server = await application.boot({ ON_BOOTSTRAP: 'upgrade', STAY: 'yes' });
    await server.waitForOutput(/Running upgrade aaaa1111 -> bbbb2222/);
    expectOneLine(await application.db(['current']), 1, `in use by process ${server.pid}`);
    server.kill('SIGKILL');
    await server.exited;
    expect((await application.succeed(['current'])).stdout.trim()).toBe('aaaa1111');
    await rm(join(application.versions, 'b.ts'));
  });

  it('is not created by a command that reads', async () => {
    const nowhere = join(folder.path, 'not there', 'data');
    for (const argv of [['current'], ['heads'], ['history', '-i']])
      await application.succeed(argv, { DB_NAME: nowhere });
    expect(existsSync(join(folder.path, 'not there'))).toBe(false);
  });
});

describe('a message is kept as it was typed', () => {
  it('with quotes, newlines, */, $HOME and backticks', async () => {
    const database = await createDatabase('postgres');
    const folder = await temporaryFolder('messages "quoted"');
    const application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    const message = 'it\'s "quoted" */ $HOME `id` \\ back\nand a second line';
    await application.succeed(['migrate', '-m', message]);
    await application.succeed(['upgrade']);
    const [entry] = JSON.parse((await application.succeed(['history', '--json'])).stdout) as { message: string }[];
    expect(entry.message).toBe(message);
    const [file] = await application.scripts();
    expect(file.text).toContain('$HOME `id`');
    expect((await application.succeed(['history'])).stdout).toContain('it\'s "quoted" */ $HOME `id` \\ back');
    await database.drop();
    await folder.remove();
  });
});

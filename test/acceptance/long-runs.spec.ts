/** Long runs, as real processes: what answers while an application boots, and what a signal does at each moment. */
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { adminQuery, createDatabase, type TestDatabase } from '../support/databases.ts';
import { serverEngines, type ServerEngine } from '../support/engines.ts';
import { closeGate, type Gate, gateStatement } from '../support/gate.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { scratchDatabases, scratchOption } from '../support/rehearsals.ts';
import { given, revision, type RevisionCode } from '../support/revision-file.ts';
import { isTurn } from '../support/turns.ts';

/** Revisions by id, each on the one before. */
async function writeRevisions(
  application: TestApplication,
  bodies: Readonly<Record<string, RevisionCode>>,
): Promise<void> {
  await rm(application.versions, { recursive: true, force: true });
  await mkdir(application.versions, { recursive: true });
  await writeFile(join(application.folder, 'migrations', 'package.json'), '{ "type": "module" }\n');
  let down: string | null = null;
  for (const [id, upgrade] of Object.entries(bodies)) {
    await writeFile(join(application.versions, `${id}.ts`), revision({ id, down, upgrade }));
    down = id;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const table = (name: string): RevisionCode =>
  given({ name }, (op, values) => op.createTable(values.name, { columns: { n: { type: 'integer' } } }));

let folder: TemporaryFolder;
let database: TestDatabase;
let application: TestApplication;
let gate: Gate;

/** What the second revision does behind its two statements. */
type Last = 'creates a table' | 'writes to the terminal' | 'nothing';

async function prepare(engine: ServerEngine, last: Last = 'creates a table'): Promise<void> {
  folder = await temporaryFolder('stopping');
  database = await createDatabase(engine);
  application = new TestApplication(folder.path, database.env);
  const bbbb2 = given({ wait: gateStatement(engine, database.name), last }, async (op, values) => {
    await op.createTable('b', { columns: { n: { type: 'integer' } } });
    await op.execute(values.wait, [], { repeatable: true });
    if (values.last === 'creates a table') await op.createTable('c', { columns: { n: { type: 'integer' } } });
    if (values.last === 'writes to the terminal') console.log('from a revision');
  });
  await writeRevisions(application, { aaaa1: table('a'), bbbb2 });
  gate = await closeGate(database);
}

/** The statements that wait on each of two connections. */
function waits(reporting: TestDatabase): { readonly onPostgres: string; readonly onMysql: string } {
  return { onPostgres: gateStatement('postgres', database.name), onMysql: gateStatement('mysql', reporting.name) };
}

afterEach(async () => {
  await gate.open();
  await database.drop();
  await folder.remove();
});

/** What is said of a revision that was stopped behind its second statement. */
const standing = {
  postgres: 'Its transaction was rolled back; the database is at aaaa1, and db upgrade continues from there.',
  mysql: '2 statements of it are done and stay, the version table is still at aaaa1; db upgrade continues after them.',
  mariadb:
    '2 statements of it are done and stay, the version table is still at aaaa1; db upgrade continues after them.',
};
const stopped = (engine: ServerEngine): string =>
  `The run was stopped before its next statement, in the upgrade of bbbb2 (revision bbbb2). ${standing[engine]}`;

/** What the process decides, and no server, is looked at on one of them, on another one the next day. */
function inTurn(ordinal: number, engine: ServerEngine, title: string, test: () => Promise<void>): void {
  if (isTurn(ordinal, engine, serverEngines)) it(title, test);
}

describe.each(serverEngines)('db upgrade on %s that gets a signal', (engine) => {
  beforeEach(() => prepare(engine));

  it('during a statement lets it finish, says where things stand, frees the lock and ends with 130', async () => {
    const run = await application.startDb(['upgrade']);
    await gate.reached();
    run.kill('SIGINT');
    await run.waitForOutput(/Stopping once what runs now has ended; a second signal ends the process at once\./);
    expect(await gate.waiting()).toBe(1);
    await gate.open();
    const { code, stdout, stderr } = await run.exited;
    expect([code, stdout, stderr]).toEqual([130, '', expect.stringContaining(`Error: ${stopped(engine)}\n`)]);
    const next = await application.succeed(['upgrade', '--lock-wait-timeout', '0']);
    expect(next.stderr).toContain('Running upgrade aaaa1 -> bbbb2');
  });

  inTurn(0, engine, 'a second time ends at once', async () => {
    const run = await application.startDb(['upgrade']);
    await gate.reached();
    run.kill('SIGINT');
    await run.waitForOutput(/Stopping/);
    run.kill('SIGINT');
    expect((await run.exited).code).toBe(130);
  });

  inTurn(1, engine, 'while it waits for the lock has changed nothing', async () => {
    const first = await application.startDb(['upgrade']);
    await gate.reached();
    const second = await application.startDb(['upgrade']);
    await second.waitForOutput(/Waiting for the migration lock: the session with pid \d+/);
    second.kill('SIGTERM');
    expect(await second.exited).toMatchObject({
      code: 143,
      stderr: expect.stringContaining(
        'Error: The run was stopped while it waited for the migration lock: it has changed nothing.\n',
      ),
    });
    await gate.open();
    expect((await first.exited).code).toBe(0);
  });
});

// in its turn, as above
describe.each(serverEngines.filter((engine) => isTurn(2, engine, serverEngines)))(
  'db upgrade on %s that gets a signal during its last statement',
  (engine) => {
    beforeEach(() => prepare(engine, 'nothing'));

    it('is done, says so and ends with 143', async () => {
      const run = await application.startDb(['upgrade', '--json']);
      await gate.reached();
      run.kill('SIGTERM');
      await run.waitForOutput(/Stopping/);
      await gate.open();
      const { code, stdout, stderr } = await run.exited;
      expect([code, JSON.parse(stdout)]).toEqual([143, expect.objectContaining({ rows: ['bbbb2'] })]);
      expect(stderr).toContain('Stopped after the last statement: nothing is left to do, the database is at bbbb2.\n');
    });
  },
);

describe.each(serverEngines)('an application that upgrades %s while it boots and gets a signal', (engine) => {
  beforeEach(() => prepare(engine));

  it('lets the statement finish, says where things stand, frees the lock and ends with 143', async () => {
    const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade', PORT: String(await freePort()) });
    await gate.reached();
    boot.kill('SIGTERM');
    await boot.waitForOutput(/Stopping once what runs now has ended/);
    await gate.open();
    const { code, stdout, stderr } = await boot.exited;
    expect([code, stdout + stderr]).toEqual([143, expect.stringContaining(stopped(engine))]);
    expect(stdout + stderr).not.toContain('ExceptionHandler');
    await application.succeed(['upgrade', '--lock-wait-timeout', '0']);
  });

  inTurn(1, engine, 'a second time ends at once', async () => {
    const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade' });
    await gate.reached();
    boot.kill('SIGTERM');
    await boot.waitForOutput(/Stopping/);
    boot.kill('SIGTERM');
    expect((await boot.exited).code).toBe(143);
  });
});

describe('an application that boots on PostgreSQL and gets a signal', () => {
  beforeEach(() => prepare('postgres'));

  it.each([
    ['whose creation would abort the process', { PORT: 'free' }],
    ['whose creation rejects', {}],
    ['whose ORM is not handed over, with shutdown hooks that close it meanwhile', { PORT: 'free', GATED: 'no' }],
  ])(
    '%s ends with 143 where it listens itself, after its own handler',
    async (_, { PORT, ...env }: Record<string, string>) => {
      const port = PORT === undefined ? {} : { PORT: String(await freePort()) };
      const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade', OWN_HANDLER: 'yes', ...port, ...env });
      await gate.reached();
      boot.kill('SIGTERM');
      await boot.waitForOutput(/the application heard SIGTERM/);
      await gate.open();
      const { code, signal, stdout, stderr } = await boot.exited;
      // Nest's shutdown hooks may be first, which end the process by the signal itself: 143 to whoever started it
      expect(signal === 'SIGTERM' ? 143 : code).toBe(143);
      expect(stdout + stderr).toContain('The run was stopped before its next statement, in the upgrade of bbbb2');
      expect((await application.succeed(['current'])).stdout).toBe('aaaa1\n');
      await application.succeed(['upgrade', '--lock-wait-timeout', '0']);
    },
  );

  it('while it waits for another process to upgrade ends with 130', async () => {
    const boot = await application.boot({ ON_BOOTSTRAP: 'wait' });
    await boot.waitForOutput(/Waiting for the database to be upgraded: 2 revisions are pending/);
    boot.kill('SIGINT');
    const { code, stdout, stderr } = await boot.exited;
    expect([code, stdout + stderr]).toEqual([
      130,
      expect.stringContaining(
        'The run was stopped while it waited for the database to be upgraded: it has changed nothing.',
      ),
    ]);
  });

  it('on each of two connections finishes the statements of both', async () => {
    const reporting = await createDatabase('mysql');
    const other = await closeGate(reporting);
    await writeRevisions(application, {
      aaaa1: given(waits(reporting), async (op, values) => {
        await op.createTable('a', { columns: { n: { type: 'integer' } } });
        await op.execute(op.connection === 'default' ? values.onPostgres : values.onMysql, [], { repeatable: true });
        await op.createTable('b', { columns: { n: { type: 'integer' } } });
      }),
    });
    const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade', SECOND_URL: reporting.url });
    await Promise.all([gate.reached(), other.reached()]);
    boot.kill('SIGTERM');
    await boot.waitForOutput(/Stopping/);
    await gate.open();
    // the first one is at its end and must not take the process with it
    await lockGone();
    expect(await other.waiting()).toBe(1);
    await other.open();
    const { code, stdout, stderr } = await boot.exited;
    const output = stdout + stderr;
    expect(code).toBe(143);
    expect(output).toContain('Its transaction was rolled back; the database is at base');
    expect(output).toContain('2 statements of it are done and stay, the version table is still at base');
    await reporting.drop();
  });

  it('leaves it to the application once it is up', async () => {
    await gate.open();
    const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade', STAY: 'yes', OWN_HANDLER: 'yes' });
    await boot.waitForOutput(/the application is up/);
    boot.kill('SIGTERM');
    const { code, stdout, stderr } = await boot.exited;
    expect([code, stdout]).toEqual([0, expect.stringContaining('the application heard SIGTERM')]);
    expect(stdout + stderr).not.toContain('Stopping');
  });
});

describe('a startup probe', () => {
  beforeEach(() => prepare('postgres'));

  interface Answer {
    readonly status: string;
    readonly connections: Readonly<Record<string, unknown>>;
  }
  const ask = async (port: number, path: string): Promise<{ status: number; told?: Answer }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, ...(isJson && { told: (await response.json()) as Answer }) };
  };

  it('gets 200 while a slow revision runs, and the application then listens on the same port', async () => {
    const port = await freePort();
    const env = { ON_BOOTSTRAP: 'upgrade', PORT: String(port), PROBE_PORT: String(port), PROBE_PATH: '/live' } as const;
    const boot = await application.boot(env);
    await gate.reached();
    expect(await ask(port, '/live?from=kubelet')).toEqual({
      status: 200,
      told: {
        status: 'starting',
        connections: { default: { stage: 'running', direction: 'upgrade', revision: 'bbbb2', number: 2, of: 2 } },
      },
    });
    // whoever asks for anything else is not served yet
    expect(await ask(port, '/health')).toMatchObject({ status: 503, told: { status: 'starting' } });
    expect((await fetch(`http://127.0.0.1:${port}/live`, { method: 'POST' })).status).toBe(503);

    // one that hangs on must not keep the port
    const hanging = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(hanging, 'connect');
    const hungUp = once(hanging, 'close');

    const secondPort = await freePort();
    const second = await application.boot({ ON_BOOTSTRAP: 'upgrade', PROBE_PORT: String(secondPort), STAY: 'yes' });
    await second.waitForOutput(/Waiting for the migration lock/);
    expect(await ask(secondPort, '/')).toMatchObject({
      status: 200,
      told: { connections: { default: { stage: 'waiting for the migration lock' } } },
    });

    await gate.open();
    await boot.waitForOutput(/the application listens/);
    await hungUp;
    expect((await fetch(`http://127.0.0.1:${port}/live`)).status).toBe(404);
    await second.waitForOutput(/the application is up/);
    await expect(ask(secondPort, '/')).rejects.toThrow();
  });

  it('is answered until both of two connections that share it are done', async () => {
    const port = await freePort();
    const reporting = await createDatabase('mysql');
    const other = await closeGate(reporting);
    await writeRevisions(application, {
      aaaa1: given(waits(reporting), async (op, values) => {
        await op.execute(op.connection === 'default' ? values.onPostgres : values.onMysql, [], { repeatable: true });
      }),
    });
    const env = { ON_BOOTSTRAP: 'upgrade', PORT: String(port), PROBE_PORT: String(port) } as const;
    const boot = await application.boot({ ...env, SECOND_URL: reporting.url });
    await Promise.all([gate.reached(), other.reached()]);
    expect(Object.keys((await ask(port, '/')).told?.connections ?? {}).sort()).toEqual(['default', 'reporting']);
    await gate.open();
    await lockGone();
    expect(await ask(port, '/')).toMatchObject({ status: 200, told: { connections: { reporting: {} } } });
    await other.open();
    await boot.waitForOutput(/the application listens/);
    expect(boot.stdout + boot.stderr).not.toContain('probe');
    await boot.stop();
    await reporting.drop();
  });

  it('whose port is taken does not keep the application from upgrading', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    await gate.open();
    const { port } = server.address() as AddressInfo;
    const boot = await application.boot({ ON_BOOTSTRAP: 'upgrade', PROBE_PORT: String(port) });
    const { code, stdout, stderr } = await boot.exited;
    expect([code, stdout + stderr]).toEqual([
      0,
      expect.stringContaining(
        `Startup probes get no reply: listen EADDRINUSE: address already in use 127.0.0.1:${port}.`,
      ),
    ]);
    server.close();
  });
});

/** The session of the gate is told where it is in the way for long enough. */
function isAboutTheGate(line: string): boolean {
  return /^Warning: Waiting for the session with pid \d+ .*pg_advisory_xact_lock/.test(line);
}

describe('a long run on a terminal', () => {
  beforeEach(() => prepare('postgres', 'writes to the terminal'));

  it('has a line that says how far it is, which is gone at the end', async () => {
    const env = { NO_COLOR: '1', TERM: 'xterm', CI: undefined };
    const run = await application.startInTerminal(['upgrade'], env);
    await run.waitForOutput(/\r\u001b\[2KRevision 2 of 2 \(bbbb2\), 0:\d\d: select pg_advisory_xact_lock\(\d+\)/);
    await gate.open();
    const { code, stdout } = await run.exited;
    expect(code).toBe(0);
    // what stays on the screen: the last that was written on each line
    const screen = stdout.split('\r\n').map((line) => line.split('\r\u001b[2K').at(-1) ?? '');
    expect(screen.filter((line) => !isAboutTheGate(line))).toEqual([
      'Running upgrade  -> aaaa1, revision aaaa1',
      'Running upgrade aaaa1 -> bbbb2, revision bbbb2',
      'from a revision',
      '',
    ]);
  });

  it('is told in plain lines to a pipe', async () => {
    const run = await application.startDb(['upgrade'], { TERM: 'xterm', CI: undefined });
    await gate.reached();
    await pause(1_500);
    await gate.open();
    const { stdout, stderr } = await run.exited;
    expect([stdout, stderr.split('\n').filter((line) => !isAboutTheGate(line))]).toEqual([
      '',
      [
        'Running upgrade  -> aaaa1, revision aaaa1',
        'Running upgrade aaaa1 -> bbbb2, revision bbbb2',
        'from a revision',
        '',
      ],
    ]);
  });
});

describe('a process that is killed during a statement of its own', () => {
  beforeEach(() => prepare('postgres'));

  it('frees the lock on PostgreSQL although the statement would go on', async () => {
    const run = await application.startDb(['upgrade']);
    await gate.reached();
    run.kill('SIGKILL');
    await run.exited;
    // the gate is closed: only the server can end that statement
    while ((await gate.waiting()) > 0) await pause(200);
    await lockGone(1);
    const next = await application.startDb(['upgrade', '--lock-wait-timeout', '0']);
    await gate.reached();
    await gate.open();
    expect((await next.exited).code).toBe(0);
  });
});

/** Resolves once nobody has an advisory lock in the PostgreSQL database under test, beside those of an open gate. */
async function lockGone(gates = 0): Promise<void> {
  const query = `select 1 from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = ?`;
  while ((await adminQuery('postgres', query, [database.name])).length > gates) await pause(50);
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a rehearsal that gets %s', (signal, expected) => {
  it.each(serverEngines.filter((engine) => isTurn(expected, engine, serverEngines)))(
    `drops its scratch database on %s, says so and ends with ${expected}`,
    async (engine) => {
      await prepare(engine);
      const begun = join(folder.path, 'begun');
      const bbbb2 = given({ begun, isPostgres: engine === 'postgres' }, async (op, values) => {
        await op.createTable('b', { columns: { n: { type: 'integer' } } });
        const current = values.isPostgres ? 'current_database()' : 'database()';
        const [row] = await op.query<{ name: string }>(`select ${current} as name`);
        (await import('node:fs')).writeFileSync(values.begun, String(row?.name));
        // until it is stopped
        for (;;) await op.query('select 1');
      });
      await writeRevisions(application, { aaaa1: table('a'), bbbb2 });
      const run = await application.startDb(['verify', '--all'], { SCRATCH: scratchOption(engine) });
      let name = '';
      while (name === '') {
        await pause(50);
        name = await readFile(begun, 'utf8').catch(() => '');
      }
      expect(await scratchDatabases(engine)).toContain(name);
      run.kill(signal);
      const { code, stdout, stderr } = await run.exited;
      const told = 'Error: The run was stopped in a rehearsal: it has changed nothing.\n';
      expect([code, stdout, stderr]).toEqual([expected, '', expect.stringContaining(told)]);
      expect(await scratchDatabases(engine)).not.toContain(name);
    },
  );
});

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type MigrationModuleOptions } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { allEngines } from '../../support/engines.ts';
import { queryDatabase, tablesOf } from '../../support/inspect.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario, type Revisions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
  delete process.env['NEST_MIGRATE_ON_BOOTSTRAP'];
  delete process.env['NEST_MIGRATE_WHEN_AHEAD'];
});

const table = (name: string): RevisionCode =>
  given({ name }, (op, values) => op.createTable(values.name, { columns: { id: { type: 'integer', primary: true } } }));
/** What the older version of the application knows, and what the newer one has beside. */
const older = { aaaa: table('a'), bbbb: table('b') };
const newer = { ...older, cccc: table('c'), dddd: table('d') };

async function fresh(engine: (typeof allEngines)[number]): Promise<TestDatabase> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  return database;
}

interface Booted {
  readonly started: Scenario | undefined;
  readonly error: unknown;
  readonly warnings: readonly string[];
}

/** Boots an application and tells what became of it. It still runs afterwards where it started. */
async function booted(
  database: TestDatabase,
  module: MigrationModuleOptions,
  revisions: Revisions = older,
): Promise<Booted> {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  try {
    const started = await scenario(database.engine, { database, revisions, module });
    return { started, error: undefined, warnings: warn.mock.calls.map(([message]) => String(message)) };
  } catch (error) {
    return { started: undefined, error, warnings: [] };
  } finally {
    jest.restoreAllMocks();
  }
}

/** Boots an application that ends again at once. */
async function bootedOnce(...args: Parameters<typeof booted>): Promise<Omit<Booted, 'started'> & { started: boolean }> {
  const { started, ...rest } = await booted(...args);
  await started?.end();
  return { started: started !== undefined, ...rest };
}

describe.each(allEngines)('a boot on %s', (engine) => {
  it('that verifies refuses to start behind head, changes nothing, and starts once the database is there', async () => {
    const database = await fresh(engine);
    const { error } = await bootedOnce(database, { onBootstrap: 'verify' });
    expect(error).toMatchObject({ code: 'DATABASE_BEHIND', pending: ['aaaa', 'bbbb'], rows: [] });
    expect(String(error)).toContain('it is at base, and 2 revisions (aaaa is next) are not applied');
    expect(await tablesOf(database)).toEqual([]);

    await bootedOnce(database, { onBootstrap: 'upgrade', target: 'aaaa' });
    expect(await bootedOnce(database, { onBootstrap: 'verify' })).toMatchObject({
      error: { pending: ['bbbb'], rows: ['aaaa'] },
    });
    expect(await bootedOnce(database, { onBootstrap: 'verify', target: 'aaaa' })).toMatchObject({ started: true });
    await bootedOnce(database, { onBootstrap: 'upgrade' });
    expect(await bootedOnce(database, { onBootstrap: 'verify' })).toMatchObject({ started: true, warnings: [] });
    // what it needs is below what is there
    expect(await bootedOnce(database, { onBootstrap: 'verify', target: 'aaaa' })).toMatchObject({ started: true });
  });

  it('that waits gives up in time, saying what is missing', async () => {
    const database = await fresh(engine);
    const { error } = await bootedOnce(database, { onBootstrap: 'wait', waitTimeout: 50 });
    expect(error).toMatchObject({ code: 'UPGRADE_AWAITED', pending: ['aaaa', 'bbbb'] });
    expect(await tablesOf(database)).toEqual([]);
  });

  it('starts on a database that a newer version has upgraded, with a warning, whatever it would have done', async () => {
    const database = await fresh(engine);
    await bootedOnce(database, { onBootstrap: 'upgrade' }, newer);
    const before = await tablesOf(database);
    for (const onBootstrap of ['verify', 'wait', 'upgrade'] as const) {
      expect(await bootedOnce(database, { onBootstrap })).toEqual({
        started: true,
        error: undefined,
        warnings: [
          'The database is ahead of this application: a newer version of it has applied dddd. Starting without an upgrade.',
        ],
      });
      const refused = await bootedOnce(database, { onBootstrap, whenAhead: 'refuse' });
      expect(refused.error).toMatchObject({ code: 'DATABASE_AHEAD', unknown: ['dddd'] });
    }
    process.env['NEST_MIGRATE_WHEN_AHEAD'] = 'refuse';
    expect((await bootedOnce(database, { onBootstrap: 'upgrade' })).error).toMatchObject({ code: 'DATABASE_AHEAD' });
    process.env['NEST_MIGRATE_WHEN_AHEAD'] = 'start';
    expect(await bootedOnce(database, { onBootstrap: 'upgrade', whenAhead: 'refuse' })).toMatchObject({
      started: true,
    });
    expect(await tablesOf(database)).toEqual(before);
  });

  it('refuses what nothing shows to stand on its own revisions, unless it is told to start', async () => {
    const database = await fresh(engine);
    await bootedOnce(database, { onBootstrap: 'upgrade', history: false }, newer);
    const unproven = await bootedOnce(database, { onBootstrap: 'upgrade' });
    expect(unproven.error).toMatchObject({ code: 'DATABASE_AHEAD', unknown: ['dddd'] });
    expect(String(unproven.error)).toContain('its history does not show that bbbb is applied');
    expect(await bootedOnce(database, { onBootstrap: 'verify', whenAhead: 'start' })).toMatchObject({
      started: true,
      warnings: [
        expect.stringContaining("no script of this application has; starting all the same, since whenAhead is 'start'"),
      ],
    });
  });

  it('refuses a database that is ahead on one branch and behind on another', async () => {
    const database = await fresh(engine);
    await bootedOnce(database, { onBootstrap: 'upgrade' }, newer);
    const diverged = { ...older, eeee: { upgrade: table('e'), down: 'bbbb' } };
    const { error } = await bootedOnce(database, { onBootstrap: 'verify' }, diverged);
    expect(error).toMatchObject({ code: 'DATABASE_AHEAD' });
    expect(String(error)).toContain('its history does not show that eeee is applied');
  });

  it('trusts what a stamp says of the revisions below it', async () => {
    const database = await fresh(engine);
    const stamping = await scenario(engine, { database, revisions: newer });
    await stamping.migrations.stamp({ revisions: 'head' });
    await stamping.end();
    expect(await bootedOnce(database, { onBootstrap: 'verify' })).toMatchObject({ started: true });
  });
});

describe.each(['postgres', 'mysql', 'mariadb'] as const)('a boot on %s that waits', (engine) => {
  it('starts as soon as another process has upgraded the database', async () => {
    const database = await fresh(engine);
    const upgrading = await scenario(engine, { database, revisions: older });
    const waiting = booted(database, { onBootstrap: 'wait' });
    await upgrading.migrations.upgrade({ target: 'aaaa' });
    await upgrading.migrations.upgrade();
    const { started, error } = await waiting;
    expect(error).toBeUndefined();
    await started!.end();
    await upgrading.end();
  });
});

it('the environment decides over the option, and a word that there is not is refused', async () => {
  const database = await fresh('sqlite');
  process.env['NEST_MIGRATE_ON_BOOTSTRAP'] = 'verify';
  expect((await bootedOnce(database, { onBootstrap: 'upgrade' })).error).toMatchObject({ code: 'DATABASE_BEHIND' });
  process.env['NEST_MIGRATE_ON_BOOTSTRAP'] = 'await';
  expect(String((await bootedOnce(database, {})).error)).toMatch(
    /NEST_MIGRATE_ON_BOOTSTRAP.* can't be 'await'.*'off', 'verify', 'wait' or 'upgrade'/,
  );
});

describe('the port of the startup probe', () => {
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };
  /** What a revision gets that asks, while it runs. */
  const asking = (port: number, fails = false): RevisionCode =>
    given({ port, fails }, async (op, values) => {
      const response = await fetch(`http://127.0.0.1:${values.port}/`).catch(() => undefined);
      await op.execute(`create table answer_${response?.status ?? 'none'} (n int)`);
      if (values.fails) throw new Error(`status ${response?.status}`);
    });

  it('is free again once the boot has failed', async () => {
    const port = await freePort();
    const probe = { port, host: '127.0.0.1' };
    const database = await fresh('sqlite');
    const failing = { aaaa: asking(port, true) };
    const { error } = await bootedOnce(database, { onBootstrap: 'upgrade', probe }, failing);
    expect(String(error)).toContain('status 200');
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
  });

  it('is left alone where the boot does nothing, and by commands', async () => {
    const port = await freePort();
    const { started } = await booted(
      await fresh('sqlite'),
      { onBootstrap: 'off', probe: { port, host: '127.0.0.1' } },
      { aaaa: asking(port) },
    );
    await started?.migrations.upgrade();
    expect(await tablesOf(started!.database)).toContain('answer_none');
    await started?.end();
  });

  it.each([
    [{ port: 0 }, "'probe.port' of MigrationModule is no port from 1 to 65535: 0"],
    [{ port: Number('x') }, "'probe.port' of MigrationModule is no port from 1 to 65535: NaN"],
    [{ port: 3000, path: 'live' }, "'probe.path' of MigrationModule is no path: 'live'"],
    [{ port: 3000, path: '/live?x' }, "'probe.path' of MigrationModule is no path: '/live?x'"],
    [{ port: 3000, host: '' }, "'probe.host' of MigrationModule is empty"],
    [{ port: 3000, hosts: '::' }, "'probe.hosts' of MigrationModule is not known. Did you mean 'host'?"],
    [3000, "'probe' of MigrationModule is no object: 3000"],
  ])('has to be one: %j', async (probe, message) => {
    const { error } = await bootedOnce(await fresh('sqlite'), { probe: probe as MigrationModuleOptions['probe'] });
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(message) });
  });
});

describe.each(enginesByDialect('boot-modes'))('the status on %s', (engine) => {
  it('says where the database stands, what waits and what was done last, and leaves everything as it is', async () => {
    const database = await fresh(engine);
    const at = await scenario(engine, { database, revisions: newer });
    expect(await at.migrations.status()).toEqual({
      standing: 'behind',
      rows: [],
      pending: ['aaaa', 'bbbb', 'cccc', 'dddd'].map((revision) => expect.objectContaining({ revision })),
      unknown: [],
      squashes: [],
      unfinished: null,
      lock: null,
      last: null,
      mark: null,
    });
    expect(await at.migrations.current()).toMatchObject({ rows: [] });
    await at.migrations.upgrade({ target: 'cccc' });
    const before = Date.now();
    const behind = await at.migrations.status();
    expect(behind).toMatchObject({
      standing: 'behind',
      rows: ['cccc'],
      pending: [{ revision: 'dddd' }],
      last: { revision: 'cccc', direction: 'upgrade', client: expect.stringMatching(/, pid \d+$/) },
    });
    expect(behind.last?.appliedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(before - Date.parse(behind.last?.appliedAt ?? ''))).toBeLessThan(60_000);
    await at.migrations.upgrade();
    expect(await at.migrations.status()).toMatchObject({ standing: 'head', rows: ['dddd'], pending: [] });
    await at.end();

    // the older version of the application finds a database of the newer one
    const old = await scenario(engine, { database, revisions: older });
    expect(await old.migrations.status()).toMatchObject({ standing: 'ahead', rows: ['dddd'], unknown: ['dddd'] });
    await old.end();
    const another = await scenario(engine, { database, revisions: { xxxx: '' } });
    expect(await another.migrations.status()).toMatchObject({ standing: 'foreign', unknown: ['dddd'] });
    await another.end();
    const none = await scenario(engine, { database: await fresh(engine), revisions: {} });
    expect(await none.migrations.status()).toMatchObject({ standing: 'head', rows: [], pending: [] });
    await none.end();
  });
});

describe.each(enginesByDialect('boot-modes'))('the history on %s', (engine) => {
  it('has a line for each revision that was applied, undone or marked, with what it stands on', async () => {
    const database = await fresh(engine);
    const at = await scenario(engine, {
      database,
      revisions: { ...older, cccc: { down: 'aaaa' }, dddd: { down: ['bbbb', 'cccc'] } },
    });
    await at.migrations.upgrade({ target: 'bbbb' });
    await at.migrations.downgrade();
    await at.migrations.stamp({ revisions: 'dddd' });
    await at.migrations.stamp({ revisions: 'base' });
    await at.end();
    const lines = await queryDatabase(database, 'select * from nest_migrate_history order by id');
    expect(
      lines.map(({ direction, revision, parents }) => [direction, revision, JSON.parse(String(parents)) as unknown]),
    ).toEqual([
      ['upgrade', 'aaaa', []],
      ['upgrade', 'bbbb', ['aaaa']],
      ['downgrade', 'bbbb', ['aaaa']],
      ['stamp', 'bbbb', ['aaaa']],
      ['stamp', 'cccc', ['aaaa']],
      ['stamp', 'dddd', ['bbbb', 'cccc']],
      ['stamp', null, []],
    ]);
    for (const line of lines) {
      expect(line).toMatchObject({
        tool_version: expect.stringMatching(/^\d/),
        client: expect.stringMatching(/@.*, pid \d+$/),
      });
      expect(Number(line['duration_ms'])).toBeGreaterThanOrEqual(0);
    }
  });
});

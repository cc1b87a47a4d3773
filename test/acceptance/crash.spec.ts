/**
 * Processes that die while they upgrade, killed by signal 9 at every write to the database: before it, after it, and a
 * moment later. Whatever the moment, another `db upgrade` reaches head, and everything has taken effect once.
 *
 * The servers keep every safety on. A few moments in every run; `npm run test:crash` takes all of them, at least 200 an engine.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { contentsOf, failureToGoOn, writeHistory } from '../support/crash-history.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { engineNames, type ServerEngine, serverEngines } from '../support/engines.ts';
import { TEST_LIMIT } from '../support/limits.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { type Server, startPgbouncer } from '../support/servers/index.ts';
import { starters } from '../support/servers/start-servers.ts';

/** How many moments an engine gets; they are spread over all that there are. */
const POINTS = Number(process.env['CRASH_POINTS'] ?? 3);
/** Other moments in other runs. */
const SEED = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e6));
/** Only these, as they are told when they fail: CRASH_AT=12:after,30:later */
const ONLY = process.env['CRASH_AT']?.split(',');
const MOMENTS = ['before', 'after', 'later'] as const;
const preload = `--import ${pathToFileURL(resolve(import.meta.dirname, '..', 'support', 'kill-at-write.mjs')).href}`;

const places = [
  ...serverEngines.map((engine) => ({ engine, place: engineNames[engine] })),
  { engine: 'postgres', place: 'PgBouncer' },
] as const;

const started = new Map<ServerEngine, Promise<Server>>();
afterAll(async () => {
  for (const server of started.values()) await (await server).stop();
});

/** One of PostgreSQL for both ways to it. */
async function durable(engine: ServerEngine): Promise<Server> {
  const server = started.get(engine) ?? starters[engine]({ durable: true });
  started.set(engine, server);
  return server;
}

describe.each(places)('a process that is killed while it upgrades by way of $place', ({ engine, place }) => {
  let server: Server;
  let folder: TemporaryFolder;
  let expected: string;
  let writes: number;
  let count = 0;
  let pooler: Server | undefined;
  // behind a pooler the lock and the statements have connections of their own
  const environmentOf = ({ env }: TestDatabase): Readonly<Record<string, string>> =>
    pooler === undefined ? env : { ...env, DB_PORT: String(pooler.port), LOCK: 'transaction' };

  beforeAll(async () => {
    folder = await temporaryFolder('crash');
    server = await durable(engine);
    if (place === 'PgBouncer') pooler = await startPgbouncer(server);
    const database = await createDatabase(engine, { server });
    const application = new TestApplication(folder.path, environmentOf(database));
    await writeHistory(application);
    const counted = join(folder.path, 'writes');
    const all = await application.dbProcess(['upgrade'], { NODE_OPTIONS: preload, COUNT_WRITES: counted });
    expect([all.code, all.stderr]).toEqual([0, expect.any(String)]);
    writes = Number(await readFile(counted, 'utf8'));
    expected = await contentsOf(database);
    await database.drop();
  });
  afterAll(async () => {
    await folder.remove();
    await pooler?.stop();
    process.stderr.write(`Kill points on ${place}: ${count} of ${writes * MOMENTS.length} (CRASH_SEED=${SEED})\n`);
  });

  it(
    'leaves a database that the next upgrade brings to head, with everything done once',
    async () => {
      const all = Array.from({ length: writes }, (_, index) =>
        MOMENTS.map((moment) => `${index + 1}:${moment}`),
      ).flat();
      const step = Math.max(1, all.length / POINTS);
      const chosen = Array.from(
        { length: Math.min(POINTS, all.length) },
        (_, index) => all[Math.floor(index * step + (SEED % Math.max(1, Math.floor(step)))) % all.length],
      );
      const points = [...(ONLY ?? chosen)];
      const chances = points.length;
      const failures: string[] = [];
      const next = async (): Promise<void> => {
        for (let point = points.shift(); point !== undefined; point = points.shift()) {
          const { isKilled, failure } = await killedAt(point, { engine, server, folder, expected, environmentOf });
          if (failure !== undefined) failures.push(`${point}: ${failure}`);
          if (isKilled) count += 1;
        }
      };
      await Promise.all([next(), next()]);
      expect(failures).toEqual([]);
      // a process may have ended in the two milliseconds after its last write, or have had fewer to make
      expect(count).toBeGreaterThanOrEqual(Math.floor(chances * 0.95) - 1);
    },
    TEST_LIMIT + POINTS * 60_000,
  );
});

/** Whether a process was killed, and what is wrong once another has gone on; nothing where all is well. */
async function killedAt(
  point: string,
  {
    engine,
    server,
    folder,
    expected,
    environmentOf,
  }: {
    readonly engine: ServerEngine;
    readonly server: Server;
    readonly folder: TemporaryFolder;
    readonly expected: string;
    readonly environmentOf: (database: TestDatabase) => Readonly<Record<string, string>>;
  },
): Promise<{ readonly isKilled: boolean; readonly failure?: string }> {
  const database = await createDatabase(engine, { server });
  try {
    const application = new TestApplication(folder.path, environmentOf(database));
    const killed = await application.dbProcess(['upgrade'], { NODE_OPTIONS: preload, KILL_AT: point });
    const isKilled = killed.signal === 'SIGKILL';
    if (!isKilled && killed.code !== 0) return { isKilled, failure: `ended with ${killed.code}: ${killed.stderr}` };
    const failure = await failureToGoOn(application, database, expected);
    return failure === undefined ? { isKilled } : { isKilled, failure };
  } finally {
    await database.drop();
  }
}

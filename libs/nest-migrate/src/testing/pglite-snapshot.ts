import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MikroORM, type Options } from '@mikro-orm/sql';
import { DatabaseInUseError } from '../errors/database.errors.js';
import { type FolderLock, lockFileOf, lockFolder } from '../runtime/folder-lock.js';
import { nodeByteFiles, nodeFileSystem } from '../script/file-system.js';
import { type DatabaseSetup } from './database-setup.js';
import { type DatabaseAtHead, WEEK_MS } from './database-at-head.js';
import { clusterKey, instanceOptions } from '../rehearsal/pglite-cluster.js';
import { NO_ENTITIES, upgradeOrm, withOrm } from './upgrade-orm.js';

/**
 * The part of PGlite that is used. It is reached through the ORM, since the driver's own dependency may not be
 * importable here.
 */
interface Pglite {
  readonly closed: boolean;
  close(): Promise<void>;
  dumpDataDir(compression: 'none'): Promise<Blob>;
}

/** A PGlite at head, loaded from the dump that the first test process made. */
export async function pgliteAtHead(setup: DatabaseSetup): Promise<DatabaseAtHead> {
  const dump = await keptDump(setup);
  // stays open: it owns the instance, and gave it the parsers of MikroORM, which other ORMs on it need
  const keeper = (await MikroORM.init({ ...inMemory(setup, dump), ...NO_ENTITIES })) as MikroORM;
  const pglite = await instanceOf(keeper);
  return {
    coordinates: { dbName: IN_MEMORY, driverOptions: { ...instanceOptions(setup.orm), pglite } },
    close: async () => {
      await keeper.close(true);
      // an ORM that has sent no query leaves it open
      if (!pglite.closed) await pglite.close();
    },
  };
}

const IN_MEMORY = 'memory://';
const DUMP = '.pglite';
const EMPTY = '.pglite-empty';
/** Enough for a few branches and applications side by side. */
const KEPT_DUMPS = 6;

type Dump = Uint8Array<ArrayBuffer>;

/** The options of an ORM on a PGlite of its own, which begins with what the dump holds. */
function inMemory({ orm }: DatabaseSetup, dump?: Dump): Partial<Options> {
  const options = instanceOptions(orm);
  if (dump === undefined) return { ...orm, dbName: IN_MEMORY, driverOptions: options };
  // as a function, since MikroORM copies options deeply, which a Blob does not survive
  const driverOptions = (): object => ({ ...options, loadDataDir: new Blob([dump]) });
  return { ...orm, dbName: IN_MEMORY, driverOptions };
}

async function instanceOf(orm: MikroORM): Promise<Pglite> {
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<Pglite> };
  return connection.getNativeClient();
}

/** What this process is fetching or making at the moment. To wait for itself by a lock would take for ever. */
const underWay = new Map<string, Promise<Dump>>();

/** The dump of this setup. Of all that need it at once, in this process and others, one makes it and the rest wait. */
async function keptDump(setup: DatabaseSetup): Promise<Dump> {
  const { key } = setup;
  const dump = underWay.get(key) ?? fetchDump(setup).finally(() => underWay.delete(key));
  underWay.set(key, dump);
  return dump;
}

async function fetchDump(setup: DatabaseSetup): Promise<Dump> {
  const folder = join(tmpdir(), `nest-migrate-testing-${process.getuid?.() ?? 0}`);
  const file = join(folder, nameOf(setup.key, DUMP));
  const found = await readKept(file);
  if (found !== null) return found;
  const lock = await lockOf(folder, file, setup);
  try {
    const madeMeanwhile = await readKept(file);
    if (madeMeanwhile !== null) return madeMeanwhile;
    const dump = await makeDump(setup, folder);
    // a temporary folder that can't be written costs time, not the test
    await keep(folder, file, dump).catch(() => undefined);
    return dump;
  } finally {
    lock?.release();
    // a process that has the removed file open finds the dump; without one, two make it, and one of the two is kept
    await nodeFileSystem.remove(lockFileOf(file)).catch(() => undefined);
  }
}

/**
 * Applies the revisions to an empty PGlite. To initialise one takes seconds, so the first one is kept before anything
 * is applied to it, for every setup that differs only in its revisions.
 */
async function makeDump(setup: DatabaseSetup, folder: string): Promise<Dump> {
  const key = await clusterKey(setup.orm, setup.host.cwd);
  const file = key === undefined ? undefined : join(folder, nameOf(key, EMPTY));
  const empty = file === undefined ? null : await readKept(file);
  return withOrm(inMemory(setup, empty ?? undefined), async (orm) => {
    if (file !== undefined && empty === null) await keep(folder, file, await dumpOf(orm)).catch(() => undefined);
    await upgradeOrm(orm, setup);
    return dumpOf(orm);
  });
}

async function dumpOf(orm: MikroORM): Promise<Dump> {
  const dump = await (await instanceOf(orm)).dumpDataDir('none');
  return new Uint8Array(await dump.arrayBuffer());
}

/** `null` where there is no such file, or another content than was written: PGlite could end the process on that. */
async function readKept(file: string): Promise<Dump | null> {
  const bytes = await nodeByteFiles.read(file);
  const dump = bytes?.subarray(DIGEST_BYTES) ?? null;
  return dump !== null && digestOf(dump).equals(bytes?.subarray(0, DIGEST_BYTES) ?? dump) ? dump : null;
}

const DIGEST_BYTES = 32;

function digestOf(dump: Uint8Array): Buffer {
  return createHash('sha256').update(dump).digest();
}

function nameOf(key: string, suffix: string): string {
  return `${key.slice(0, 32)}${suffix}`;
}

async function lockOf(folder: string, file: string, { host }: DatabaseSetup): Promise<FolderLock | undefined> {
  for (;;) {
    try {
      await nodeFileSystem.makeFolder(folder);
      return await lockFolder(file, host, new Date());
    } catch (error) {
      if (!(error instanceof DatabaseInUseError)) return undefined;
    }
    await pause(100);
  }
}

/** Publishes a dump and removes those that are no longer needed: each takes some 40 MB. */
async function keep(folder: string, file: string, dump: Uint8Array): Promise<void> {
  await nodeByteFiles.publish(file, Buffer.concat([digestOf(dump), dump]));
  const found: { path: string; modifiedMs: number }[] = [];
  for (const { name } of await nodeFileSystem.list(folder)) {
    const path = join(folder, name);
    const info = await nodeFileSystem.stat(path);
    if (info?.kind === 'file') found.push({ path, modifiedMs: info.modifiedMs });
  }
  const newestFirst = found.sort((a, b) => b.modifiedMs - a.modifiedMs);
  const dumps = newestFirst.filter(({ path }) => path.endsWith(DUMP));
  const superfluous = new Set(dumps.slice(KEPT_DUMPS));
  for (const entry of newestFirst) {
    if (superfluous.has(entry) || Date.now() - entry.modifiedMs > WEEK_MS) await nodeFileSystem.remove(entry.path);
  }
}

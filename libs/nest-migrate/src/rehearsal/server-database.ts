import { randomBytes } from 'node:crypto';
import { type MikroORM } from '@mikro-orm/sql';
import { type ScratchTemplates, type ScratchTraits } from '../engines/scratch/scratch.js';
import { connectionError } from '../engines/session/connection-error.js';
import { type WayToServer } from '../engines/session/lock.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { ScratchForbiddenError, ScratchPooledError } from '../errors/rehearsal.errors.js';
import { errorText } from '../errors/thrown.js';
import { wayToServer } from '../runtime/side-session.js';
import { chainKeys } from './revision-chain.js';
import { type ScratchDatabase, type ScratchRequest } from './scratch-database.js';
import { onOneConnection, withPlainOrm } from './scratch-orm.js';
import { type ServerPlace } from './scratch-place.js';
import { beyondLimits, findSnapshotFile, keepSnapshotFile } from './snapshot-files.js';

/** The beginning of the name of each scratch database. */
const PREFIX = 'nest_migrate_scratch_';
/** The same for databases that are kept to be copied. */
const SNAPSHOT_PREFIX = 'nest_migrate_snapshot_';

type Request = Pick<ScratchRequest, 'keep' | 'versionTable' | 'chain' | 'settings' | 'warn'> & {
  readonly traits: ScratchTraits | undefined;
};

/** Creates a database on a server for `work`, and drops it afterwards. */
export async function withDatabaseOnServer<T>(
  place: ServerPlace,
  request: Request,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { server } = place;
  // the lock of an owner lasts as long as its session
  return onServer(place, async (session, address, way) => {
    // by a lock on a session of others, a database in use would be taken for one that is left
    if ((await server.keepsSession?.(session, way)) === false) throw new ScratchPooledError(address);
    await removeLeftOvers(place, session);
    const name = newName();
    const keys = chainKeys(request.chain, JSON.stringify([await server.version(session), request.traits ?? null]));
    await server.hold(session, name);
    try {
      const steps = await create(place, { ...request, session, name, keys }).catch(async (error: unknown) => {
        if (!server.isForbidden(error)) throw error;
        throw new ScratchForbiddenError(address, await server.grant(session, PREFIX), error);
      });
      return await work({
        coordinates: { ...place.coordinates, dbName: name },
        name,
        traits: request.traits,
        steps,
        isSlowToCreate: false,
        keepSnapshot: (orm, taken) => keepSnapshot(place, { ...request, session, name, key: keys[taken], orm }),
      });
    } finally {
      const end = request.keep ? server.unmark(session, name, request.versionTable) : server.drop(session, name);
      await end.catch((error: unknown) => {
        request.warn(`The scratch database ${name} stays until the next rehearsal: ${errorText(error)}`);
      });
    }
  });
}

function newName(): string {
  return `${PREFIX}${randomBytes(12).toString('hex')}`;
}

interface Creation extends Request {
  readonly session: SqlSession;
  readonly name: string;
  readonly keys: readonly string[];
}

/** Creates the database, from a snapshot where there is one. Returns the number of steps that it holds. */
async function create(place: ServerPlace, creation: Creation): Promise<number | undefined> {
  const { server, coordinates } = place;
  const { session, name, keys, traits, versionTable, settings } = creation;
  if (settings.snapshots.count > 0 && server.templates !== undefined) {
    const at = await copyTemplate(server.templates, creation);
    if (at !== undefined) return at;
  }
  await server.create(session, name, traits, versionTable);
  if (server.dump === undefined) return undefined;
  const found = await findSnapshotFile(keys, settings.snapshots);
  if (found === undefined) return undefined;
  const statements = JSON.parse(Buffer.from(found.bytes).toString('utf8')) as readonly string[];
  await withPlainOrm({ ...coordinates, dbName: name }, (orm) =>
    onOneConnection(orm, async (loading) => {
      for (const sql of statements) await loading.execute(sql);
    }),
  );
  return found.at;
}

async function copyTemplate(
  templates: ScratchTemplates,
  { session, name, keys }: Creation,
): Promise<number | undefined> {
  const there = new Set((await templates.list(session, SNAPSHOT_PREFIX)).map((template) => template.name));
  const at = keys.findLastIndex((key) => there.has(SNAPSHOT_PREFIX + key));
  if (at < 0) return undefined;
  const template = `${SNAPSHOT_PREFIX}${keys[at]}`;
  try {
    await templates.copy(session, template, name);
  } catch {
    // another rehearsal has dropped it, or holds it: the revisions run instead
    return undefined;
  }
  await templates.touch(session, template).catch(() => undefined);
  return at;
}

interface Keeping extends Request {
  readonly session: SqlSession;
  readonly name: string;
  readonly key: string | undefined;
  readonly orm: MikroORM;
}

async function keepSnapshot({ server }: ServerPlace, { session, name, key, orm, ...request }: Keeping): Promise<void> {
  const { settings } = request;
  if (key === undefined) return;
  if (server.templates !== undefined) {
    // a database is copied only while no session is connected to it; the ORM connects again by itself
    await orm.em.getConnection().close();
    await keepTemplate(server, server.templates, { ...request, session, name, key });
    return;
  }
  const statements = await onOneConnection(orm, async (dumping) => server.dump?.(dumping));
  if (statements === undefined) return;
  await keepSnapshotFile(key, Buffer.from(JSON.stringify(statements)), settings.snapshots);
}

async function keepTemplate(
  server: ServerPlace['server'],
  templates: ScratchTemplates,
  { session, name, key, settings }: Omit<Keeping, 'orm'>,
): Promise<void> {
  const kept = `${SNAPSHOT_PREFIX}${key}`;
  const draft = newName();
  await server.hold(session, draft);
  try {
    await templates.copy(session, name, draft);
    await templates.seal(session, draft, kept);
  } catch {
    // another rehearsal has kept the same
    await templates.drop(session, draft);
  }
  for (const { name: old } of beyondLimits(await templates.list(session, SNAPSHOT_PREFIX), settings.snapshots)) {
    await templates.drop(session, old).catch(() => undefined);
  }
}

/** Drops what rehearsals have left whose processes are dead, on whatever host they were. */
async function removeLeftOvers(place: ServerPlace, session: SqlSession): Promise<void> {
  const { server } = place;
  for (const { name, isMarked } of await server.list(session, PREFIX)) {
    if (await server.isHeld(session, name)) continue;
    if (!isMarked && !(await isEmpty(place, name))) continue;
    // another rehearsal may drop it at the same time, and one of another role can't be dropped
    await server.drop(session, name).catch(() => undefined);
  }
}

/** Whether a database without a mark holds nothing: its owner died before it could mark it. */
async function isEmpty({ server, coordinates }: ServerPlace, name: string): Promise<boolean> {
  const look = (orm: MikroORM): Promise<boolean> => onOneConnection(orm, (session) => server.isEmpty(session));
  return withPlainOrm({ ...coordinates, dbName: name }, look).catch(() => false);
}

/** Runs `work` on one connection to a server, in a database that it has anyway. */
export async function onServer<T>(
  { management, coordinates }: Pick<ServerPlace, 'management' | 'coordinates'>,
  work: (session: SqlSession, address: string, way: WayToServer) => Promise<T>,
): Promise<T> {
  return withPlainOrm({ ...coordinates, dbName: management }, async (orm) => {
    const {
      host = 'localhost',
      port,
      user = '',
    } = orm.em.getConnection().getConnectionOptions() as {
      host?: string;
      port?: number;
      user?: string;
    };
    let isConnected = false;
    try {
      return await onOneConnection(orm, (session) => {
        isConnected = true;
        return work(session, port === undefined ? host : `${host}:${port}`, wayToServer(orm));
      });
    } catch (error) {
      const address = { host, port, user, database: management };
      throw (isConnected ? undefined : connectionError(error, address)) ?? error;
    }
  });
}

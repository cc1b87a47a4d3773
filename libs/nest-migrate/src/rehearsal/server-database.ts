import { randomBytes } from 'node:crypto';
import { type MikroORM } from '@mikro-orm/sql';
import { type ScratchTraits } from '../engines/scratch/scratch.js';
import { connectionError } from '../engines/session/connection-error.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { ScratchForbiddenError } from '../errors/rehearsal.errors.js';
import { errorText } from '../errors/thrown.js';
import { type ScratchDatabase } from './scratch-database.js';
import { onOneConnection, withPlainOrm } from './scratch-orm.js';
import { type ServerPlace } from './scratch-place.js';

/** The beginning of the name of each scratch database. */
const PREFIX = 'nest_migrate_scratch_';

interface Wishes {
  readonly traits: ScratchTraits | undefined;
  readonly keep: boolean;
  readonly versionTable: string;
  warn(message: string): void;
}

/** Creates a database on a server for `work`, and drops it afterwards. */
export async function withDatabaseOnServer<T>(
  place: ServerPlace,
  { traits, keep, versionTable, ...wishes }: Wishes,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { server } = place;
  // the lock of the owner lasts as long as this session
  return onServer(place, async (session, address) => {
    await removeLeftOvers(place, session);
    const name = `${PREFIX}${randomBytes(12).toString('hex')}`;
    await server.hold(session, name);
    try {
      await server.create(session, name, traits, versionTable).catch(async (error: unknown) => {
        if (!server.isForbidden(error)) throw error;
        throw new ScratchForbiddenError(address, await server.grant(session, PREFIX), error);
      });
      return await work({ coordinates: { ...place.coordinates, dbName: name }, name, traits });
    } finally {
      await (keep ? server.unmark(session, name, versionTable) : server.drop(session, name)).catch((error: unknown) => {
        wishes.warn(`The scratch database ${name} stays until the next rehearsal: ${errorText(error)}`);
      });
    }
  });
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

/** Runs `work` on one connection to a server, outside of the scratch databases. */
async function onServer<T>(
  { management, coordinates }: ServerPlace,
  work: (session: SqlSession, address: string) => Promise<T>,
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
        return work(session, port === undefined ? host : `${host}:${port}`);
      });
    } catch (error) {
      const address = { host, port, user, database: management };
      throw (isConnected ? undefined : connectionError(error, address)) ?? error;
    }
  });
}

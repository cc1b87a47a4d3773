import { type MikroORM } from '@mikro-orm/sql';
import { chainKeys } from './revision-chain.js';
import { clusterKey } from './pglite-cluster.js';
import { type ScratchDatabase, type ScratchRequest } from './scratch-database.js';
import { type Coordinates } from './scratch-place.js';
import { findSnapshotFile, keepSnapshotFile } from './snapshot-files.js';

/** The part of PGlite that is used. It is reached through the ORM, since the driver's own dependency may not be importable. */
interface Pglite {
  dumpDataDir(compression: 'none'): Promise<Blob>;
}

/** Opens a PGlite in memory for `work`. It ends with the ORM that uses it. */
export async function withScratchMemory<T>(
  coordinates: Coordinates,
  { chain, settings, host }: ScratchRequest,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const driverOptions = coordinates.driverOptions as Readonly<Record<string, unknown>>;
  const cluster = await clusterKey({ driverOptions }, host.cwd);
  // what an option does that is a function, nothing tells
  const keys = cluster === undefined ? [] : chainKeys(chain, `pglite ${cluster}`);
  const found = await findSnapshotFile(keys, settings.snapshots);
  // as a function, since MikroORM copies options deeply, which a Blob does not survive
  const loading = found && (() => ({ ...driverOptions, loadDataDir: new Blob([found.bytes]) }));
  return work({
    coordinates: { ...coordinates, driverOptions: loading ?? driverOptions },
    steps: found?.at,
    // initdb takes seconds
    isSlowToCreate: true,
    keepSnapshot: async (orm, steps) => {
      const key = keys[steps];
      if (key === undefined) return;
      const dump = await (await instanceOf(orm)).dumpDataDir('none');
      await keepSnapshotFile(key, new Uint8Array(await dump.arrayBuffer()), settings.snapshots);
    },
  });
}

async function instanceOf(orm: MikroORM): Promise<Pglite> {
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<Pglite> };
  return connection.getNativeClient();
}

import { join } from 'node:path';
import { type Options } from '@mikro-orm/sql';
import { NotOnScratchError } from '../errors/rehearsal.errors.js';
import { nodeByteFiles, nodeFileSystem } from '../script/file-system.js';
import { withOwnedFolder } from './owned-folder.js';
import { chainKeys } from './revision-chain.js';
import { type ScratchDatabase, type ScratchRequest } from './scratch-database.js';
import { onOneConnection, withPlainOrm } from './scratch-orm.js';
import { type Coordinates, onFile } from './scratch-place.js';
import { findSnapshotFile, keepSnapshotFile } from './snapshot-files.js';

/** Creates a folder with a database's file for `work`. */
export async function withScratchFile<T>(
  { orm, engine, host, keep, chain, settings }: ScratchRequest,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const own = orm.config.getAll() as Partial<Options>;
  const keys = chainKeys(chain, `sqlite ${await versionOf(onFile(own, ':memory:'))}`);
  return withOwnedFolder({ kind: 'scratch', host, keep }, async (folder) => {
    const file = join(folder, 'database.sqlite');
    const found = await findSnapshotFile(keys, settings.snapshots);
    if (found !== undefined) await nodeByteFiles.publish(file, found.bytes);
    return work({
      coordinates: onFile(own, file),
      // what a crash of the machine would do to it does not matter
      traits: { options: '', first: [], session: ['pragma synchronous = off'] },
      steps: found?.at,
      isSlowToCreate: false,
      keepSnapshot: async (scratch, steps) => {
        const key = keys[steps];
        if (key === undefined) return;
        const copy = join(folder, 'snapshot.sqlite');
        // what is in the log of the database is in this copy as well
        await onOneConnection(scratch, (session) => session.execute(`vacuum into ${engine.sql.text(copy)}`));
        const bytes = await nodeByteFiles.read(copy);
        if (bytes !== null) await keepSnapshotFile(key, bytes, settings.snapshots);
        await nodeFileSystem.remove(copy);
      },
    });
  });
}

/** @throws NotOnScratchError where something else than the name has led to another database than one in memory. */
async function versionOf(coordinates: Coordinates): Promise<string> {
  return withPlainOrm(coordinates, async (orm) => {
    const [row] = await orm.em
      .getConnection()
      .execute<{ version: string; file: string }[]>(
        "select sqlite_version() as version, file from pragma_database_list where name = 'main'",
      );
    if (row !== undefined && row.file !== '') throw new NotOnScratchError(':memory:', row.file);
    return row?.version ?? '';
  });
}

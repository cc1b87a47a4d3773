import { type MikroORM } from '@mikro-orm/sql';
import { type Engine } from '../engines/engine.js';
import { type ScratchTraits } from '../engines/scratch/scratch.js';
import { type Host } from '../runtime/host.js';
import { withScratchFile } from './scratch-file.js';
import { type Coordinates, placeOf } from './scratch-place.js';
import { type ScratchSettings } from './scratch-settings.js';
import { withDatabaseOnServer } from './server-database.js';

/** What a scratch database is wanted for. */
export interface ScratchRequest {
  /** The application's own ORM. Nothing is sent through it. */
  readonly orm: MikroORM;
  readonly engine: Engine;
  readonly settings: ScratchSettings;
  /** `pglite` asks for PGlite whatever the options say; `same` for the application's own engine. */
  readonly wanted?: 'same' | 'pglite';
  /** Whether the database stays. One in memory never does. */
  readonly keep: boolean;
  readonly host: Host;
  /** The name of the version table that it is going to have. */
  readonly versionTable: string;
  /** Reads what a database on a server is to be like from the application's own; `undefined`: that can't be reached. */
  traits(
    read: NonNullable<Awaited<ReturnType<Engine['scratch']>>['server']>['traits'],
  ): Promise<ScratchTraits | undefined>;
  /** Hears of a scratch database that could not be dropped. */
  warn(message: string): void;
}

/** An empty database that nobody else uses. */
export interface ScratchDatabase {
  readonly coordinates: Coordinates;
  /** Its name; absent where it has none of its own. */
  readonly name?: string;
  readonly traits?: ScratchTraits;
}

/** Creates a scratch database for `work`, which gets it empty. It is gone afterwards, also where `work` fails. */
export async function withScratchDatabase<T>(
  request: ScratchRequest,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { orm, engine, settings, wanted, host, keep } = request;
  const place = await placeOf(orm, engine, settings.on, wanted);
  switch (place.kind) {
    case 'memory':
      return work({ coordinates: place.coordinates });
    case 'file':
      return withScratchFile({ host, keep }, (dbName) =>
        work({
          coordinates: { driver: orm.config.get('driver'), dbName, driverOptions: orm.config.get('driverOptions') },
        }),
      );
    case 'server': {
      const traits = await request.traits((session) => place.server.traits(session));
      return withDatabaseOnServer(place, { ...request, traits }, work);
    }
  }
}

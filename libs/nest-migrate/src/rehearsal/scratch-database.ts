import { type MikroORM } from '@mikro-orm/sql';
import { type Engine } from '../engines/engine.js';
import { type ScratchServer, type ScratchTraits } from '../engines/scratch/scratch.js';
import { type Host } from '../runtime/host.js';
import { withScratchMemory } from './scratch-memory.js';
import { withScratchFile } from './scratch-file.js';
import { type Coordinates, placeOf } from './scratch-place.js';
import { type ScratchSettings } from './scratch-settings.js';
import { type RevisionChain } from './revision-chain.js';
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
  /** What it is going to hold. A snapshot of that, or of a beginning of it, is where it begins. */
  readonly chain: RevisionChain;
  /**
   * Reads what a database on a server is to be like, from the application's own; `undefined`: that can't be reached.
   */
  traits(read: ScratchServer['traits']): Promise<ScratchTraits | undefined>;
  /** Hears of a scratch database that could not be dropped. */
  warn(message: string): void;
}

/** A database that no other work uses. */
export interface ScratchDatabase {
  readonly coordinates: Coordinates;
  /** Its name; absent where it has none of its own. */
  readonly name?: string;
  readonly traits?: ScratchTraits;
  /** The number of steps of the chain that it holds, from a snapshot; absent where it is empty. */
  readonly steps?: number;
  /** Whether a snapshot is worth its time already where it is prepared and no step was taken. */
  readonly isSlowToCreate: boolean;
  /** Keeps a snapshot of it after a number of steps. No session but the ORM's may be using it. */
  keepSnapshot(orm: MikroORM, steps: number): Promise<void>;
}

/** Creates a scratch database for `work`. It is gone afterwards, also where `work` fails. */
export async function withScratchDatabase<T>(
  request: ScratchRequest,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { orm, engine, settings, wanted } = request;
  const place = await placeOf(orm, engine, settings.on, wanted);
  if (place.kind === 'memory') return withScratchMemory(place.coordinates, request, work);
  if (place.kind === 'file') return withScratchFile(request, work);
  const traits = await request.traits((session) => place.server.traits(session));
  return withDatabaseOnServer(place, { ...request, traits }, work);
}

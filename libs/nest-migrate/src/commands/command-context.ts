import { type MikroORM } from '@mikro-orm/sql';
import { VersionTableSharedError } from '../errors/configuration.errors.js';
import { type MigrationEvent, type Emit } from '../runtime/events.js';
import { type Host } from '../runtime/host.js';
import { MigrationDatabase } from '../runtime/migration-database.js';
import { type FileSystem } from '../script/file-system.js';
import { type ResolvedOptions, type ServiceToken } from './options.js';
import { type Wording } from '../errors/wording.js';

export { version } from '../runtime/version.js';
export type { Host } from '../runtime/host.js';
export type { MigrationEvent, Step } from '../runtime/events.js';

/** What every command works on: one connection of one application. */
export interface CommandContext {
  /** The connection's name; `default` where it has none. */
  readonly connection: string;
  readonly orm: MikroORM;
  readonly options: ResolvedOptions;
  readonly host: Host;
  readonly fileSystem: FileSystem;
  /** Where revisions get the services from that they ask for. */
  readonly services: ServiceSource;
  /** The contexts of all connections of the application for the same call, this one among them, as they were registered. */
  readonly all: () => readonly CommandContext[];
}

/** A door that has the application's providers at hand, or says why it has not. */
export type ServiceSource =
  | {
      /** Answers the provider under a token, made anew where it is scoped to a request; rejects where there is none. */
      readonly resolve: (token: ServiceToken) => Promise<unknown>;
    }
  | {
      /** The end of the sentence `Revision … needs the services … and`. */
      readonly reason: string;
      readonly cure: string | Wording;
    };

/** Options that every command takes. */
export interface Common {
  /** Another script directory for this call, resolved as the module's `directory` is. */
  directory?: string;
  /** What revisions find in `op.xArguments`. */
  xArguments?: Readonly<Record<string, string>>;
  /** Stops the command before its next statement. */
  signal?: AbortSignal;
  /** Hears what goes on. An error thrown here fails the command. */
  onEvent?: (event: MigrationEvent) => void;
}

/**
 * The database of a context. Opens nothing.
 *
 * @throws VersionTableSharedError where another connection of the application would move the same rows.
 */
export function databaseOf(context: CommandContext, common: Common = {}): MigrationDatabase {
  const { host, fileSystem } = context;
  const database = new MigrationDatabase(context.orm, context.options, host, fileSystem, emitter(context, common));
  for (const { connection, orm, options, ...parts } of context.all()) {
    if (connection === context.connection) continue;
    const other = new MigrationDatabase(orm, options, parts.host, parts.fileSystem);
    if (database.place === undefined || other.place !== database.place) continue;
    throw new VersionTableSharedError(context.connection, connection, context.options.versionTable);
  }
  return database;
}

/** Adds the connection's name to what the rooms below tell. */
export function emitter(context: CommandContext, { onEvent }: Common): Emit {
  return (event) => onEvent?.({ connection: context.connection, ...event });
}

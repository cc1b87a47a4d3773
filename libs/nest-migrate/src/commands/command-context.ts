import { type MikroORM } from '@mikro-orm/sql';
import { errorText } from '../errors/thrown.js';
import { type MigrationEvent, type Emit } from '../runtime/events.js';
import { type Host } from '../runtime/host.js';
import { type FileSystem } from '../script/file-system.js';
import { type ResolvedOptions, type ScriptPlaces, type ServiceToken } from './options.js';
import { type Wording } from '../errors/wording.js';

export { version } from '../runtime/version.js';
export type { Host } from '../runtime/host.js';
export type { MigrationEvent, Step } from '../runtime/events.js';

/** What a command needs that reads the scripts and asks no database. */
export interface ScriptsContext {
  /** The connection's name; `default` where it has none. */
  readonly connection: string;
  readonly options: ScriptPlaces;
  readonly host: Host;
  readonly fileSystem: FileSystem;
}

/** What a command needs that writes scripts and asks no database. */
export interface FilesContext extends ScriptsContext {
  readonly options: ResolvedOptions;
  /** As {@link CommandContext.all}. */
  readonly all: () => readonly FilesContext[];
}

/** One connection of one application, which a command works on. */
export interface CommandContext extends FilesContext {
  readonly orm: MikroORM;
  /** Where the services that revisions ask for come from. */
  readonly services: ServiceSource;
  /**
   * The contexts of all connections of the application for the same call, with this one, in the order of registration.
   */
  readonly all: () => readonly CommandContext[];
  /** Whether the database is a scratch database, of which the application hears nothing. */
  readonly isScratch?: true;
}

/** Where the services of revisions come from; or why there are none, and what to do about it. */
export type ServiceSource =
  | {
      /**
       * Resolves to the provider of a token, created for the call where it is request-scoped; rejects where there is
       * none.
       */
      readonly resolve: (token: ServiceToken) => Promise<unknown>;
    }
  | {
      /** The end of the sentence `Revision … needs the services … and`. */
      readonly reason: string;
      readonly cure: string | Wording;
    };

/** Options that every command takes. */
export interface Common {
  /** Another script directory for this call, resolved as the module's `directory` is. Default: the module's. */
  directory?: string;
  /** The arguments that revisions find in `op.xArguments`, by name. Default: none. */
  xArguments?: Readonly<Record<string, string>>;
  /** Stops the command before its next statement. */
  signal?: AbortSignal;
  /** Called with each event of the command. An error thrown here fails the command. */
  onEvent?: (event: MigrationEvent) => void;
}

/** What an emitter takes of a context. Files alone have no listener. */
interface Emitting {
  readonly connection: string;
  readonly options?: ScriptPlaces & { readonly onEvent?: (event: MigrationEvent) => unknown };
  readonly isScratch?: true;
}

/**
 * Passes events to the listener of the module's options and to the caller's `onEvent`, with the connection's name. The
 * former only watches: what it throws is a warning, once a command.
 */
export function emitter(context: Emitting, { onEvent }: Common): Emit {
  const { connection, options, isScratch = false } = context;
  const listener = isScratch ? undefined : options?.onEvent;
  if (listener === undefined) return (event) => onEvent?.({ connection, ...event });
  const fail = (error: unknown): void => {
    if (failedListeners.has(context)) return;
    failedListeners.add(context);
    const message = `The listener of the option 'onEvent' fails, and the run goes on: ${errorText(error)}`;
    onEvent?.({ connection, type: 'warning', message });
  };
  return (event) => {
    const told: MigrationEvent = { connection, ...event };
    try {
      const result = listener(told);
      // one that is asynchronous is not awaited, and must not end the process
      if (result instanceof Promise) result.catch(fail);
    } catch (error) {
      fail(error);
    }
    onEvent?.(told);
  };
}

/** The contexts, one a call, whose listener has failed. */
const failedListeners = new WeakSet<object>();

import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { DatabaseMissingError, DatabaseUnreachableError } from '../errors/database.errors.js';
import { BeyondScratchError } from '../errors/rehearsal.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { guardStatements } from '../rehearsal/guarded-connection.js';
import { type ScratchDatabase, type ScratchRequest, withScratchDatabase } from '../rehearsal/scratch-database.js';
import { onOneConnection, scratchOrm } from '../rehearsal/scratch-orm.js';
import { warning } from '../runtime/events.js';
import { type CommandContext, type Common, emitter, type ServiceSource } from './command-context.js';
import { databaseOf } from './database-of.js';
import { hideOwnTables } from './connection.js';
import { chainOf } from './rehearsed-chain.js';
import { upgrade } from './upgrade.js';

/** How revisions are rehearsed. The other options are those of the upgrade to the revisions of `at`. */
export interface RehearseOptions extends Common {
  /** The revisions at which the scratch database stands when the work begins. Default: none, so that it is empty. */
  readonly at?: readonly string[];
  /**
   * `'pglite'` takes PGlite for a PostgreSQL application, whatever the option `scratch` says; `'same'` never does.
   * Default: what the option says.
   */
  readonly engine?: 'same' | 'pglite';
  /** Whether the scratch database stays afterwards, to be looked at. One in memory never does. Default `false`. */
  readonly keep?: boolean;
  /**
   * The services for revisions, made for the scratch database. By default there are none, and a revision that asks for
   * one fails: a provider of the application is connected to the application's database.
   */
  readonly services?: (scratch: MikroORM) => Promise<ServiceSource>;
  /**
   * What the services do, as a text that is another one where they do something else. Without it no snapshot is kept of
   * revisions that may use them.
   */
  readonly servicesText?: string;
  /**
   * Whether nothing is read from the application's database either, so that the scratch database is like others of its
   * server. Default `false`.
   */
  readonly apart?: boolean;
  /**
   * The number of revisions from which on the next rehearsal begins with what they have made, instead of running them
   * again. Default 20.
   */
  readonly snapshotAfter?: number;
  /** Called before the first revision runs, where no snapshot holds them all. What it throws, the rehearsal fails with. */
  readonly beforeRevisions?: () => Promise<void>;
}

/**
 * Runs `work` on a scratch database: one that is created for it, holds the schema at the given revisions, and is gone
 * afterwards, whether the work succeeds or fails. The context that `work` gets has the application's entities and
 * options, and nothing in it leads to the application's database.
 *
 * @throws ScratchPlaceMissingError where the options do not say where one may be created; ScratchForbiddenError where
 * the server refuses; RevisionFailedError where a revision of `at` fails.
 */
export async function rehearse<T>(
  context: CommandContext,
  options: RehearseOptions,
  work: (scratch: CommandContext) => Promise<T>,
): Promise<T> {
  const { orm, options: settings, host } = context;
  const { at = [], engine: wanted, keep = false, apart = false, snapshotAfter = SNAPSHOT_AFTER, ...others } = options;
  const { services, servicesText, beforeRevisions, ...common } = others;
  const emit = emitter(context, common);
  const database = databaseOf(context, common);
  const { versionTable, scratch } = settings;
  const { targets, length, ...chain } = await chainOf(context, common, at, servicesText);
  // what services do is in no file
  const isKept = services === undefined || servicesText !== undefined;
  const request: ScratchRequest = {
    orm,
    engine: database.engine,
    settings: isKept ? scratch : { ...scratch, snapshots: { ...scratch.snapshots, count: 0 } },
    wanted,
    keep,
    host,
    versionTable,
    chain,
    traits: async (read) => (apart ? undefined : database.pin(read).catch(unlessUnreachable)),
    warn: (message) => emit(warning([message])),
  };
  return withScratchDatabase(request, (created) =>
    onScratch(context, options, created, async (scratchContext, keepSnapshot) => {
      const { steps: begun = 0 } = created;
      if (created.steps === undefined && created.isSlowToCreate) await keepSnapshot(0);
      let taken = begun;
      const onEvent: Common['onEvent'] = (event) => {
        if (event.type === 'stepFinished') taken += 1;
        common.onEvent?.(event);
      };
      // a snapshot of the whole stands where it should
      if (taken < length) {
        await beforeRevisions?.();
        for (const target of targets) await upgrade(scratchContext, { ...common, onEvent, target });
      }
      if (taken - begun >= snapshotAfter) await keepSnapshot(taken);
      return work(scratchContext);
    }),
  ).catch((error: unknown) => {
    // where a scratch database stands that is gone is of no use
    throw error instanceof RunAbortedError ? new RunAbortedError(error.reason, STOPPED) : error;
  });
}

const STOPPED = 'in a rehearsal: it has changed nothing';

/** To run fewer revisions takes less than to keep what they have made. */
const SNAPSHOT_AFTER = 20;

/** A database that is not there says nothing about the ones that stand in for it. */
function unlessUnreachable(error: unknown): undefined {
  if (error instanceof DatabaseUnreachableError || error instanceof DatabaseMissingError) return undefined;
  throw error;
}

/** Opens an ORM on a new scratch database, and prepares it where it is empty. */
async function onScratch<T>(
  context: CommandContext,
  options: RehearseOptions,
  { coordinates, name, traits, steps, ...created }: ScratchDatabase,
  work: (scratch: CommandContext, keepSnapshot: (taken: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { server } = await engineFor(context.orm).scratch();
  const isOnServer = server !== undefined && name !== undefined;
  const orm = await scratchOrm(context.orm, coordinates, {
    statements: traits?.session ?? [],
    ...(isOnServer && { database: { query: server.current, name } }),
  });
  try {
    const engine = engineFor(orm);
    const rules = await engine.scratch();
    let isGuarded = false;
    guardStatements(orm, (sql) => {
      const words = isGuarded ? rules.beyond(sql, name ?? '') : undefined;
      if (words !== undefined) throw new BeyondScratchError(words, sql);
    });
    const { versionTableSchema, scratch } = context.options;
    const schema = engine.capabilities.schemas ? versionTableSchema : undefined;
    if (steps === undefined) {
      await onOneConnection(orm, async (session) => {
        for (const sql of traits?.first ?? []) await session.execute(sql);
        if (schema !== undefined) await session.execute(`create schema if not exists ${engine.sql.quote(schema)}`);
        await scratch.prepare?.(async (sql) => void (await session.execute(sql)));
      });
    }
    isGuarded = true;
    const services = (await options.services?.(orm)) ?? NO_PROVIDERS;
    const scratchContext: CommandContext = {
      ...context,
      orm,
      isScratch: true,
      options: {
        ...context.options,
        versionTableSchema: schema,
        onBootstrap: 'off',
        lock: 'session',
        drift: undefined,
        onlineSchemaChange: undefined,
        ddl: { lockTimeout: undefined, statementTimeout: undefined, retries: 0 },
        onVersionApply: [],
      },
      services,
      // the others have their names alone to give
      all: () => context.all().map((other) => (other.connection === context.connection ? scratchContext : other)),
    };
    hideOwnTables(scratchContext);
    return await work(scratchContext, async (taken) => {
      isGuarded = false;
      await created.keepSnapshot(orm, taken);
      isGuarded = true;
    });
  } finally {
    await orm.close(true);
  }
}

const NO_PROVIDERS: ServiceSource = {
  reason: 'a rehearsal has none to give: the providers of the application use its own database',
  cure: 'Rehearse the revisions before it.',
};

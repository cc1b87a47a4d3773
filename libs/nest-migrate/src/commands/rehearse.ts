import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { DatabaseMissingError, DatabaseUnreachableError } from '../errors/database.errors.js';
import { BeyondScratchError, NotOnScratchError } from '../errors/rehearsal.errors.js';
import { guardStatements } from '../rehearsal/guarded-connection.js';
import { type ScratchDatabase, withScratchDatabase } from '../rehearsal/scratch-database.js';
import { onOneConnection, scratchOrm } from '../rehearsal/scratch-orm.js';
import { warning } from '../runtime/events.js';
import { type CommandContext, type Common, databaseOf, emitter, type ServiceSource } from './command-context.js';
import { hideOwnTables } from './connection.js';
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
  const { at = [], engine: wanted, keep = false, services: _services, ...common } = options;
  const emit = emitter(context, common);
  const database = databaseOf(context, common);
  const { versionTable, scratch } = settings;
  return withScratchDatabase(
    {
      orm,
      engine: database.engine,
      settings: scratch,
      wanted,
      keep,
      host,
      versionTable,
      traits: (read) => database.pin(read).catch(unlessUnreachable),
      warn: (message) => emit(warning([message])),
    },
    (created) =>
      onScratch(context, options, created, async (scratchContext) => {
        for (const target of at) await upgrade(scratchContext, { ...common, target });
        return work(scratchContext);
      }),
  );
}

/** A database that is not there says nothing about the ones that stand in for it. */
function unlessUnreachable(error: unknown): undefined {
  if (error instanceof DatabaseUnreachableError || error instanceof DatabaseMissingError) return undefined;
  throw error;
}

/** Opens an ORM on a new and empty scratch database, and prepares it. */
async function onScratch<T>(
  context: CommandContext,
  options: RehearseOptions,
  { coordinates, name, traits }: ScratchDatabase,
  work: (scratch: CommandContext) => Promise<T>,
): Promise<T> {
  const orm = await scratchOrm(context.orm, coordinates, traits?.session ?? []);
  try {
    const engine = engineFor(orm);
    const scratchOf = await engine.scratch();
    const { server } = scratchOf;
    let isPrepared = false;
    guardStatements(orm, (sql) => {
      const words = isPrepared ? scratchOf.beyond(sql, name ?? '') : undefined;
      if (words !== undefined) throw new BeyondScratchError(words, sql);
    });
    const { versionTableSchema, scratch } = context.options;
    const schema = engine.capabilities.schemas ? versionTableSchema : undefined;
    await onOneConnection(orm, async (session) => {
      if (server !== undefined && name !== undefined) {
        const [row] = await session.query<{ name: string | null }>(server.current);
        if (row?.name !== name) throw new NotOnScratchError(name, row?.name ?? '');
      }
      for (const sql of traits?.first ?? []) await session.execute(sql);
      if (schema !== undefined) await session.execute(`create schema if not exists ${engine.sql.quote(schema)}`);
      await scratch.prepare?.(async (sql) => void (await session.execute(sql)));
    });
    isPrepared = true;
    const services = (await options.services?.(orm)) ?? NO_PROVIDERS;
    const scratchContext: CommandContext = {
      ...context,
      orm,
      options: {
        ...context.options,
        versionTableSchema: schema,
        onBootstrap: 'off',
        lock: 'session',
        ddl: { lockTimeout: undefined, statementTimeout: undefined, retries: 0 },
        onVersionApply: [],
      },
      services,
      // the others have their names alone to give
      all: () => context.all().map((other) => (other.connection === context.connection ? scratchContext : other)),
    };
    hideOwnTables(scratchContext);
    return await work(scratchContext);
  } finally {
    await orm.close(true);
  }
}

const NO_PROVIDERS: ServiceSource = {
  reason: 'a rehearsal has none to give: the providers of the application use its own database',
  cure: 'Rehearse the revisions before it.',
};

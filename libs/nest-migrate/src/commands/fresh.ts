import { ownership } from '../autogenerate/compare-schema.js';
import { type Sweep, type SweepScope } from '../engines/sweep.js';
import { FreshRefusedError, SeederFailedError, SeederMissingError } from '../errors/fresh.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { command, type Wording, worded } from '../errors/wording.js';
import { DROP_OF_FRESH } from '../errors/interrupted.errors.js';
import { warning } from '../runtime/events.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';
import { recordTableNames } from '../runtime/own-tables.js';
import { type PinnedSession } from '../runtime/pinned-session.js';
import { RunTransactions } from '../runtime/run-transactions.js';
import { type CommandContext, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { ormVersion, type Seeders, seedersOf } from './seeders.js';
import { namedDatabase } from './named-database.js';
import { type RunResult } from './results.js';
import { readScripts, type RevisionScripts } from './revision-scripts.js';
import { RevisionServices } from './revision-services.js';
import { planFor, type RunOptions, runWith } from './run.js';
import { loadSteps } from './step-loading.js';
import { upgradeTo } from './upgrade.js';

/**
 * Options of `fresh`.
 *
 * @example
 * await migrations.fresh({ seed: true });
 */
export interface FreshOptions extends Omit<RunOptions, 'target' | 'interrupted'> {
  /**
   * Whether MikroORM's seeders run afterwards: `true` for the default one of its configuration, or the name of a class.
   * Default: none.
   */
  seed?: boolean | string;
  /**
   * The name of the database, which lets one be dropped that is marked as production. Another name than its own is
   * refused. Default: none.
   */
  database?: string;
}

/** What `fresh` did. */
export interface FreshResult extends RunResult {
  /** What was dropped, in words, such as `table book`; without the tool's own tables. */
  readonly dropped: readonly string[];
  /** The name of the seeder that ran; `null` where none was asked for. */
  readonly seeded: string | null;
}

/**
 * Drops what a database holds, as far as `migrate` compares it, and the rows of the tool's own tables; applies all revisions, and
 * seeds. What hooks, `ignoreSchema` or `skipTables` leave out of a comparison stays.
 *
 * @throws FreshRefusedError where the database is marked as production and was not named; SeederMissingError.
 */
export async function fresh(context: CommandContext, options: FreshOptions = {}): Promise<FreshResult> {
  const { seed = false, database: typed, ...run } = options;
  const database = databaseOf(context, options);
  await checkMayDrop(context, database, typed);
  const seeders = seed === false ? undefined : seedersOf(context.orm);
  if (seed !== false && seeders === undefined) throw new SeederMissingError(ormVersion());
  const scripts = await readScripts(context, options);
  await checkLoadable(context, scripts);
  const dropped = await drop(context, database, scripts, run);
  const fresher = await readScripts(context, options);
  const apply = (): Promise<RunResult> => runWith(fresher, context, run, upgradeTo('head'));
  const result = await stoppable(options.signal, DROPPED, apply).catch((error: unknown) => {
    if (seed !== false) emitter(context, options)(warning(unseeded(seed)));
    throw error;
  });
  return { ...result, dropped, seeded: seeders === undefined ? null : await plant(seeders, seed) };
}

async function checkMayDrop(
  { host, options }: CommandContext,
  database: MigrationDatabase,
  typed?: string,
): Promise<void> {
  const sign =
    host.env['NODE_ENV'] === 'production'
      ? 'NODE_ENV is production'
      : options.production
        ? "the option 'production' marks it"
        : undefined;
  const { name, refusal } = await namedDatabase(database, typed, sign);
  if (refusal !== undefined) throw new FreshRefusedError(name, refusal);
}

/** Loads all revisions: one that can't be loaded is told before anything is dropped. */
async function checkLoadable(context: CommandContext, scripts: RevisionScripts): Promise<void> {
  const services = new RevisionServices(context);
  const plan = planFor(scripts, upgradeTo('head'), []);
  await services.prepare(
    plan.steps.flatMap(({ revision }) => (revision === null ? [] : [scripts.graph.get(revision)])),
  );
  await loadSteps(context, plan, services, []);
}

async function drop(
  context: CommandContext,
  database: MigrationDatabase,
  scripts: RevisionScripts,
  options: FreshOptions,
): Promise<readonly string[]> {
  if (!(await database.exists())) return [];
  const creates = await createdBy(scripts);
  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  const emit = emitter(context, options);
  const { engine } = database;
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session, held) => {
    const work = async (): Promise<readonly string[]> => {
      const sweep = await engine.sweep(session, {
        owns: ownership({ orm: context.orm, ...context.options.comparison }),
        ownTables: recordTableNames(context.options.versionTable).map((name) => ({
          name,
          ...(database.schema !== undefined && database.schema !== engine.home && { schema: database.schema }),
        })),
        creates,
      });
      await send(context, session, sweep, options);
      await database.journal.clear(session);
      return sweep.objects;
    };
    if (!engine.capabilities.transactionalDdl) {
      await noteDrop(database, session);
      return stoppable(signal, DROPPING, () => (engine.session.unchecked ?? plainly)(session, work));
    }
    const { lockingTransaction: locking } = engine.session;
    const wait = { timeout: lockWaitTimeout, signal, emit };
    return stoppable(signal, ['before it had dropped what the database holds: nothing is changed'], () =>
      new RunTransactions(session, wait, { locking, held }).within(work),
    );
  });
}

/**
 * Notes that the drop has begun, where a process that dies in it leaves a part of what there was. Other commands are
 * refused until the drop has ended: a part of a database must not be taken for one without revisions.
 */
async function noteDrop({ journal }: MigrationDatabase, session: PinnedSession): Promise<void> {
  await journal.ensure(session);
  await journal.forget(session, DROP_OF_FRESH);
  await journal.add(session, {
    revision: DROP_OF_FRESH,
    direction: 'downgrade',
    ordinal: 0,
    part: 0,
    operation: '',
    sql: '',
    state: 'done',
    heldBefore: false,
    repeatable: true,
  });
}

/** How the error of a run that was stopped says when that was, and what to do. */
type Stop = readonly [when: string, cure?: Wording];

const DROPPING: Stop = ['while it dropped what the database holds', worded`${command('fresh')} drops the rest.`];
const DROPPED: Stop = [
  'when it had dropped what the database held, before the first revision',
  worded`${command('upgrade')} applies the revisions.`,
];

/** Does the work. Where it is told to stop and does not say itself where the database stands then, the error says so. */
async function stoppable<T>(signal: AbortSignal | undefined, stop: Stop, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isTold = error instanceof RunAbortedError && typeof error.stopped !== 'string';
    if (signal?.aborted !== true || isTold) throw error;
    if (error !== signal.reason && !(error instanceof RunAbortedError)) throw error;
    throw new RunAbortedError(signal.reason, ...stop);
  }
}

const plainly = <T>(_session: PinnedSession, work: () => Promise<T>): Promise<T> => work();

/** Sends the statements. @throws FreshRefusedError where they have taken something along; the transaction ends then. */
async function send(
  { orm }: CommandContext,
  session: PinnedSession,
  { statements, staying }: Sweep,
  { signal }: RunOptions,
): Promise<void> {
  const left = async (): Promise<readonly string[]> =>
    staying === undefined ? [] : (await session.query<{ object: string }>(staying)).map(({ object }) => object);
  const before = await left();
  for (const sql of statements) {
    signal?.throwIfAborted();
    await session.execute(sql);
  }
  const after = new Set(await left());
  const lost = before.filter((object) => !after.has(object));
  if (lost.length > 0) throw new FreshRefusedError(orm.config.get('dbName') ?? '', { kind: 'reachesBeyond', lost });
}

/** Whether revisions create a schema or an extension, as their texts tell. */
async function createdBy({ graph, directory }: RevisionScripts): Promise<SweepScope['creates']> {
  const texts: string[] = [];
  for (const script of graph.revisions) texts.push((await directory.textOf(script)).replace(/[\\"'`]/g, ''));
  return (kind, name) => {
    const written = name.replace(/[\\"'`]/g, '').replace(/[^\w\s]/g, String.raw`\$&`);
    const creation = new RegExp(
      String.raw`\b(?:create\s+${kind}\s+(?:if\s+not\s+exists\s+)?|create${kind}\(\s*)${written}(?!\w)`,
      'i',
    );
    return texts.some((text) => creation.test(text));
  };
}

/** The cure of a stopped or failed upgrade names the upgrade alone. */
function unseeded(seed: true | string): Wording {
  const again = command('fresh', '--seed', ...(typeof seed === 'string' ? [seed] : []));
  return worded`No seeder has run, and an upgrade runs none: ${again} starts over and ends with it.`;
}

async function plant(seeders: Seeders, seed: boolean | string): Promise<string> {
  const name = typeof seed === 'string' ? seed : seeders.defaultSeeder;
  try {
    await seeders.run(name);
  } catch (cause) {
    throw new SeederFailedError(name, cause);
  }
  return name;
}

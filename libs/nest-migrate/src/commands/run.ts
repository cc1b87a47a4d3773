import { type PlannedStep } from '../revision/planned-step.js';
import { ancestors } from '../revision/traversal.js';
import { type ExecutableStep } from '../runtime/executable-step.js';
import { Execution } from '../runtime/execution.js';
import { type HistoryEntry } from '../runtime/ports.js';
import { moduleFunction } from '../script/revision-module.js';
import { type RevisionScript } from '../script/revision-script.js';
import { warnOfAltered } from './altered-revisions.js';
import { begunRevisions, dealingWith, isInTheWay } from './begun-revisions.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
import { watchingExit } from './exit-watch.js';
import { type RunResult } from './results.js';
import { operationsContext } from './operations-context.js';
import { namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';
import { RevisionServices } from './revision-services.js';
import { type Wording } from '../errors/wording.js';
import { warning } from '../runtime/events.js';

/**
 * Options of the commands that change a database.
 *
 * @example
 * await migrations.upgrade({ target: 'head', lockWaitTimeout: 10_000 });
 */
export interface RunOptions extends Common {
  /** The revision to go to, as a symbol. Default: `'head'` for `upgrade`, `'-1'` for `downgrade`. */
  target?: string;
  /** Any text, which revisions find in `op.tag`. Default: none. */
  tag?: string;
  /** How long to wait for another process that holds the migration lock, in milliseconds. Default: the module's. */
  lockWaitTimeout?: number;
  /**
   * What to do about a statement that was running when an earlier run died, where nothing tells whether it took effect
   * (InterruptedStatementError): `'skip'` where it did, `'repeat'` where it did not. It has no effect on other
   * statements. Default: the error.
   */
  interrupted?: 'skip' | 'repeat';
}

/** What a run does. It is planned from the rows before the lock is taken, and again under the lock. */
export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly warnings?: readonly string[];
  /** Whether all rows are deleted before the first step. */
  readonly purge?: boolean;
  /** Whether it says where the database is, so that what earlier runs have left unfinished is forgotten. */
  readonly settles?: boolean;
}

/** Makes the plan of a command from the version table's rows. */
export type Planner = (rows: readonly string[]) => Plan;

/** Resolves the targets of a command, once; the plans are made from them. */
export type Planning = (scripts: RevisionScripts) => Planner;

/**
 * Plans and runs. The plan is made twice: once without the lock, so that a process with nothing to do does not wait,
 * and again under the lock, since another process may have run in between. Every function and every service that the
 * plan needs is loaded before the first step runs.
 */
export async function run(context: CommandContext, options: RunOptions, planning: Planning): Promise<RunResult> {
  return watchingExit(context, options, (watched) => runWatched(context, watched, planning));
}

async function runWatched(context: CommandContext, options: RunOptions, planning: Planning): Promise<RunResult> {
  return runWith(await readScripts(context, options), context, options, planning);
}

/**
 * As {@link run}, with scripts that were read already.
 *
 * @param load Loads what the steps run.
 */
export async function runWith(
  scripts: RevisionScripts,
  context: CommandContext,
  options: RunOptions,
  planning: Planning,
  load: typeof loadSteps = loadSteps,
): Promise<RunResult> {
  const database = databaseOf(context, options);
  const emit = emitter(context, options);

  const { rows: glance, interrupted } = await database.glance();
  await warnOfAltered(context, options, scripts, { database, rows: glance });
  const plan = namingHeads(scripts, () => planning(scripts));
  const foreseen = namingHeads(scripts, () => plan(glance));
  const warn = (text: Wording): void => emit(warning(text));
  const begun = dealingWith(scripts.graph, {
    areForgotten: foreseen.settles === true,
    interrupted: options.interrupted,
    warn,
  });
  const isLeft =
    foreseen.settles === true
      ? interrupted.length > 0
      : begunRevisions(scripts.graph, { rows: glance, interrupted }).some(isInTheWay);
  // another process may be running what the journal notes: the lock tells
  if (foreseen.steps.length === 0 && foreseen.purge !== true && !isLeft) {
    begun.admit(interrupted, glance, []);
    for (const message of foreseen.warnings ?? []) emit({ type: 'warning', message });
    return { before: glance, rows: glance, steps: [] };
  }
  // without the lock and the pinned connection, which a provider that is created now may need
  const services = new RevisionServices(context);
  await services.prepare(scriptsOf(scripts, foreseen.steps));

  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session, held) => {
    const before = await database.versionTable.read(session);
    const { steps, warnings = [], purge = false } = namingHeads(scripts, () => plan(before));
    await database.versionTable.check(session, [purge ? [] : before, ...steps.map(({ rows }) => rows)]);
    await services.prepare(scriptsOf(scripts, steps));
    const executable = await load(context, scripts, services, steps, purge ? [] : before);
    for (const message of warnings) emit({ type: 'warning', message });
    const { ddl: limits } = context.options;
    const done = await database.limited({ session, limits, held }, async (guard) => {
      const replan = async (rows: readonly string[]): Promise<readonly ExecutableStep[]> => {
        const again = plan(rows);
        await services.prepare(scriptsOf(scripts, again.steps));
        return load(context, scripts, services, again.steps, again.purge === true ? [] : rows);
      };
      const planned = { steps: executable, rows: before, purge, replan };
      const execution = new Execution(database.ports(session), planned, {
        about: operationsContext(context, database.engine.name, { ...options, offline: false }),
        transactionPerMigration: context.options.transactionPerMigration,
        onVersionApply: context.options.onVersionApply,
        lockWaitTimeout,
        held,
        limits,
        guard,
        begun,
        signal,
        emit,
      });
      return execution.run();
    });
    return { before, rows: await database.versionTable.read(session), steps: done };
  });
}

/** The script that a step runs; a stamp runs none. */
function scriptOf({ graph }: RevisionScripts, { direction, revision }: PlannedStep): RevisionScript | undefined {
  return direction === 'stamp' || revision === null ? undefined : graph.get(revision);
}

function scriptsOf(scripts: RevisionScripts, steps: readonly PlannedStep[]): readonly RevisionScript[] {
  return steps.map((step) => scriptOf(scripts, step)).filter((script) => script !== undefined);
}

/** The lines of a step in the history: for a stamp, one for each revision that counts as applied from now on. */
async function historyEntries(
  { graph, directory }: RevisionScripts,
  { direction, revision, rows }: PlannedStep,
  before: readonly string[],
): Promise<readonly HistoryEntry[]> {
  const entry = async (id: string): Promise<HistoryEntry> => {
    const script = graph.get(id);
    const head = { revision: id, parents: graph.parentsOf(id) };
    if (direction === 'downgrade') return head;
    return { ...head, source: { ...script.source, program: await directory.programDigest(script) } };
  };
  if (direction !== 'stamp') return revision === null ? [] : [await entry(revision)];
  const applied = ancestors(
    graph,
    before.filter((id) => graph.has(id)),
    'all',
  );
  const marked = [
    ...ancestors(
      graph,
      rows.filter((id) => graph.has(id)),
      'all',
    ),
  ].filter((id) => !applied.has(id));
  if (marked.length > 0) {
    const entries: HistoryEntry[] = [];
    // one by one: a history may have more files than a process may have open
    for (const id of graph.oldestFirst) if (marked.includes(id)) entries.push(await entry(id));
    return entries;
  }
  return [revision === null ? { revision, parents: [] } : await entry(revision)];
}

/** The steps with the functions that they run. All functions are loaded before the first one runs. */
export async function loadSteps(
  context: CommandContext,
  scripts: RevisionScripts,
  services: Pick<RevisionServices, 'get'>,
  steps: readonly PlannedStep[],
  before: readonly string[],
): Promise<readonly ExecutableStep[]> {
  const executable: ExecutableStep[] = [];
  const connections = context.all().map(({ connection }) => connection);
  for (const [index, step] of steps.entries()) {
    const entries = await historyEntries(scripts, step, steps[index - 1]?.rows ?? before);
    const script = scriptOf(scripts, step);
    if (script === undefined || step.direction === 'stamp') {
      executable.push({ ...step, message: '', entries });
      continue;
    }
    const module = await scripts.directory.load(script);
    executable.push({
      ...step,
      message: script.message,
      entries,
      body: {
        run: moduleFunction(module, step.direction, context.connection, connections),
        service: (name) => services.get(script, name),
      },
    });
  }
  return executable;
}

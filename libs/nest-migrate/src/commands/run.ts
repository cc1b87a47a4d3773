import { type PlannedStep } from '../revision/planned-step.js';
import { planHere } from '../revision/relabelled-plan.js';
import { type Standpoint } from '../revision/revision-graph.js';
import { type ExecutableStep } from '../runtime/executable-step.js';
import { Execution } from '../runtime/execution.js';
import { type StatementObserver } from '../runtime/statement-observer.js';
import { type Telemetry } from '../runtime/telemetry.js';
import { type RevisionScript } from '../script/revision-script.js';
import { warnOfAltered } from './altered-revisions.js';
import { begunRevisions, dealingWith, isInTheWay } from './begun-revisions.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { watchingExit } from './exit-watch.js';
import { type RunResult } from './results.js';
import { operationsContext } from './operations-context.js';
import { namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';
import { keepSchema } from './schema-change.js';
import { RevisionServices } from './revision-services.js';
import { type loadSteps, scriptOf, StepLoader } from './step-loading.js';
import { type Wording } from '../errors/wording.js';
import { type Emit, type Step, warning } from '../runtime/events.js';
import { pendingIn, telemetryOf } from './telemetry-of.js';

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

/** How the steps of a run are loaded and sent. */
export interface RunMeans {
  /** Loads what the steps run, all of it before the first one runs. Default: see {@link StepLoader}. */
  readonly load?: typeof loadSteps;
  readonly observe?: StatementObserver;
  readonly telemetry?: Telemetry;
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

/** Resolves the targets of a command, in the graph as a database sees it; the plans are made from them. */
export interface Planning {
  /** The targets, as they were written. */
  readonly symbols: readonly string[];
  /** Whether the last revision of an old path is meant itself, and not the squash of the same state. Default: false. */
  readonly ends?: boolean;
  readonly planner: (scripts: RevisionScripts) => Planner;
}

/** A plan, and the scripts as the database sees them. */
export interface PlanOfScripts extends Plan {
  readonly scripts: RevisionScripts;
}

/**
 * Plans for a database.
 *
 * @param begun The steps that earlier runs have begun and not finished.
 */
export function planFor(
  scripts: RevisionScripts,
  { symbols, ends, planner }: Planning,
  rows: readonly string[],
  begun: Standpoint['begun'] = [],
): PlanOfScripts {
  const names = scripts.graph.replacedNamesIn(symbols, { ends });
  const { graph, ...plan } = planHere(scripts.graph, rows, { names, begun }, (here, named): Plan => {
    const seen = { ...scripts, graph: here };
    return namingHeads(seen, () => planner(seen)(named));
  });
  return { ...plan, scripts: { ...scripts, graph } };
}

/**
 * Plans and runs. The plan is made twice: once without the lock, so that a process with nothing to do does not wait,
 * and again under the lock, since another process may have run in between. Every service that the plan needs is
 * resolved before the first step runs.
 */
export async function run(
  context: CommandContext,
  options: RunOptions,
  planning: Planning,
  direction: Step['direction'],
): Promise<RunResult> {
  return watchingExit(context, options, async (watched) => {
    const telemetry = await telemetryOf(context);
    const work = async (): Promise<RunResult> =>
      runWith(await readScripts(context, watched), context, watched, planning, { telemetry });
    return telemetry === undefined ? work() : telemetry.run(direction, work);
  });
}

/** As {@link run}, with scripts that were read already. */
export async function runWith(
  scripts: RevisionScripts,
  context: CommandContext,
  options: RunOptions,
  planning: Planning,
  { load, observe, telemetry }: RunMeans = {},
): Promise<RunResult> {
  const database = databaseOf(context, options);
  const tell = emitter(context, options);
  const emit: Emit = (event) => {
    if (event.type === 'stepFinished') measurePending(event.step.rows);
    tell(event);
  };
  const measurePending = (rows: readonly string[]): void => {
    const count = telemetry === undefined ? undefined : pendingIn(scripts, rows);
    if (count !== undefined) telemetry?.pending(count);
  };

  const { rows: glance, interrupted, lines } = await database.survey();
  measurePending(glance);
  await warnOfAltered(context, options, scripts, { rows: glance, lines });
  const plan = (rows: readonly string[]): PlanOfScripts => planFor(scripts, planning, rows, interrupted);
  const foreseen = plan(glance);
  if (glance.length === 0 && scriptsOf(foreseen)[0]?.importedFrom !== undefined) {
    const { refuseUnstamped } = await import('./stamp-imported.js');
    await refuseUnstamped(context, options, scripts);
  }
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
  await services.prepare(scriptsOf(foreseen));

  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session, held) => {
    const before = await database.versionTable.read(session);
    const planned = plan(before);
    const { steps, warnings = [], purge = false } = planned;
    await database.versionTable.check(session, [purge ? [] : before, ...steps.map(({ rows }) => rows)]);
    await services.prepare(scriptsOf(planned));
    const loader = load === undefined ? new StepLoader(context, services) : undefined;
    const stepsOf = async (plan: PlanOfScripts, rows: readonly string[]): Promise<readonly ExecutableStep[]> =>
      load?.(context, plan, services, rows) ?? loader?.steps(plan, rows) ?? [];
    const executable = await stepsOf(planned, purge ? [] : before);
    for (const message of warnings) emit({ type: 'warning', message });
    const { ddl: limits, onlineSchemaChange } = context.options;
    const schemaChange =
      onlineSchemaChange === undefined
        ? undefined
        : await (await import('./schema-change-program.js')).programOfRun(context, onlineSchemaChange);
    const done = await database.limited({ session, limits, held }, async (guard) => {
      const replan = async (rows: readonly string[]): Promise<readonly ExecutableStep[]> => {
        const again = plan(rows);
        await services.prepare(scriptsOf(again));
        return stepsOf(again, again.purge === true ? [] : rows);
      };
      const loaded = loader && ((step: ExecutableStep) => loader.loaded(step));
      const run = { steps: executable, rows: before, purge, replan, loaded };
      const execution = new Execution(database.ports(session), run, {
        about: operationsContext(context, database.engine.name, { ...options, offline: false }),
        transactionPerMigration: context.options.transactionPerMigration,
        onVersionApply: context.options.onVersionApply,
        lockWaitTimeout,
        held,
        limits,
        guard,
        begun,
        observe,
        telemetry,
        schemaChange,
        signal,
        emit,
      });
      return execution.run();
    });
    if (done.length > 0 || purge) await keepSchema(context, { database, session, emit });
    return { before, rows: await database.versionTable.read(session), steps: done };
  });
}

function scriptsOf({ scripts, steps }: PlanOfScripts): readonly RevisionScript[] {
  return steps.map((step) => scriptOf(scripts, step)).filter((script) => script !== undefined);
}

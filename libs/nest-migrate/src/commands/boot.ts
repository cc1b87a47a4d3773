import { DatabaseAheadError, DatabaseBehindError, UpgradeAwaitedError } from '../errors/boot.errors.js';
import { type Standing, standing } from '../revision/standing.js';
import { targetFor } from '../revision/target.js';
import { PlanRefusedError } from '../errors/plan.errors.js';
import { type MigrationError } from '../errors/migration.error.js';
import { UnknownVersionRowError } from '../errors/revision.errors.js';
import { type Survey } from '../runtime/migration-database.js';
import { waitUntil } from '../runtime/wait-until.js';
import { warnOfAltered } from './altered-revisions.js';
import { type BegunRevision, begunRevisions, interruption, isInTheWay, noteWarning } from './begun-revisions.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { readScripts, type RevisionScripts } from './revision-scripts.js';
import { tellPending } from './telemetry-of.js';
import { warning } from '../runtime/events.js';

/**
 * Does with the database what `onBootstrap` says, before the application can use it. Resolves when the application may
 * start.
 *
 * @throws DatabaseBehindError where `verify` finds revisions to apply; UpgradeAwaitedError where `wait` has waited too
 * long; InterruptedRevisionError where an earlier run has left a revision half applied or half undone;
 * DatabaseAheadError where the database holds what this application does not know, and `whenAhead` or the history does
 * not allow that.
 */
export async function boot(context: CommandContext, options: Common = {}): Promise<void> {
  const { onBootstrap, target } = context.options;
  if (onBootstrap === 'off') return;
  const database = databaseOf(context, options);
  const scripts = await readScripts(context, options);
  // a target that means nothing is an error whatever the database holds
  targetFor(scripts.graph.at([], { names: scripts.graph.replacedNamesIn([target]) }), target, 'upgrade');
  const report = (seen: Survey): Promise<void> => warnOfAltered(context, options, scripts, seen);
  const standsNow = async (): Promise<Found & { readonly seen: Survey }> => {
    const seen = await database.survey();
    await tellPending(context, scripts, seen.rows);
    return { ...(await standingOf(seen, scripts, target, async () => seen.lines)), seen };
  };
  if (onBootstrap === 'upgrade') {
    const now = await standsNow();
    if (mayStart(context, options, now)) return report(now.seen);
    await refuseBadPlan(context, options, target);
    // most boots find nothing to do
    const { upgrade } = await import('./upgrade.js');
    try {
      await upgrade(context, { ...options, target });
    } catch (error) {
      // a newer instance was faster
      const isAhead = error instanceof UnknownVersionRowError;
      if (!isAhead || !mayStart(context, options, await standsNow())) throw error;
    }
    return;
  }
  if (onBootstrap === 'verify') {
    const found = await standsNow();
    if (mayStart(context, options, found)) return report(found.seen);
    const { rows } = found.seen;
    const isLocked = (await database.lockHolder()) !== null;
    throw refusal(found, () => new DatabaseBehindError(pendingOf(found), rows), isLocked);
  }
  let found: Found | undefined;
  // again and again, so without the whole history
  const look = async (): Promise<Found> => {
    const seen = await database.glance();
    await tellPending(context, scripts, seen.rows);
    return (found = await standingOf(seen, scripts, target, () => database.readHistory()));
  };
  const emit = emitter(context, options);
  const { waitTimeout: timeout } = context.options;
  const { isSo, waitedMs } = await waitUntil(async () => mayStart(context, options, await look()), {
    timeout,
    signal: options.signal,
    awaited: 'the database to be upgraded',
    announce: async () => {
      const holder = await database.lockHolder();
      emit({ type: 'upgradeAwaited', pending: pendingOf(found ?? (await look())), holder });
    },
  });
  if (!isSo) {
    const last = found ?? (await look());
    const isLocked = (await database.lockHolder()) !== null;
    throw refusal(last, () => new UpgradeAwaitedError(waitedMs, pendingOf(last)), isLocked);
  }
  await report(await database.survey());
}

/** @throws PlanRefusedError where the plan of the upgrade has what the options refuse. */
async function refuseBadPlan(context: CommandContext, options: Common, target: string): Promise<void> {
  const { refuse } = context.options.plan;
  if (refuse === undefined) return;
  // an application that starts plans nothing unless it is told to
  const { refusedBy } = await import('./refused-plan.js');
  const findings = await refusedBy(context, { ...options, target }, refuse);
  if (findings.length > 0) throw new PlanRefusedError(refuse, findings);
}

/** Where the database stands, and which of its revisions are unfinished. */
type Found = Standing & {
  readonly begun: readonly BegunRevision[];
  /** The first that keeps the application from starting. */
  readonly inTheWay: BegunRevision | undefined;
};

/** @param history Reads the history, where the graph lacks one of the rows. */
async function standingOf(
  { rows: table, interrupted }: Pick<Survey, 'rows' | 'interrupted'>,
  { graph: all }: RevisionScripts,
  target: string,
  history: () => Promise<Survey['lines']>,
): Promise<Found> {
  const graph = all.at(table, { names: all.replacedNamesIn([target]), begun: interrupted });
  const rows = graph.namesHere(table);
  const parents = rows.every((row) => graph.has(row))
    ? new Map<string, readonly string[]>()
    : new Map((await history()).map(({ revision, parents: ids }) => [revision, ids]));
  const begun = begunRevisions(all, { rows: table, interrupted, parents });
  const found = standing(graph, rows, targetFor(graph, target, 'upgrade'), parents);
  return { ...found, begun, inTheWay: begun.find(isInTheWay) };
}

function pendingOf(found: Standing): readonly string[] {
  return found.kind === 'behind' ? found.pending : [];
}

/**
 * Whether there is nothing to do. `false`: revisions are pending, or one is not finished.
 *
 * @throws DatabaseAheadError, or InterruptedRevisionError where the application must not start on what another version
 * of it has left.
 */
function mayStart(context: CommandContext, options: Common, found: Found): boolean {
  if (found.inTheWay !== undefined && !isAllowed(context, found.inTheWay)) return false;
  if (found.kind === 'behind') return false;
  const isStart = found.kind === 'reached' || mayStartAhead(context, options, found);
  for (const begun of isStart ? found.begun : []) {
    if (begun.claim === 'foreign' && context.options.whenAhead === 'refuse') throw interruption(begun);
    const text = begun.claim === 'foreign' ? noteWarning(begun) : undefined;
    if (text !== undefined) emitter(context, options)(warning(text));
  }
  return isStart;
}

/** What another version of the application has left half undone, where this one is told to start all the same. */
function isAllowed({ options }: CommandContext, { notes, claim }: BegunRevision): boolean {
  return notes.isReadable && claim === 'foreign' && options.whenAhead === 'start';
}

/** Why the application does not start. */
function refusal(found: Found, behind: () => MigrationError, isLocked: boolean): MigrationError {
  const { inTheWay } = found;
  // the upgrade that is to be run finishes it
  const isBehind = found.kind === 'behind' && inTheWay?.notes.direction !== 'downgrade';
  return inTheWay === undefined || isBehind ? behind() : interruption(inTheWay, isLocked);
}

function mayStartAhead(
  context: CommandContext,
  options: Common,
  found: Extract<Standing, { kind: 'ahead' | 'foreign' }>,
): boolean {
  const { whenAhead } = context.options;
  const isStart = whenAhead === undefined ? found.kind === 'ahead' : whenAhead === 'start';
  if (!isStart)
    throw new DatabaseAheadError(found.unknown, {
      isProven: found.kind === 'ahead',
      missing: found.kind === 'ahead' ? [] : found.missing,
    });
  emitter(context, options)({ type: 'warning', message: aheadWarning(found) });
  return true;
}

function aheadWarning(found: Extract<Standing, { kind: 'ahead' | 'foreign' }>): string {
  const names = found.unknown.join(', ');
  return found.kind === 'ahead'
    ? `The database is ahead of this application: a newer version of it has applied ${names}. Starting without an upgrade.`
    : `The database holds ${names}, which no script of this application has; starting all the same, since whenAhead is 'start'.`;
}

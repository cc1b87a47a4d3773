import { DatabaseAheadError, DatabaseBehindError, UpgradeAwaitedError } from '../errors/boot.errors.js';
import { type Standing, standing } from '../revision/standing.js';
import { UnknownVersionRowError } from '../errors/revision.errors.js';
import { waitUntil } from '../runtime/wait-until.js';
import { warnOfAltered } from './altered-revisions.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
import { readScripts, type RevisionScripts } from './revision-scripts.js';
import { upgrade } from './upgrade.js';

/**
 * What an application does with its database before anyone may use it, by `onBootstrap`. Answers when the application may
 * start.
 *
 * @throws DatabaseBehindError where `verify` finds revisions to apply; UpgradeAwaitedError where `wait` did so for too
 * long; DatabaseAheadError where the database holds what this application does not know, and `whenAhead` or the history
 * does not allow that.
 */
export async function boot(context: CommandContext, options: Common = {}): Promise<void> {
  const { onBootstrap, target } = context.options;
  if (onBootstrap === 'off') return;
  const database = databaseOf(context, options);
  const scripts = await readScripts(context, options);
  const report = async (): Promise<void> =>
    warnOfAltered(context, options, scripts, { database, rows: await database.readRows() });
  if (onBootstrap === 'upgrade') {
    if (mayStart(context, options, await standingOf(context, scripts))) return report();
    try {
      await upgrade(context, { ...options, target });
    } catch (error) {
      // a newer instance was first
      const isAhead = error instanceof UnknownVersionRowError;
      if (!isAhead || !mayStart(context, options, await standingOf(context, scripts))) throw error;
    }
    return;
  }
  let found = await standingOf(context, scripts);
  if (onBootstrap === 'verify') {
    if (!mayStart(context, options, found)) throw new DatabaseBehindError(pendingOf(found), await database.readRows());
    return report();
  }
  const emit = emitter(context, options);
  const { waitTimeout: timeout } = context.options;
  const { isSo, waitedMs } = await waitUntil(
    async () => mayStart(context, options, (found = await standingOf(context, scripts))),
    {
      timeout,
      signal: options.signal,
      awaited: 'the database to be upgraded',
      announce: async () => {
        const holder = await database.lockHolder();
        emit({ type: 'upgradeAwaited', pending: pendingOf(found), holder });
      },
    },
  );
  if (!isSo) throw new UpgradeAwaitedError(waitedMs, pendingOf(found));
  await report();
}

async function standingOf(context: CommandContext, { graph }: RevisionScripts): Promise<Standing> {
  const database = databaseOf(context);
  const rows = await database.readRows();
  const parents = rows.every((row) => graph.has(row))
    ? new Map<string, readonly string[]>()
    : await database.readParents();
  return standing(graph, rows, context.options.target, parents);
}

function pendingOf(found: Standing): readonly string[] {
  return found.kind === 'behind' ? found.pending : [];
}

/** Whether nothing is to be done; `false`: revisions are pending. */
function mayStart(context: CommandContext, options: Common, found: Standing): boolean {
  if (found.kind === 'reached') return true;
  if (found.kind === 'behind') return false;
  const { whenAhead } = context.options;
  const isAllowed = whenAhead === undefined ? found.kind === 'ahead' : whenAhead === 'start';
  if (!isAllowed)
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

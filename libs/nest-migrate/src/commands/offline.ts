import { offlineRows } from '../revision/offline-range.js';
import { SqlScript } from '../runtime/sql-script.js';
import { type CommandContext, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type SqlResult } from './results.js';
import { operationsContext } from './operations-context.js';
import { planFor, type Planning, type RunOptions } from './run.js';
import { loadSteps } from './step-loading.js';
import { namingHeads, readScripts, type RevisionScripts } from './revision-scripts.js';

/** A run that writes SQL instead of executing it. */
export interface OfflineRun {
  /** What the script does, for its first line. */
  readonly title: string;
  /** Where the database stands: a symbol, or several joined with commas. */
  readonly start: string;
  readonly planning: Planning;
}

/**
 * Plans from where the database is said to stand, and writes what `run` would do. No connection is opened, and no
 * provider of the application is asked for: a revision that uses one fails here.
 */
export async function writeSql(
  context: CommandContext,
  options: RunOptions,
  { title, start, planning }: OfflineRun,
): Promise<SqlResult> {
  const scripts = await readScripts(context, options);
  const emit = emitter(context, options);
  const symbols = [start, ...planning.symbols];
  const before = rowsAt(scripts, start);
  const planned = planFor(scripts, { ...planning, symbols }, before);
  const { warnings = [] } = planned;
  const executable = await loadSteps(context, planned, { get: () => undefined }, before);
  for (const message of warnings) emit({ type: 'warning', message });
  const database = databaseOf(context);
  const { lockWaitTimeout = context.options.lockWaitTimeout } = options;
  const script = new SqlScript(database, database.scriptSyntax(lockWaitTimeout), {
    title,
    before,
    about: operationsContext(context, database.engine.name, { ...options, offline: true }),
    transactionPerMigration: context.options.transactionPerMigration,
    onVersionApply: context.options.onVersionApply,
    signal: options.signal,
    emit,
  });
  return script.write(executable);
}

/** The rows of a database that stands at a symbol. The last revision of what a squash replaces is a row of that name. */
function rowsAt(scripts: RevisionScripts, start: string): readonly string[] {
  const graph = scripts.graph.at([], { names: scripts.graph.replacedNamesIn([start]) });
  const written = new Map(
    start.split(',').flatMap((symbol) => {
      const [name, standIn] = [symbol.trim(), graph.standInFor(symbol.trim())];
      return standIn === undefined ? [] : [[standIn, name] as const];
    }),
  );
  const rows = namingHeads({ ...scripts, graph }, () => offlineRows(graph, start));
  return rows.map((row) => written.get(row) ?? graph.storedAs(row)).sort();
}

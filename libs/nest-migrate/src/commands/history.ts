import { type HistoryRange } from '../revision/history-range.js';
import { asksCurrent, rangeFor, requestedRange } from '../revision/requested-range.js';
import { askRows } from './application-needed.js';
import { type Common, emitter, type ScriptsContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';

/**
 * Options of `history`.
 *
 * @example
 * const revisions = await migrations.history({ range: 'current:heads', indicateCurrent: true });
 */
export interface HistoryOptions extends Common {
  /** `[start]:[end]` as symbols, both inclusive. Default: everything. */
  range?: string;
  /** Whether the database is asked for its rows, which fills `isCurrent`. Default: false. */
  indicateCurrent?: boolean;
}

/** The revisions of a range, newest first. Asks the database only where the options need it, and runs no script. */
export async function history(context: ScriptsContext, options: HistoryOptions = {}): Promise<readonly RevisionInfo[]> {
  const { indicateCurrent = false } = options;
  const { scripts, ids, rows } = await revisionsOfRange(context, options);
  return ids.map((id) => revisionInfo(scripts, id, indicateCurrent ? rows : null));
}

/** Revisions of a script directory, as one database sees it. */
export interface RangeOfRevisions {
  readonly scripts: RevisionScripts;
  /** The ids of the range, newest first. */
  readonly ids: readonly string[];
  /** The version table's rows by the names that the revisions have here; `null` where no database was asked. */
  readonly rows: readonly string[] | null;
}

/**
 * The revisions that `history` is about.
 *
 * @param ask Reads the rows of the version table where `indicateCurrent` asks for them; `undefined` where it can't.
 */
export async function revisionsOfRange(
  context: ScriptsContext,
  options: HistoryOptions,
  ask: () => Promise<readonly string[] | undefined> = () => askRows(context, options),
): Promise<RangeOfRevisions> {
  const all = await readScripts(context, options);
  const { indicateCurrent = false, range: text } = options;
  const names = all.graph.replacedNamesIn(text === undefined ? [] : [text], { ends: true });
  const rangeIn = (scripts: RevisionScripts): HistoryRange => namingHeads(scripts, () => rangeFor(scripts.graph, text));
  const named = { ...all, graph: all.graph.at([], { names }) };
  const table = asksCurrent(rangeIn(named))
    ? await askRows(context, options)
    : indicateCurrent
      ? await ask()
      : undefined;
  const scripts = table === undefined ? named : { ...all, graph: all.graph.at(table, { names }) };
  const range = rangeIn(scripts);
  const rows = table === undefined ? undefined : scripts.graph.namesHere(table);
  const { ids, warnings } = namingHeads(scripts, () => requestedRange(scripts.graph, range, rows));
  const emit = emitter(context, options);
  for (const message of warnings) emit({ type: 'warning', message });
  return { scripts, ids, rows: rows ?? null };
}

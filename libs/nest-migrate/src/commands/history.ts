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
  const all = await readScripts(context, options);
  const { indicateCurrent = false, range: text } = options;
  const names = all.graph.replacedNamesIn(text === undefined ? [] : [text], { ends: true });
  const rangeIn = (scripts: RevisionScripts): HistoryRange => namingHeads(scripts, () => rangeFor(scripts.graph, text));
  const named = { ...all, graph: all.graph.at([], { names }) };
  const needsRows = indicateCurrent || asksCurrent(rangeIn(named));
  const table = needsRows ? await askRows(context, options) : undefined;
  const scripts = table === undefined ? named : { ...all, graph: all.graph.at(table, { names }) };
  const range = rangeIn(scripts);
  const rows = table === undefined ? undefined : scripts.graph.namesHere(table);
  const { ids, warnings } = namingHeads(scripts, () => requestedRange(scripts.graph, range, rows));
  const emit = emitter(context, options);
  for (const message of warnings) emit({ type: 'warning', message });
  return ids.map((id) => revisionInfo(scripts, id, indicateCurrent ? (rows ?? null) : null));
}

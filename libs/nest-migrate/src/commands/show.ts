import { isCurrent, resolveRevisions } from '../revision/resolve.js';
import { type Target, targetsFor } from '../revision/target.js';
import { askRows } from './application-needed.js';
import { type Common, type ScriptsContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo, type RevisionScripts } from './revision-scripts.js';

/**
 * Options of `show`.
 *
 * @example
 * const [newest] = await migrations.show({ revision: 'current' });
 */
export interface ShowOptions extends Common {
  /** The revision, as a symbol; `current` asks the database. Default: `'head'`. */
  revision?: string;
}

/** The revisions that a symbol denotes. */
export async function show(context: ScriptsContext, options: ShowOptions = {}): Promise<readonly RevisionInfo[]> {
  const all = await readScripts(context, options);
  const { revision = 'head' } = options;
  const names = all.graph.replacedNamesIn([revision], { ends: true });
  const targetsIn = (scripts: RevisionScripts): readonly Target[] =>
    namingHeads(scripts, () => targetsFor(scripts.graph, revision, 'show'));
  const named = { ...all, graph: all.graph.at([], { names }) };
  const table = targetsIn(named).some(isCurrent) ? await askRows(context, options) : undefined;
  const scripts = table === undefined ? named : { ...all, graph: all.graph.at(table, { names }) };
  const rows = table === undefined ? undefined : scripts.graph.namesHere(table);
  const ids = namingHeads(scripts, () => resolveRevisions(scripts.graph, targetsIn(scripts), rows));
  return ids.map((id) => revisionInfo(scripts, id, rows ?? null));
}

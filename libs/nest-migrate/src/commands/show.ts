import { isCurrent, resolveRevisions } from '../revision/resolve.js';
import { targetsFor } from '../revision/target.js';
import { type CommandContext, type Common, databaseOf } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo } from './revision-scripts.js';

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
export async function show(context: CommandContext, options: ShowOptions = {}): Promise<readonly RevisionInfo[]> {
  const scripts = await readScripts(context, options);
  const { graph } = scripts;
  const targets = namingHeads(scripts, () => targetsFor(graph, options.revision ?? 'head', 'show'));
  const rows = targets.some(isCurrent) ? await databaseOf(context, options).readRows() : undefined;
  const ids = namingHeads(scripts, () => resolveRevisions(graph, targets, rows));
  return ids.map((id) => revisionInfo(scripts, id, rows ?? null));
}

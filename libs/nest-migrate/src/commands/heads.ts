import { type Common, type ScriptsContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';

/**
 * Options of `heads`.
 *
 * @example
 * const heads = await migrations.heads({ resolveDependencies: true });
 */
export interface HeadsOptions extends Common {
  /** Whether heads that another branch depends on are left out. Default: false. */
  resolveDependencies?: boolean;
}

/** The revisions that no other follows. Asks no database and runs no script. */
export async function heads(context: ScriptsContext, options: HeadsOptions = {}): Promise<readonly RevisionInfo[]> {
  const scripts = await readScripts(context, options);
  const ids = options.resolveDependencies === true ? scripts.graph.realHeads : scripts.graph.heads;
  return ids.map((id) => revisionInfo(scripts, id));
}

import { type Common, type ScriptsContext } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';

/** The revisions that more than one other follows. Asks no database and runs no script. */
export async function branches(context: ScriptsContext, options: Common = {}): Promise<readonly RevisionInfo[]> {
  const scripts = await readScripts(context, options);
  return scripts.graph.branchPoints.map((id) => revisionInfo(scripts, id));
}

import { currentRevisions, isAtHead } from '../revision/current-revisions.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type RevisionInfo } from './results.js';
import { readScripts, revisionInfo } from './revision-scripts.js';

/** Where a database stands. */
export interface Current {
  /** The version table's rows, sorted. */
  readonly rows: readonly string[];
  /** The rows' revisions, and tips that are applied because a row depends on them. */
  readonly revisions: readonly RevisionInfo[];
  /** Whether every revision of the script directory is applied. */
  readonly atHead: boolean;
}

/** Where the database stands. Writes nothing: an absent version table counts as empty. */
export async function current(context: CommandContext, options: Common = {}): Promise<Current> {
  const scripts = await readScripts(context, options);
  const rows = await databaseOf(context, options).readRows();
  const here = { ...scripts, graph: scripts.graph.at(rows) };
  const named = here.graph.namesHere(rows);
  return {
    rows,
    revisions: currentRevisions(here.graph, named).map(({ id }) => revisionInfo(here, id, named)),
    atHead: isAtHead(here.graph, named),
  };
}

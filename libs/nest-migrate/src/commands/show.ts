import { requested } from '../revision/requested.js';
import { resolveRevisions } from '../revision/resolve.js';
import { type CommandContext, type Common, databaseOf } from './command-context.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo } from './revision-scripts.js';

export interface ShowOptions extends Common {
  /** Any symbol; `current` asks the database. Default `'head'`. */
  revision?: string;
}

/** The revisions that a symbol denotes. */
export async function show(context: CommandContext, options: ShowOptions = {}): Promise<readonly RevisionInfo[]> {
  const scripts = await readScripts(context, options);
  const symbol = options.revision ?? 'head';
  const rows = symbol === 'current' ? await databaseOf(context, options).readRows() : undefined;
  const { graph } = scripts;
  const ids = namingHeads(scripts, () =>
    requested(graph, symbol, 'show').flatMap((one) => resolveRevisions(graph, one, rows)),
  );
  return ids.map((id) => revisionInfo(scripts, id, rows ?? null));
}

import { planNewRevision } from '../revision/new-revision.js';
import { type CommandContext } from './command-context.js';
import { type NewRevision, newRevisionId, writeScript } from './new-revision.js';
import { type RevisionInfo } from './results.js';
import { namingHeads, readScripts, revisionInfo } from './revision-scripts.js';

/** The files that a command wrote; empty where there was nothing to write. */
export interface Created {
  readonly created: readonly RevisionInfo[];
}

/** Writes a revision with empty functions. Asks no database. */
export async function revision(context: CommandContext, options: NewRevision = {}): Promise<Created> {
  const scripts = await readScripts(context, options);
  const id = newRevisionId(context, options);
  const placement = namingHeads(scripts, () => planNewRevision(scripts.graph, { id, ...options }));
  await writeScript(context, scripts, options, id, placement, { upgrade: '', downgrade: '' });
  return { created: [revisionInfo(await readScripts(context, options), id)] };
}

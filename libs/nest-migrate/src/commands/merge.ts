import { NothingToMergeError } from '../errors/command.errors.js';
import { planMerge } from '../revision/new-revision.js';
import { type CommandContext } from './command-context.js';
import { type NewRevision, newRevisionId, writeScript } from './new-revision.js';
import { namingHeads, readScripts, revisionInfo } from './revision-scripts.js';
import { type Created } from './revision.js';

export interface MergeOptions extends NewRevision {
  /** The revisions to merge, as symbols; `'heads'` for all. */
  revisions: string | readonly string[];
}

/**
 * Writes a revision that follows several others and makes one branch of theirs.
 *
 * @throws NothingToMergeError where the symbols denote fewer than two revisions. Alembic writes an ordinary revision
 * (of `merge base` even another base) then, which is hardly what somebody meant.
 */
export async function merge(context: CommandContext, options: MergeOptions): Promise<Created> {
  const scripts = await readScripts(context, options);
  const id = newRevisionId(context, options);
  const placement = namingHeads(scripts, () => planMerge(scripts.graph, { id, ...options }));
  if (placement.downRevision.length < 2) throw new NothingToMergeError(placement.downRevision);
  const message = options.message ?? `merge ${placement.downRevision.join(' and ')}`;
  await writeScript(context, scripts, { ...options, message }, id, placement, { upgrade: '', downgrade: '' });
  return { created: [revisionInfo(await readScripts(context, options), id)] };
}

import { NothingToMergeError } from '../errors/command.errors.js';
import { requestedPlacement } from '../revision/requested-placement.js';
import { type CommandContext } from './command-context.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { namingHeads, readScripts } from './revision-scripts.js';
import { type Created } from './revision.js';
import { sharing } from './shared-directory.js';
import { writeRevisions } from './write-revisions.js';

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
  const placement = namingHeads(scripts, () =>
    requestedPlacement(scripts.graph, { ...options, id, head: options.revisions }),
  );
  if (placement.downRevision.length < 2) throw new NothingToMergeError(placement.downRevision);
  const { created } = await writeRevisions(context, scripts, options, {
    command: 'merge',
    autogenerate: false,
    revId: id,
    message: options.message ?? `merge ${placement.downRevision.join(' and ')}`,
    head: options.revisions,
    // where branches meet is a matter of all
    operations: sharing(context).map(({ connection }) => ({ connection, upgrade: [], downgrade: [] })),
  });
  return { created };
}

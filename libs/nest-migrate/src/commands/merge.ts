import { NothingToMergeError } from '../errors/command.errors.js';
import { requestedPlacement } from '../revision/requested-placement.js';
import { type CommandContext } from './command-context.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { namingHeads, readScripts } from './revision-scripts.js';
import { type Created } from './revision.js';
import { sharing } from './shared-directory.js';
import { writeRevisions } from './write-revisions.js';

/**
 * Options of `merge`.
 *
 * @example
 * await migrations.merge({ revisions: ['8f27ab', 'c61d55'], message: 'join the branches' });
 */
export interface MergeOptions extends NewRevision {
  /** The revisions to merge, as symbols; `'heads'` for all heads. */
  revisions: string | readonly string[];
}

/**
 * Writes a revision that follows several others and joins their branches.
 *
 * @throws NothingToMergeError where the symbols denote fewer than two revisions. Alembic writes an ordinary revision
 * then, and for `merge base` even another base, which is hardly what the caller meant.
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
    // a merge is for every connection
    operations: sharing(context).map(({ connection }) => ({ connection, upgrade: [], downgrade: [] })),
  });
  return { created };
}

import { NothingToMergeError } from '../errors/command.errors.js';
import { requestedPlacement } from '../revision/requested-placement.js';
import { directoryTemplate } from '../script/directory-template.js';
import { ofApplication } from './application-needed.js';
import { type FilesContext } from './command-context.js';
import { type MergeProof, type proveMerge } from './merge-proof.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { namingHeads, readFiles } from './revision-scripts.js';
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
  /**
   * Whether the branches are applied to scratch databases in different orders. The verdict is in the head of the
   * revision and in the result; the revision is written in any case. Default `false`.
   */
  prove?: boolean;
}

/** The merge that was written. */
export interface Merged extends Created {
  /** Whether the branches can be applied in any order; absent where that was not tried. */
  readonly proof?: MergeProof;
}

/**
 * Writes a revision that follows several others and joins their branches.
 *
 * @throws NothingToMergeError where the symbols denote fewer than two revisions. Alembic writes an ordinary revision
 * then, and for `merge base` even another base, which is hardly what the caller meant.
 */
export async function merge(context: FilesContext, options: MergeOptions): Promise<Merged> {
  const scripts = await readFiles(context, options);
  const { form } = await directoryTemplate(scripts.directory.path, context.fileSystem);
  // the functions of the template are named after the connections
  if (form !== 'function') ofApplication(context, 'the names of its connections');
  const id = newRevisionId(context, options);
  const placement = namingHeads(scripts, () =>
    requestedPlacement(scripts.graph, { ...options, id, head: options.revisions }),
  );
  if (placement.downRevision.length < 2) throw new NothingToMergeError(placement.downRevision);
  const proof =
    options.prove === true
      ? await proofOf(ofApplication(context, 'a proof'), scripts, placement.downRevision, options)
      : undefined;
  const { created } = await writeRevisions(context, scripts, options, {
    command: 'merge',
    notes: proof === undefined ? [] : verdictOf(proof),
    autogenerate: false,
    revId: id,
    message: options.message ?? `merge ${placement.downRevision.join(' and ')}`,
    head: options.revisions,
    // a merge is for every connection
    operations: sharing(context).map(({ connection }) => ({ connection, upgrade: [], downgrade: [] })),
  });
  return { created, ...(proof !== undefined && { proof }) };
}

async function proofOf(...given: Parameters<typeof proveMerge>): Promise<MergeProof> {
  // rehearsals are loaded by those who use them
  return (await import('./merge-proof.js')).proveMerge(...given);
}

/** The verdict, for the head of the revision. */
function verdictOf({ commutes, orders, engine, findings }: MergeProof): readonly string[] {
  const tried = orders.map((order) => order.join(', ')).join('; ');
  return commutes
    ? [`Proven on ${engine}: the branches lead to one schema and to the same rows in each order (${tried}).`]
    : [
        `Not proven on ${engine}: the order of the branches matters (${tried}).`,
        ...findings.map(({ message }) => message),
      ];
}

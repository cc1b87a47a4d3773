import { hash } from 'node:crypto';
import { type HistorySeal } from '../engines/tables/history-table.js';

/**
 * How digests are made today. Kept beside them, so that digests made in a later way do not look like changed revisions.
 */
export const HASH_ALGORITHM = 'sha256/1';

/** The text by which the chain hashes of later revisions refer to this revision. */
export function linkOf(seal: HistorySeal | null | undefined): string {
  return seal == null ? '' : (seal.chainHash ?? ownDigest(seal));
}

/**
 * The hash of a revision over what it does and over the hashes of the revisions that it follows. If a line of the
 * history is edited, the lines after it no longer agree with it.
 *
 * @param links The link of each parent, by its id.
 */
export function chainHash(
  revision: string,
  seal: Omit<HistorySeal, 'chainHash'>,
  links: ReadonlyMap<string, string>,
): string {
  const parents = [...links].sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([seal.algorithm, revision, ownDigest(seal), parents]));
}

/** The most precise digest that is known: that of the operations, else that of the program, else that of the file. */
function ownDigest({ operationsDigest, programDigest, ...file }: Omit<HistorySeal, 'chainHash'>): string {
  return operationsDigest ?? programDigest ?? `${file.fileKind}:${file.fileDigest}`;
}

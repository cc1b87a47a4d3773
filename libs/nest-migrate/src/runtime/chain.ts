import { createHash } from 'node:crypto';
import { type HistorySeal } from '../engines/tables/history-table.js';

/** How digests are made today; kept beside them, so that a later way does not take those of an earlier one for changes. */
export const HASH_ALGORITHM = 'sha256/1';

/** What stands for a revision in the chain hashes of those that stand on it. */
export function linkOf(seal: HistorySeal | null | undefined): string {
  return seal == null ? '' : (seal.chainHash ?? ownDigest(seal));
}

/**
 * The hash of a revision over what it does and the same of what it stands on, so that a line of the history that somebody changes
 * no longer agrees with those above it.
 *
 * @param links What stands for each parent, by its id.
 */
export function chainHash(
  revision: string,
  seal: Omit<HistorySeal, 'chainHash'>,
  links: ReadonlyMap<string, string>,
): string {
  const parents = [...links].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([seal.algorithm, revision, ownDigest(seal), parents]))
    .digest('hex');
}

/** The closest that is known to what the revision does: its operations, else its program, else its file. */
function ownDigest({ operationsDigest, programDigest, ...file }: Omit<HistorySeal, 'chainHash'>): string {
  return operationsDigest ?? programDigest ?? `${file.fileKind}:${file.fileDigest}`;
}

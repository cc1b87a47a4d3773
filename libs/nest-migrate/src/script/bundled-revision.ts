/**
 * A revision that is part of a bundle, as `nest-migrate bundle` lists it.
 *
 * @example
 * declare const first: object; // import * as first from './versions/3f2a_create_book.js';
 * const revision: BundledRevision = { file: 'versions/3f2a_create_book.ts', digest: '…', program: null, module: first };
 */
export interface BundledRevision {
  /** Its file when the list was written, from the script directory. */
  readonly file: string;
  /** The digest of the text of that file, by which the history knows it. */
  readonly digest: string;
  /** The digest of the file's program; `null` where its text does not tell it. */
  readonly program: string | null;
  /** What the file exports. */
  readonly module: object;
}

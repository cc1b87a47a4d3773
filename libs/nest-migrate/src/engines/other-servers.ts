import { UnsupportedServerError } from '../errors/database.errors.js';

/** A different product that speaks an engine's protocol. */
export interface OtherServer {
  readonly name: string;
  /** How the product is recognised, by what it says about itself. */
  readonly says: RegExp;
  /** What it lacks that running revisions needs. Completes "… there,". */
  readonly why: string;
}

/**
 * Refuses a server that is a different product than the engine's own.
 *
 * @param identity Everything that the server says about itself: its version, and a comment on it.
 * @throws UnsupportedServerError
 */
export function refuseOthers(identity: string, others: readonly OtherServer[]): void {
  const other = others.find(({ says }) => says.test(identity));
  if (other !== undefined) throw new UnsupportedServerError(other.name, identity, other.why);
}

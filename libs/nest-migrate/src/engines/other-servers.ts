import { UnsupportedServerError } from '../errors/database.errors.js';

/** A product that speaks an engine's protocol and is another one. */
export interface OtherServer {
  readonly name: string;
  /** How it is known, by what it says of itself. */
  readonly says: RegExp;
  /** What is not there that running revisions needs. Completes "… there,". */
  readonly why: string;
}

/**
 * Refuses a server that is another product than the engine's own.
 *
 * @param identity All that the server says of itself: its version, and a comment on it.
 * @throws UnsupportedServerError
 */
export function refuseOthers(identity: string, others: readonly OtherServer[]): void {
  const other = others.find(({ says }) => says.test(identity));
  if (other !== undefined) throw new UnsupportedServerError(other.name, identity, other.why);
}

import { type LockHolder } from '../engines/session/lock.js';

/** Describes the holder of a lock, for messages; `null` where the server did not name one. */
export function describeHolder(holder: LockHolder | null): string | null {
  if (holder === null) return null;
  const parts = [
    holder.application === null ? undefined : `'${holder.application}'`,
    holder.address === null ? undefined : `from ${holder.address}`,
    holder.since === null ? undefined : `since ${holder.since}`,
  ].filter((part) => part !== undefined);
  const where = holder.member === undefined ? '' : ` on ${holder.member}`;
  const last = holder.lastStatement == null ? '' : `, whose transaction is open behind: ${holder.lastStatement}`;
  const what = holder.statement === null ? last : `, which runs: ${holder.statement}`;
  const who = holder.isGuess === true ? 'probably the session' : 'the session';
  return `${who} with pid ${holder.pid}${where}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}${what}`;
}

import { type Blocked } from '../../impact/impact.js';

/** The modes of PostgreSQL's locks on tables, the weakest first, as `pg_locks` writes them. */
export const LOCK_MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** The weakest modes that `select`, the changes of rows, and most changes of a schema conflict with. */
const CONFLICTS: Readonly<Record<keyof Blocked, LockMode>> = {
  reads: 'AccessExclusiveLock',
  writes: 'ShareLock',
  schemaChanges: 'AccessShareLock',
};

/** The strongest of the modes; `null` where there is none. */
export function strongest(modes: Iterable<string>): LockMode | null {
  const found = new Set(modes);
  return LOCK_MODES.findLast((mode) => found.has(mode)) ?? null;
}

/**
 * What waits for a lock of that mode: a `select` takes `AccessShareLock`, a change of rows `RowExclusiveLock`, a change
 * of the schema `AccessExclusiveLock`.
 */
export function blockedBy(mode: LockMode | null): Blocked {
  const at = mode === null ? -1 : LOCK_MODES.indexOf(mode);
  const waits = (of: keyof Blocked): boolean => at >= LOCK_MODES.indexOf(CONFLICTS[of]);
  return { reads: waits('reads'), writes: waits('writes'), schemaChanges: waits('schemaChanges') };
}

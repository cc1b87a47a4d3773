import { createHash } from 'node:crypto';

/** In bytes. */
export const LONGEST_NAME = 63;
const HASH_LENGTH = 5;

/**
 * The name of the function of a trigger, as MikroORM names it. One that is too long ends in a hash of the whole name,
 * so that two triggers of a table with a long name have two functions.
 */
export function triggerFunction(table: string, trigger: string): string {
  return shortened(`${table}_${trigger}_fn`, '_fn');
}

/**
 * The name of the trigger that keeps a copy of a column equal to it. Triggers before a row run by the order of their
 * names, and this one has to see what others have written.
 */
export function syncTrigger(copy: string): string {
  return shortened(`zz_sync_${copy}`, '');
}

/** A name that is too long ends in a hash of the whole one, before its own end. */
function shortened(name: string, end: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  const suffix = `_${createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH)}${end}`;
  return cut(name, LONGEST_NAME - suffix.length) + suffix;
}

/** The name without a hash, as PostgreSQL cuts it, where it is another: earlier revisions used it. */
export function cutTriggerFunction(table: string, trigger: string): string | undefined {
  const name = `${table}_${trigger}_fn`;
  return Buffer.byteLength(name) <= LONGEST_NAME ? undefined : cut(name, LONGEST_NAME);
}

/** Whether a function has a name that the trigger's own function has. */
export function isTriggerFunction(name: string | undefined, table: string, trigger: string): boolean {
  return (
    name !== undefined && (name === triggerFunction(table, trigger) || name === cutTriggerFunction(table, trigger))
  );
}

/** The name as PostgreSQL stores it: no more than so many bytes, and no part of a character. */
export function cut(name: string, bytes = LONGEST_NAME): string {
  let kept = name;
  while (Buffer.byteLength(kept) > bytes) kept = [...kept].slice(0, -1).join('');
  return kept;
}

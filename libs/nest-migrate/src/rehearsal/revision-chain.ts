import { createHash } from 'node:crypto';

/** To be raised where the library creates another database from the same revisions, or keeps it in another way. */
const FORMAT = 1;

/**
 * What a database holds after each step of an upgrade from an empty one, as far as that can be told without running
 * anything.
 */
export interface RevisionChain {
  /** Everything but the revisions and the place that decides what a database holds: options, files beside them. */
  readonly base: string;
  /** One text a step, in order; it ends before a revision whose content the files do not tell. */
  readonly links: readonly string[];
}

/**
 * The keys of a chain on one place: the first is that of the prepared database without any revision, and each of the
 * others that after one more step. Chains with a common beginning have its keys in common.
 *
 * @param place Everything of the place that decides what a database holds: engine, version, locale.
 */
export function chainKeys({ base, links }: RevisionChain, place: string): readonly string[] {
  const keys = [digestOf([FORMAT, place, base])];
  for (const link of links) keys.push(digestOf([keys.at(-1), link]));
  return keys;
}

/** A digest that is short enough for the name of a database. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

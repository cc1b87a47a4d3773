import { createHash } from 'node:crypto';

/** To be raised where the library creates another database from the same revisions, or keeps it in another way. */
const FORMAT = 2;

/**
 * What a database holds after each step of an upgrade from an empty one, as far as that can be told without running
 * anything.
 */
export interface RevisionChain {
  /** What decides what a database holds before the first revision, but its place: how it is prepared. */
  readonly preparation: string;
  /** Everything but the revisions and the place that decides what they do: options, files beside them. */
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
export function chainKeys({ preparation, base, links }: RevisionChain, place: string): readonly string[] {
  const prepared = digestOf([FORMAT, place, preparation]);
  const keys = [prepared];
  for (const link of links) keys.push(digestOf([keys.length === 1 ? [prepared, base] : keys.at(-1), link]));
  return keys;
}

/** A digest that is short enough for the name of a database. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

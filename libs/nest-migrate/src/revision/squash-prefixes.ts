import { type RevisionGraph } from './revision-graph.js';

/** What of some revisions a database may have applied. */
export interface Prefixes {
  /** Each as the ids that are applied, in an order in which the graph allows it; none and all are among them. */
  readonly prefixes: readonly (readonly string[])[];
  /** Whether these are all that there are. */
  readonly isAll: boolean;
}

/** So many are looked at before only a sample is. */
const MOST_LISTED = 1000;

/**
 * What of some revisions a database may have applied: with each of them all those among them that it stands on. In a
 * chain that is one more than there are revisions; branches that are applied side by side have many.
 *
 * @param ids The revisions, oldest first.
 * @param most At most so many are returned, and at least 2. Where there are more, they are a sample.
 * @param random Returns numbers from 0 to below 1. The same numbers give the same sample.
 */
export function prefixesOf(
  graph: RevisionGraph,
  ids: readonly string[],
  most: number,
  random: () => number,
): Prefixes {
  const inside = new Set(ids);
  const next = (applied: ReadonlySet<string>): readonly string[] =>
    ids.filter(
      (id) => !applied.has(id) && graph.parentsOf(id).every((parent) => applied.has(parent) || !inside.has(parent)),
    );
  const found = new Map<string, readonly string[]>([['', []]]);
  for (const applied of found.values()) {
    if (found.size > MOST_LISTED) break;
    const set = new Set(applied);
    for (const id of next(set)) {
      const key = ids.filter((each) => each === id || set.has(each)).join(' ');
      if (!found.has(key)) found.set(key, [...applied, id]);
    }
  }
  const all = found.get(ids.join(' '));
  if (all !== undefined && found.size <= most) return { prefixes: [...found.values()], isAll: true };
  const sample = new Map<string, readonly string[]>([
    ['', []],
    [ids.join(' '), all ?? ids],
  ]);
  const listed = [...found.values()];
  for (let tries = 0; sample.size < most && tries < most * TRIES; tries++) {
    // a long history is drawn from as a whole: what was listed of it are its beginnings
    const drawn =
      all === undefined ? anyPrefix(ids, next, random) : (listed[Math.floor(random() * listed.length)] ?? []);
    sample.set(ids.filter((id) => drawn.includes(id)).join(' '), drawn);
  }
  return { prefixes: [...sample.values()], isAll: false };
}

/** How often one is drawn for each that is wanted. */
const TRIES = 8;

/** Some of the revisions, each time any that the graph allows. */
function anyPrefix(
  ids: readonly string[],
  next: (applied: ReadonlySet<string>) => readonly string[],
  random: () => number,
): readonly string[] {
  const applied = new Set<string>();
  for (let left = Math.floor(random() * ids.length); left > 0; left--) {
    const ready = next(applied);
    applied.add(ready[Math.floor(random() * ready.length)] ?? '');
  }
  return [...applied];
}

/**
 * The name that was probably meant: the only one that begins with `wanted`, else the nearest one that differs by at
 * most two letters; `undefined` where none is near.
 */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const longer = wanted.length < 2 ? [] : names.filter((name) => name.startsWith(wanted));
  if (longer.length === 1) return longer[0];
  let best: string | undefined;
  let limit = Math.min(2, Math.floor(wanted.length / 2));
  for (const name of names) {
    const distance = editDistance(wanted, name, limit);
    if (distance > limit) continue;
    best = name;
    if (distance <= 1) break;
    limit = distance - 1;
  }
  return best;
}

/** How many letters to insert, delete or replace; more than `limit` where it takes more. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[to.length];
}

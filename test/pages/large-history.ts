import { type GraphResult, type GraphRevision } from '../../libs/nest-migrate/src/commands/graph-result.js';

/** The parts of a revision that decide where it is drawn. */
interface Place {
  readonly id: string;
  readonly parents: readonly string[];
  readonly dependencies: readonly string[];
}

/** Numbers that are the same in each run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A history of many revisions with branches that are merged, a second base, dependencies and three heads, newest first. All
 * but the last 20 are applied.
 */
export function largeHistory(size: number): GraphResult {
  const next = numbersFrom(18);
  const places: Place[] = [{ id: 'r0000', parents: [], dependencies: [] }];
  let tips = ['r0000'];
  for (let number = 1; number < size; number++) {
    const id = `r${String(number).padStart(4, '0')}`;
    const place = (parents: readonly string[], dependencies: readonly string[] = []): void => {
      places.push({ id, parents, dependencies });
    };
    const at = next(tips.length);
    if (number === 40) {
      place([]);
      tips = [...tips, id];
    } else if (tips.length > 3 && next(6) === 0) {
      const [a, b] = [tips[0], tips[tips.length - 1]];
      place([a, b]);
      tips = [id, ...tips.slice(1, -1)];
    } else if (tips.length < 6 && next(12) === 0) {
      const parent = places[Math.max(0, number - 1 - next(8))].id;
      place([parent]);
      tips = [...tips.filter((tip) => tip !== parent), id];
    } else {
      const dependencies = next(60) === 0 ? [places[Math.max(0, number - 30)].id] : [];
      place(
        [tips[at]],
        dependencies.filter((other) => other !== tips[at]),
      );
      tips[at] = id;
    }
  }
  const children = new Map<string, string[]>();
  for (const { id, parents } of places)
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), id]);
  const revisions = places.map((place, number) => revisionOf(place, number, children.get(place.id) ?? [], size));
  const applied = revisions.filter(({ isApplied }) => isApplied === true);
  const here = applied.filter(({ children: after }) => !after.some((id) => Number(id.slice(1)) < size - 20));
  return {
    connection: 'default',
    rows: here.map(({ revision }) => revision),
    unknown: [],
    revisions: revisions.map((revision) => ({ ...revision, isCurrent: here.includes(revision) })).reverse(),
    plan: null,
  };
}

function revisionOf(
  { id, parents, dependencies }: Place,
  number: number,
  children: readonly string[],
  size: number,
): GraphRevision {
  const table = ['book', 'author', 'order', 'customer', 'invoice', 'shelf'][number % 6];
  const day = new Date(Date.UTC(2021, 0, 1) + number * 86_400_000).toISOString();
  return {
    revision: id,
    downRevision: parents,
    dependsOn: dependencies,
    branchLabels: number >= 40 && number < 48 && parents.length === 0 ? ['reports'] : [],
    message: parents.length > 1 ? 'join the branches' : `add column ${number} to ${table}`,
    createDate: day,
    path: `/app/migrations/versions/${id}_${table}.ts`,
    children,
    isHead: children.length === 0,
    isEffectiveHead: false,
    isBase: parents.length === 0,
    isBranchPoint: children.length > 1,
    isMergePoint: parents.length > 1,
    isCurrent: false,
    replaces: [],
    replacedBy: null,
    irreversible: number % 97 === 0 ? 'the texts are gone' : null,
    elidable: false,
    accept: [],
    isApplied: number < size - 20,
    content: {
      kind: 'recorded',
      obstacle: number % 31 === 0 ? 'query' : null,
      operations:
        parents.length > 1
          ? []
          : [
              {
                words: [`added column '${table}.c${number}'`],
                sql: [`alter table "${table}" add column "c${number}" varchar(255) null`],
              },
              {
                words: [`added index '${table}_c${number}_index' on '${table}' (c${number})`],
                sql: [`create index "${table}_c${number}_index" on "${table}" ("c${number}")`],
              },
            ],
    },
  };
}

import fc from 'fast-check';
import { type Revision } from '../../../libs/nest-migrate/src/revision/revision-node.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';

/** `'c: a, b'` follows a and b; `'c: a > x'` also depends on x; `'c [billing]: a'` has a label. */
export function revisions(...lines: string[]): readonly Revision[] {
  return lines.map((line) => {
    const [, id = '', labels = '', down = '', deps = ''] =
      /^(\S+?)(?: \[(.*)\])?(?:: ([^>]*?))?(?: ?> (.*))?$/.exec(line) ?? [];
    const list = (text: string): string[] => text.split(', ').filter((name) => name !== '');
    return { id, downRevision: list(down), dependsOn: list(deps), branchLabels: list(labels) };
  });
}

export function graphOf(...lines: string[]): RevisionGraph {
  return RevisionGraph.of(revisions(...lines));
}

/** Any graph there can be, of up to 25 revisions, loaded in any order. */
export const anyRevisions: fc.Arbitrary<readonly Revision[]> = fc
  .array(
    fc.record({
      followed: fc.array(fc.nat(5), { maxLength: 3 }),
      dependedOn: fc.oneof(
        { weight: 3, arbitrary: fc.constant<number[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.nat(24), { maxLength: 2 }) },
      ),
      isLabelled: fc.nat(5).map((value) => value === 0),
      name: fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 5 }),
    }),
    { maxLength: 25 },
  )
  .map((drafts) => {
    const ids = drafts.map(({ name }, index) => `${name}${index}`);
    return drafts.map(({ followed, dependedOn, isLabelled }, index): Revision => {
      const earlier = (back: number): string[] => (back < index ? [ids[index - 1 - back]] : []);
      const dependsOn = [...new Set(dependedOn.flatMap(earlier))];
      return {
        id: ids[index],
        downRevision: [...new Set(followed.flatMap(earlier))],
        dependsOn: dependsOn.map((id) => (drafts[ids.indexOf(id)].isLabelled ? `label-${id}` : id)),
        branchLabels: isLabelled ? [`label-${ids[index]}`] : [],
      };
    });
  })
  .chain((list) => fc.shuffledSubarray([...list], { minLength: list.length }));

export const anyGraph: fc.Arbitrary<RevisionGraph> = anyRevisions.map((list) => RevisionGraph.of(list));

/** A graph with rows that a database can have: the tips of some revisions and all that they stand on. */
export const anyGraphAndRows: fc.Arbitrary<{ graph: RevisionGraph; rows: readonly string[] }> = anyGraph.chain(
  (graph) =>
    fc
      .subarray(graph.revisions.map(({ id }) => id))
      .map((some) => ({ graph, rows: tips(graph, applied(graph, some)) })),
);

/** What is applied where these revisions are: written without the library's traversal, to compare with it. */
export function applied(graph: RevisionGraph, ids: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    directParents(graph, id).forEach(visit);
  };
  for (const id of ids) visit(id);
  return found;
}

export function tips(graph: RevisionGraph, ids: ReadonlySet<string>): readonly string[] {
  const carrying = new Set([...ids].flatMap((id) => directParents(graph, id)));
  return [...ids].filter((id) => !carrying.has(id)).sort();
}

export function directParents(graph: RevisionGraph, id: string): readonly string[] {
  return [...graph.get(id).downRevision, ...graph.dependenciesOf(id)];
}

/** A graph with rows that somebody has written: some may include others, or be there twice. */
export const anyGraphAndAnyRows: fc.Arbitrary<{ graph: RevisionGraph; rows: readonly string[] }> = anyGraph.chain(
  (graph) => {
    const ids = graph.revisions.map(({ id }) => id);
    const anyRows: fc.Arbitrary<readonly string[]> =
      ids.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...ids), { maxLength: 4 });
    return anyRows.map((rows) => ({ graph, rows }));
  },
);

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type GraphColumns, graphColumns } from '../../../libs/nest-migrate/src/cli/present/graph-columns.js';
import { type GraphNode } from '../../../libs/nest-migrate/src/cli/present/graph-lanes.js';

/** `id: parents; dependencies` each, newest first. */
function nodes(...lines: readonly string[]): readonly GraphNode[] {
  const names = (text = ''): readonly string[] => text.split(' ').filter((name) => name !== '');
  return lines.map((line) => {
    const [id = '', rest = ''] = line.split(':');
    const [parents, dependencies] = rest.split(';');
    return { id, parents: names(parents), dependencies: names(dependencies) };
  });
}

/** The columns as a word, newest first, and the edges as `from>to@column`. */
function shown({ columns, edges }: GraphColumns): readonly [string, readonly string[]] {
  return [
    columns.join(''),
    edges.map(({ from, to, column, isDependency }) => `${from}${isDependency ? '~' : '>'}${to}@${column}`),
  ];
}

/** Graphs of any shape, newest first: revisions follow and depend on any of those before them. */
const graphs = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 2 }), fc.nat(4)), {
    maxLength: 40,
  })
  .map((drafts) =>
    drafts
      .map(([parents, dependencies, recent], index): GraphNode => {
        const one = (pick: number): readonly string[] =>
          index === 0 ? [] : [`n${recent === 0 ? pick % index : Math.max(0, index - 1 - (pick % 5))}`];
        return { id: `n${index}`, parents: parents.flatMap(one), dependencies: dependencies.flatMap(one) };
      })
      .reverse(),
  );

describe('the columns of a picture', () => {
  it.each([
    ['a line is one column', nodes('c:b', 'b:a', 'a:'), '000'],
    ['a branch leaves to the right', nodes('d:b', 'c:b', 'b:a', 'a:'), '1000'],
    ['a merge goes on at the left', nodes('e:c d', 'd:b', 'c:b', 'b:a', 'a:'), '01000'],
    ['two histories stand side by side', nodes('d:b', 'c:a', 'b:', 'a:'), '1010'],
    ['a column is used again behind a merge', nodes('g:e', 'f:e', 'e:c d', 'd:b', 'c:b', 'b:'), '100100'],
  ])('%s', (_, history, expected) => {
    expect(shown(graphColumns(history))[0]).toBe(expected);
  });

  it('edges keep the column of the branch that they are part of', () => {
    expect(shown(graphColumns(nodes('e:c d', 'd:b', 'c:b', 'b:a', 'a:')))[1]).toEqual([
      '3>4@0',
      '2>3@0',
      '1>3@1',
      '0>2@0',
      '0>1@1',
    ]);
  });

  it('dependencies on one revision share a column', () => {
    const { edges, width } = graphColumns(nodes('e:d;a', 'd:c;a', 'c:b;a', 'b:a', 'a:'));
    expect(edges.filter(({ isDependency }) => isDependency).map(({ column }) => column)).toEqual([1, 1, 1]);
    expect(width).toBe(2);
  });

  it('a long line of merges stays narrow', () => {
    const lines = Array.from({ length: 200 }, (_, index) => {
      const base = `m${index}`;
      return [`m${index + 1}:l${index} r${index}`, `r${index}:${base}`, `l${index}:${base}`];
    });
    expect(graphColumns(nodes(...lines.reverse().flat(), 'm0:')).width).toBe(2);
  });
});

describe('of any graph', () => {
  it('every edge is drawn once, between the revisions that it joins', () => {
    fc.assert(
      fc.property(graphs, (history) => {
        const rows = new Map(history.map(({ id }, row) => [id, row]));
        const wanted = history.flatMap(({ id, parents, dependencies }, row) => [
          ...[...new Set(parents)].map((name) => `${row}>${rows.get(name)}`),
          ...[...new Set(dependencies)]
            .filter((name) => !parents.includes(name) && name !== id)
            .map((name) => `${row}~${rows.get(name)}`),
        ]);
        const drawn = graphColumns(history).edges.map(
          ({ from, to, isDependency }) => `${from}${isDependency ? '~' : '>'}${to}`,
        );
        expect(drawn.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  it('no edge runs through a revision, and no two run along each other', () => {
    fc.assert(
      fc.property(graphs, (history) => {
        const { columns, edges } = graphColumns(history);
        const used = new Map<string, string>();
        for (const { from, to, column, isDependency } of edges) {
          for (let row = from + 1; row < to; row++) {
            expect(columns[row]).not.toBe(column);
            const mine = isDependency ? `dependency on ${to}` : `${from}>${to}`;
            const place = `${row}@${column}`;
            expect(used.get(place) ?? mine).toBe(mine);
            used.set(place, mine);
          }
        }
      }),
    );
  });

  it('a head that is added on top moves nothing', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 2 }),
        (history, a, b) => {
          const pick = (numbers: readonly number[]): readonly string[] =>
            history.length === 0 ? [] : numbers.map((number) => history[number % history.length].id);
          const before = graphColumns(history);
          const after = graphColumns([{ id: 'head', parents: pick(a), dependencies: pick(b) }, ...history]);
          expect(after.columns.slice(1)).toEqual(before.columns);
          expect(after.edges.filter(({ from }) => from > 0)).toEqual(
            before.edges.map((edge) => ({ ...edge, from: edge.from + 1, to: edge.to + 1 })),
          );
        },
      ),
    );
  });
});

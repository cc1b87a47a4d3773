import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawGraph, type GraphNode, type GraphRow } from '../../../libs/nest-migrate/src/cli/present/graph-lanes.js';

type Kind = 'parent' | 'dependency';

function textOf(row: GraphRow): string {
  return Array.from(row, (cell) => cell?.char ?? ' ').join('');
}

interface Drawing {
  readonly rows: readonly string[];
  /** The row and the column of each revision's `*`. */
  readonly places: ReadonlyMap<string, { readonly y: number; readonly x: number }>;
}

function draw(nodes: readonly GraphNode[]): Drawing {
  const rows: string[] = [];
  const places = new Map<string, { y: number; x: number }>();
  for (const { id, before, node, after } of drawGraph(nodes)) {
    rows.push(...before.map(textOf));
    places.set(id, { y: rows.length, x: textOf(node).indexOf('*') });
    rows.push(textOf(node), ...after.map(textOf));
  }
  return { rows, places };
}

/** `id; parents; dependencies`, a line each. */
function parse(text: string): GraphNode[] {
  const words = (part = ''): string[] => part.split(' ').filter((word) => word !== '');
  return words(text.trim().replaceAll(' ', '~').replaceAll('\n', ' ')).map((line) => {
    const [id, parents, dependencies] = line.replaceAll('~', ' ').split(';');
    return { id: id.trim(), parents: words(parents), dependencies: words(dependencies) };
  });
}

function picture(text: string): string {
  const nodes = parse(text);
  return drawGraph(nodes)
    .flatMap(({ id, before, node, after }) => [...before.map(textOf), `${textOf(node)} ${id}`, ...after.map(textOf)])
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Follows every line downwards from a `*`, by what is drawn alone, and answers where they end. */
function edgesFrom({ rows, places }: Drawing, id: string): Map<string, Kind> {
  const at = (y: number, x: number): string => rows[y]?.[x] ?? ' ';
  const found = new Map<string, Kind>();
  const byPlace = new Map([...places].map(([name, { y, x }]) => [`${y}:${x}`, name]));
  const isVertical = (char: string): boolean => char === '|' || char === ':';

  const follow = (y: number, x: number, before?: Kind): void => {
    const char = at(y, x);
    if (char === '*') {
      found.set(byPlace.get(`${y}:${x}`)!, before ?? 'parent');
      return;
    }
    // what a line is shows at once; further down it may have met another of the other kind
    const kind = before ?? (char === ':' ? 'dependency' : char === '|' ? 'parent' : undefined);
    const below = (column: number): string => at(y + 1, column);
    if (isVertical(char)) {
      if (isVertical(below(x)) || below(x) === '*') return follow(y + 1, x, kind);
      if (below(x - 1) === '/') return follow(y + 1, x - 1, kind);
      if (below(x + 1) === '\\') return follow(y + 1, x + 1, kind);
    } else if (char === '/') {
      let end = x;
      while (at(y, end - 2) === '_') end -= 2;
      if (below(end - 2) === '/') return follow(y + 1, end - 2, kind);
      if (isVertical(below(end - 1)) || below(end - 1) === '*') return follow(y + 1, end - 1, kind);
    } else if (char === '\\') {
      if (isVertical(below(x + 1)) || below(x + 1) === '*') return follow(y + 1, x + 1, kind);
      if (below(x + 2) === '\\') return follow(y + 1, x + 2, kind);
      if (below(x) === '/') return follow(y + 1, x, kind);
    }
    throw new Error(`a line ends in the air at row ${y}, column ${x}:\n${rows.join('\n')}`);
  };

  const { y, x } = places.get(id)!;
  if (isVertical(at(y + 1, x)) || at(y + 1, x) === '*') follow(y + 1, x);
  if (at(y + 1, x - 1) === '/') follow(y + 1, x - 1);
  let arm = x;
  while (at(y, arm + 1) === '-' || at(y, arm + 1) === '.') arm += 1;
  for (let exit = x; exit <= arm; exit += 2) if (at(y + 1, exit + 1) === '\\') follow(y + 1, exit + 1);
  return found;
}

/** Any order of any graph in which everyone stands before what it follows, with a few edges to what is not listed. */
const histories = fc
  .array(
    fc.record({
      parents: fc.array(fc.nat({ max: 6 }), { maxLength: 4 }),
      dependencies: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drafts) =>
    drafts.map(({ parents, dependencies }, index): GraphNode => {
      const names = (steps: readonly number[]): string[] => [...new Set(steps)].map((step) => `r${index + 1 + step}`);
      return { id: `r${index}`, parents: names(parents), dependencies: names(dependencies) };
    }),
  );

function edgesOf({ parents, dependencies }: GraphNode, listed: ReadonlySet<string>): Map<string, Kind> {
  const edges = new Map<string, Kind>();
  for (const name of dependencies) if (listed.has(name)) edges.set(name, 'dependency');
  for (const name of parents) if (listed.has(name)) edges.set(name, 'parent');
  return edges;
}

describe('the lanes of any history', () => {
  it('can be read back from the picture: every edge, no other, and each of its kind', () => {
    fc.assert(
      fc.property(histories, (nodes) => {
        const drawing = draw(nodes);
        const listed = new Set(nodes.map(({ id }) => id));
        for (const node of nodes) {
          expect([node.id, new Map([...edgesFrom(drawing, node.id)].sort())]).toEqual([
            node.id,
            new Map([...edgesOf(node, listed)].sort()),
          ]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold every revision once, in the order given', () => {
    fc.assert(
      fc.property(histories, (nodes) => {
        const { rows, places } = draw(nodes);
        expect(drawGraph(nodes).map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
        expect([...places.values()].map(({ y }) => y)).toEqual(
          [...places.values()].map(({ y }) => y).sort((a, b) => a - b),
        );
        expect(rows.join('').split('*').length - 1).toBe(nodes.length);
      }),
    );
  });

  it('are no wider than the edges that are open, and the rows between two revisions are bounded by that', () => {
    fc.assert(
      fc.property(histories, (nodes) => {
        const listed = new Set(nodes.map(({ id }) => id));
        const open = new Set<string>();
        for (const { id, before, node, after } of drawGraph(nodes)) {
          const own = nodes.find((each) => each.id === id)!;
          const starting = [...edgesOf(own, listed)].map(([name, kind]) => `${name} ${kind}`);
          const most = open.size + starting.length + 1;
          for (const row of [...before, node, ...after]) expect(row.length).toBeLessThanOrEqual(2 * most);
          expect(before.length + after.length).toBeLessThanOrEqual(4 * most);
          open.delete(`${id} parent`);
          open.delete(`${id} dependency`);
          starting.forEach((edge) => open.add(edge));
        }
        expect([...open]).toEqual([]);
      }),
    );
  });

  it('leave the lanes standing as text beside them needs', () => {
    fc.assert(
      fc.property(histories, (nodes) => {
        for (const { rest } of drawGraph(nodes)) expect(textOf(rest)).toMatch(/^([|:]( [|:])*)?$/);
      }),
    );
  });
});

describe('pictures', () => {
  it.each([
    ['a line', 'c;b\nb;a\na', ['* c', '* b', '* a']],
    ['a merge', 'm;a1 b2\nb2;b1\nb1;base\na1;base\nbase', ['* m', '|\\', '| * b2', '| * b1', '* | a1', '|/', '* base']],
    [
      'a merge of three',
      'o;x y z\nz;base\ny;base\nx;base\nbase',
      ['*-. o', '|\\ \\', '| | * z', '| * | y', '| |/', '* | x', '|/', '* base'],
    ],
    [
      'a merge of four beside another lane',
      'k;l o\no;w x y z\nl;base\nz;base\ny;base\nx;base\nw;base\nbase',
      [
        '* k',
        '|\\',
        '| *---. o',
        '| |\\ \\ \\',
        '* | | | | l',
        '| | | | * z',
        '| |_|_|/',
        '|/| | |',
        '| | | * y',
        '| |_|/',
        '|/| |',
        '| | * x',
        '| |/',
        '|/|',
        '| * w',
        '|/',
        '* base',
      ],
    ],
    ['branches from one point', 'c;base\nb;base\na;base\nbase', ['* c', '| * b', '|/', '| * a', '|/', '* base']],
    ['two histories', 'b2;b1\nb1\na2;a1\na1', ['* b2', '* b1', '', '* a2', '* a1']],
    ['a history that ends beside another', 'a;r\nb;q\nr\nq', ['* a', '| * b', '* | r', ' /', '* q']],
    [
      'a dependency between two histories',
      'n2;n1;a1\na2;a1\nn1\na1',
      ['* n2', '|\\', '| :', '| : * a2', '* : | n1', ' / /', ': |', ':/', '* a1'],
    ],
    [
      'room made for a merge of three',
      'h;b a\na;x y z\nz;b\ny;b\nx;b\nb',
      [
        '* h',
        '|\\',
        '| *-. a',
        '| |\\ \\',
        '| | | * z',
        '| |_|/',
        '|/| |',
        '| | * y',
        '| |/',
        '|/|',
        '| * x',
        '|/',
        '* b',
      ],
    ],
  ])('%s', (_, text, rows) => {
    expect(picture(text).split('\n')).toEqual(rows);
  });
});

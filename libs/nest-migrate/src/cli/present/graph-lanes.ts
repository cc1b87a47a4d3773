/** A revision as the drawing needs it. */
export interface GraphNode {
  readonly id: string;
  /** The revisions it follows. */
  readonly parents: readonly string[];
  /** The revisions it depends on besides. */
  readonly dependencies: readonly string[];
}

/** One character of the drawing. `lane` numbers the line that it is a part of, for its colour. */
export interface GraphCell {
  readonly char: string;
  readonly lane: number;
}

/** A row of the drawing, position by position; `undefined` is a blank. */
export type GraphRow = readonly (GraphCell | undefined)[];

/** The part of the drawing that belongs to one revision. */
export interface GraphEntry {
  readonly id: string;
  /** Rows above the revision's own. */
  readonly before: readonly GraphRow[];
  /** The row with its `*`. */
  readonly node: GraphRow;
  /** Rows below it, which move the lanes to where the next revision wants them. */
  readonly after: readonly GraphRow[];
  /** The lanes as they stand then: fills up beside text that needs more rows. */
  readonly rest: GraphRow;
}

type Kind = 'parent' | 'dependency';

/** A line downwards to a revision that is still to come. */
interface Lane {
  readonly target: string;
  readonly kind: Kind;
  readonly number: number;
}

/** A lane on its way from one column to another. */
interface Moving {
  readonly lane: Lane;
  readonly from: number;
  readonly to: number;
}

/**
 * Draws revisions as `git log --graph` draws commits: one `*` each, in the order given, and lanes between them. A lane
 * is `|` towards a parent and `:` towards a dependency. Edges to revisions that are not listed are left out, as git
 * leaves out what a range excludes.
 *
 * Lanes keep to columns two characters wide. Between two revisions they move to the left only, all at one speed, save
 * where a merge makes room for its parents; so no two of them are ever in the same place, and a `/` that passes a `|` in
 * one row continues in the next.
 *
 * @param nodes Every revision stands before those that it follows or depends on.
 */
export function drawGraph(nodes: readonly GraphNode[]): readonly GraphEntry[] {
  const ids = new Set(nodes.map(({ id }) => id));
  const entries: GraphEntry[] = [];
  let lanes: readonly Lane[] = [];
  let count = 0;
  let ended = -1; // the column that the last revision left empty, having nothing below it
  let last: 'revision' | 'moving' | 'standing' = 'standing'; // what the row above shows

  for (const node of nodes) {
    const before: GraphRow[] = [];
    if (!lanes.some(({ target }) => target === node.id)) {
      // right under another's `*` it would look like what that one follows
      if (lanes.length === ended) before.push(standing(lanes));
      lanes = [...lanes, { target: node.id, kind: 'parent', number: count++ }];
    }
    const move = (rows: readonly GraphRow[], after: readonly (typeof last)[]): void => {
      if (rows.length === 0) return;
      if (!after.includes(last)) before.push(standing(lanes));
      before.push(...rows);
      last = 'moving';
    };
    const at = lanes.findIndex(({ target }) => target === node.id);
    const joined = lanes.filter(({ target }, column) => target !== node.id || column === at);
    // lanes of both kinds meet here: each is seen standing first, or they could not be told apart
    move(moveLeft(placed(lanes, (lane) => (lane.target === node.id ? at : joined.indexOf(lane)))), ['standing']);
    lanes = joined;

    const edges = edgesOf(node, ids);
    const exits = arranged(edges, lanes, at, () => count++);
    const extra = Math.max(0, exits.straight.length - 2);
    const makingRoom = Array.from({ length: lanes.length > at + 1 ? extra : 0 }, (_, step) =>
      rowOf(lanes, at, { shift: step, moving: true }),
    );
    move(makingRoom, ['standing', 'revision']); // a `\` right under a `/` could be read as one line
    const shifted = { shift: extra, moving: false };
    const star = { char: '*', lane: lanes[at].number };
    const row = rowOf(lanes, at, shifted);
    row[2 * at] = star;
    for (let step = 1; step <= 2 * extra; step++)
      row[2 * at + step] = { ...star, char: step === 2 * extra ? '.' : '-' };

    const { after, next } = leave({ lanes, at, exits, extra });
    const depends = edges.some(({ kind }) => kind === 'dependency');
    if (depends) after.push(standing(next)); // or its `:` might not be seen
    entries.push({ id: node.id, before, node: row, after, rest: standing(next) });
    ended = edges.length === 0 && next.length === at ? at : -1;
    last = depends ? 'standing' : after.length > 0 ? 'moving' : 'revision';
    lanes = next;
  }
  return entries;
}

type Edge = Pick<Lane, 'target' | 'kind'>;

function edgesOf({ id, parents, dependencies }: GraphNode, ids: ReadonlySet<string>): readonly Edge[] {
  const shown = (names: readonly string[]): readonly string[] =>
    [...new Set(names)].filter((name) => ids.has(name) && name !== id);
  return [
    ...shown(parents).map((target): Edge => ({ target, kind: 'parent' })),
    ...shown(dependencies)
      .filter((target) => !parents.includes(target))
      .map((target): Edge => ({ target, kind: 'dependency' })),
  ];
}

/** How the edges leave a revision. */
interface Exits {
  /** Goes at once into the lane on the left. */
  readonly left?: Lane;
  /** Each gets a column, from the revision's own to the right. */
  readonly straight: readonly Lane[];
  /** Goes at once into the lane on the right. */
  readonly right?: Lane;
}

/** Puts the edges in an order in which few lanes cross: those towards lanes on the left, new ones, those to the right. */
function arranged(edges: readonly Edge[], lanes: readonly Lane[], at: number, nextNumber: () => number): Exits {
  const columnOf = ({ target, kind }: Edge): number =>
    lanes.findIndex((lane, column) => column !== at && lane.target === target && lane.kind === kind);
  const own = edges.find((edge) => columnOf(edge) === -1);
  const rank = (column: number): number => (column === -1 ? at : column);
  const ordered = edges
    .map((edge) => ({ edge, column: columnOf(edge) }))
    .toSorted((a, b) => rank(a.column) - rank(b.column))
    .map(({ edge, column }) => ({
      column,
      lane: lanes[column] ?? { ...edge, number: edge === own ? lanes[at].number : nextNumber() },
    }));
  const left = ordered.length > 1 ? ordered.find(({ column }) => column === at - 1 && column >= 0) : undefined;
  const others = ordered.filter((exit) => exit !== left);
  const right = others.length === 2 ? others.find(({ column }) => column === at + 1) : undefined;
  const straight = others.filter((exit) => exit !== right).map(({ lane }) => lane);
  return { left: left?.lane, straight, right: right?.lane };
}

interface Leaving {
  readonly lanes: readonly Lane[];
  readonly at: number;
  readonly exits: Exits;
  /** How far the lanes on the right have been moved to make room. */
  readonly extra: number;
}

/** The rows below a revision, and the lanes after them. */
function leave({ lanes, at, exits, extra }: Leaving): { after: GraphRow[]; next: readonly Lane[] } {
  const { left, straight, right } = exits;
  const after: GraphRow[] = [];
  if (left !== undefined || right !== undefined || straight.length > 1) {
    const row = rowOf(lanes, at, { shift: extra, moving: straight.length > 1 });
    straight.forEach((lane, index) => {
      if (index === 0) row[2 * at] = vertical(lane);
      else row[2 * (at + index) - 1] = { char: '\\', lane: lane.number };
    });
    if (left !== undefined) row[2 * at - 1] = { char: '/', lane: left.number };
    if (right !== undefined) row[2 * at + 1] = { char: '\\', lane: right.number };
    after.push(row);
  }
  const width = Math.max(1, straight.length);
  const spread = [
    ...lanes.slice(0, at).map((lane, column) => ({ lane, from: column })),
    ...straight.map((lane, index) => ({ lane, from: at + index })),
    ...lanes.slice(at + 1).map((lane, index) => ({ lane, from: at + width + index })),
  ];
  const next = [...new Set(spread.map(({ lane }) => lane))];
  after.push(...moveLeft(spread.map(({ lane, from }) => ({ lane, from, to: next.indexOf(lane) }))));
  return { after, next };
}

function placed(lanes: readonly Lane[], to: (lane: Lane) => number): readonly Moving[] {
  return lanes.map((lane, from) => ({ lane, from, to: to(lane) }));
}

/**
 * Rows in which lanes move to the left, each by a column a row. The leftmost of them takes a long way at once, in
 * underscores: left of it nothing moves.
 */
function moveLeft(lanes: readonly Moving[]): GraphRow[] {
  const rows: GraphRow[] = [];
  let moving = lanes;
  while (moving.some(({ from, to }) => from > to)) {
    const row: (GraphCell | undefined)[] = [];
    const first = moving.find(({ from, to }) => from > to);
    moving = moving.map((each) => {
      const { lane, from, to } = each;
      if (from === to) {
        row[2 * from] = vertical(lane);
        return each;
      }
      row[2 * from - 1] = { char: '/', lane: lane.number };
      if (each !== first || from - to < 3) return { ...each, from: from - 1 };
      for (let x = 2 * to + 3; x < 2 * from - 1; x += 2) row[x] = { char: '_', lane: lane.number };
      return { ...each, from: to + 1 };
    });
    rows.push(row);
  }
  return rows;
}

/** A row in which the lanes right of a column stand, or move on, to the right of where they belong. */
function rowOf(
  lanes: readonly Lane[],
  at: number,
  { shift, moving }: { readonly shift: number; readonly moving: boolean },
): (GraphCell | undefined)[] {
  const row: (GraphCell | undefined)[] = [];
  lanes.forEach((lane, column) => {
    if (column <= at) row[2 * column] = vertical(lane);
    else if (moving) row[2 * (column + shift) + 1] = { char: '\\', lane: lane.number };
    else row[2 * (column + shift)] = vertical(lane);
  });
  return row;
}

function standing(lanes: readonly Lane[]): GraphRow {
  return rowOf(lanes, lanes.length, { shift: 0, moving: false });
}

function vertical({ kind, number }: Lane): GraphCell {
  return { char: kind === 'parent' ? '|' : ':', lane: number };
}

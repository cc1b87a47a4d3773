import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RevisionError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { type PlannedStep } from '../../../libs/nest-migrate/src/revision/planned-step.js';
import { planHere } from '../../../libs/nest-migrate/src/revision/relabelled-plan.js';
import { RevisionGraph, type Standpoint } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { type Revision } from '../../../libs/nest-migrate/src/revision/revision-node.js';
import { type RowChange } from '../../../libs/nest-migrate/src/revision/row-changes.js';
import { squashPlace } from '../../../libs/nest-migrate/src/revision/squash-range.js';
import { areIndependent } from '../../../libs/nest-migrate/src/revision/traversal.js';
import { planDowngrade, planUpgrade, requestedStamp } from './by-text.ts';
import { anyRevisions, applied, graphOf, revisions, tips } from './graphs.js';

/** A history, and what became of it when parts of it were squashed, some of them more than once. */
interface Squashed {
  readonly old: RevisionGraph;
  readonly graph: RevisionGraph;
  readonly squashes: readonly Revision[];
}

/** All places at which a squash can be. */
function places(graph: RevisionGraph): readonly (readonly [string | null, string])[] {
  const ids = graph.oldestFirst;
  return ids.flatMap((upper) =>
    [null, ...ids].flatMap((lower): readonly (readonly [string | null, string])[] => {
      try {
        squashPlace(graph, lower, upper);
        return [[lower, upper]];
      } catch (error) {
        if (!(error instanceof RevisionError)) throw error;
        return [];
      }
    }),
  );
}

const anySquashed: fc.Arbitrary<Squashed> = fc
  .tuple(anyRevisions, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }))
  .filter(([list]) => list.length > 0)
  .map(([list, choices]) => {
    const old = RevisionGraph.of(list);
    const squashes: Revision[] = [];
    for (const [index, choice] of choices.entries()) {
      const graph = RevisionGraph.of([...list, ...squashes]);
      const possible = places(graph);
      const [lower, upper] = possible[choice % possible.length];
      squashes.push({ id: `squash${index}`, ...squashPlace(graph, lower, upper) });
    }
    return { old, graph: RevisionGraph.of([...list, ...squashes]), squashes };
  });

/** With the rows of a database that was migrated before there were squashes. */
const anySquashedAndRows = anySquashed.chain((squashed) =>
  fc
    .subarray(squashed.old.revisions.map(({ id }) => id))
    .map((some) => ({ ...squashed, rows: tips(squashed.old, applied(squashed.old, some)) })),
);

/** What a row means, in revisions of before there were squashes. */
function work({ old, squashes }: Squashed, id: string): readonly string[] {
  const squash = squashes.find((each) => each.id === id);
  return squash === undefined ? [id] : (squash.replaces ?? []).filter((replaced) => old.has(replaced));
}

function perform(rows: readonly string[], changes: readonly RowChange[]): readonly string[] {
  const table = new Set(rows);
  const remove = (row: string): void => {
    if (!table.delete(row)) throw new Error(`${row} is not there`);
  };
  const insert = (row: string): void => {
    if (table.has(row)) throw new Error(`${row} is there already`);
    table.add(row);
  };
  for (const change of changes) {
    if (change.kind !== 'insert') remove(change.kind === 'update' ? change.from : change.revision);
    if (change.kind !== 'delete') insert(change.kind === 'update' ? change.to : change.revision);
  }
  return [...table].sort();
}

/** Follows a plan: each piece of work is done once, on top of what it stands on, and rows mean what is done. */
function follow(
  squashed: Squashed,
  start: { readonly rows: readonly string[]; readonly done: ReadonlySet<string> },
  steps: readonly PlannedStep[],
): { readonly rows: readonly string[]; readonly done: ReadonlySet<string> } {
  const { old, graph } = squashed;
  const done = new Set(start.done);
  let { rows } = start;
  for (const step of steps) {
    rows = perform(rows, step.changes);
    expect(rows).toEqual(step.rows);
    if (step.isRelabelling !== true) {
      const pieces = work(squashed, step.revision ?? '');
      for (const piece of pieces) expect(done.has(piece)).toBe(step.direction === 'downgrade');
      for (const piece of pieces) if (step.direction === 'upgrade') done.add(piece);
      for (const piece of pieces) if (step.direction === 'downgrade') done.delete(piece);
      for (const piece of done) expect([...applied(old, [piece])].filter((one) => !done.has(one))).toEqual([]);
      // another run that begins here sees the same
      expect(doneAt(squashed, rows)).toEqual(done);
    }
    const here = graph.at(rows);
    expect(areIndependent(here, here.namesHere(rows))).toBe(true);
  }
  return { rows, done };
}

/** What is done where the version table holds these rows. */
function doneAt(squashed: Squashed, rows: readonly string[]): ReadonlySet<string> {
  return new Set(
    applied(
      squashed.old,
      rows.flatMap((row) => work(squashed, row)),
    ),
  );
}

function upgrade(
  graph: RevisionGraph,
  rows: readonly string[],
  target = 'heads',
  at: Standpoint = {},
): readonly PlannedStep[] {
  const names = [...graph.replacedNamesIn([target]), ...(at.names ?? [])];
  return planHere(graph, rows, { ...at, names }, (here, named) => ({ steps: planUpgrade(here, named, target) })).steps;
}

describe('a squashed history', () => {
  it('from every position an upgrade does all that is left, each piece once, and leaves no row of an old path', () => {
    fc.assert(
      fc.property(anySquashedAndRows, (squashed) => {
        const { old, graph, rows } = squashed;
        const end = follow(squashed, { rows, done: applied(old, rows) }, upgrade(graph, rows));
        expect(end.done.size).toBe(old.revisions.length);
        expect(end.rows).toEqual([...graph.realHeads].sort());
        expect(upgrade(graph, end.rows)).toEqual([]);
      }),
    );
  });

  it('does so revision by revision as well, planned anew before each', () => {
    fc.assert(
      fc.property(anySquashedAndRows, (squashed) => {
        const { old, graph } = squashed;
        let state: { rows: readonly string[]; done: ReadonlySet<string> } = {
          rows: squashed.rows,
          done: applied(old, squashed.rows),
        };
        for (let left = old.revisions.length + squashed.squashes.length + 1; left > 0; left--) {
          const steps = upgrade(graph, state.rows);
          if (steps.length === 0) break;
          state = follow(squashed, state, steps.slice(0, 1));
        }
        expect(state.done.size).toBe(old.revisions.length);
        expect(state.rows).toEqual([...graph.realHeads].sort());
      }),
    );
  });

  it('does so without the old scripts where the database does not need them', () => {
    fc.assert(
      fc.property(anySquashedAndRows, (squashed) => {
        const { old, graph, rows, squashes } = squashed;
        fc.pre(!graph.squashes.some((squash) => rows.some((row) => graph.needsReplaced(squash, row))));
        const replaced = new Set(squashes.flatMap(({ replaces = [] }) => replaces));
        const kept = [...old.revisions, ...squashes].filter(({ id }) => !replaced.has(id));
        const without = RevisionGraph.of(kept);
        expect(upgrade(without, rows)).toEqual(upgrade(graph, rows));
        expect(without.oldestFirst).toEqual(graph.oldestFirst);
      }),
    );
  });

  it('reaches each revision of an old path, and from there the heads', () => {
    fc.assert(
      fc.property(anySquashedAndRows, fc.nat(), (squashed, number) => {
        const { old, graph, rows } = squashed;
        const { id } = old.revisions[number % old.revisions.length];
        const start = { rows, done: applied(old, rows) };
        const there = follow(squashed, start, upgrade(graph, rows, id));
        expect([...applied(old, [id])].filter((piece) => !there.done.has(piece))).toEqual([]);
        // what is on no old path needs no more than itself; the end of one may be reached by its squash
        const end = follow(squashed, there, upgrade(graph, there.rows));
        expect(end.done.size).toBe(old.revisions.length);
      }),
    );
  });

  it('a downgrade to base takes everything back', () => {
    fc.assert(
      fc.property(anySquashedAndRows, fc.boolean(), (squashed, isUpgraded) => {
        const { old, graph, rows } = squashed;
        let state: ReturnType<typeof follow> = { rows, done: applied(old, rows) };
        if (isUpgraded) state = follow(squashed, state, upgrade(graph, rows));
        const { steps } = planHere(graph, state.rows, {}, (here, named) => planDowngrade(here, named, 'base'));
        const end = follow(squashed, state, steps);
        expect([end.rows, end.done.size]).toEqual([[], 0]);
      }),
    );
  });

  it('after any stamp no row is an ancestor of another, and the next upgrade does what is left', () => {
    fc.assert(
      fc.property(anySquashedAndRows, fc.nat(), fc.boolean(), (squashed, number, purge) => {
        const { old, graph, rows, squashes } = squashed;
        const all = [...old.revisions, ...squashes];
        const { id } = all[number % all.length];
        const names = graph.replacedNamesIn([id]);
        let plan: ReturnType<typeof requestedStamp> & { readonly graph: RevisionGraph };
        try {
          plan = planHere(graph, rows, { names }, (here, named) => ({
            ...requestedStamp(here, [id], { rows: named, purge }),
            purge,
          }));
        } catch (error) {
          // a squash inside of another one, of which neither path is taken
          if (error instanceof RevisionError) return;
          throw error;
        }
        let now = purge ? [] : rows;
        for (const { changes } of plan.steps) now = perform(now, changes);
        const here = graph.at(now);
        expect(here.namesHere(now).every((row) => here.has(row))).toBe(true);
        expect(areIndependent(here, here.namesHere(now))).toBe(true);
        const end = follow(squashed, { rows: now, done: doneAt(squashed, now) }, upgrade(graph, now));
        expect(end.done.size).toBe(old.revisions.length);
      }),
    );
  });

  it('refuses to guess where the old scripts are gone and the database stands among them', () => {
    fc.assert(
      fc.property(anySquashedAndRows, (squashed) => {
        const { old, rows, squashes } = squashed;
        const replaced = new Set(squashes.flatMap(({ replaces = [] }) => replaces));
        const without = RevisionGraph.of([...old.revisions, ...squashes].filter(({ id }) => !replaced.has(id)));
        const named = without.namesHere(rows);
        fc.pre(named.some((row) => !without.has(row)));
        expect(() => upgrade(without, rows)).toThrow('the scripts of that path are gone');
      }),
      { numRuns: 20 },
    );
  });
});

describe('one squash', () => {
  const line = revisions('a', 'b: a', 'c: b', 'd: c', 'e: d');
  const squash: Revision = { id: 'S', downRevision: ['a'], dependsOn: [], branchLabels: [], replaces: ['b', 'c', 'd'] };
  const graph = RevisionGraph.of([...line, squash]);
  const ids = (steps: readonly PlannedStep[]): unknown =>
    steps.map(({ revision, rows }) => `${revision} ${rows.join()}`);

  it('is what a new database takes', () => {
    expect(graph.newestFirst).toEqual(['e', 'S', 'a']);
    expect(ids(upgrade(graph, []))).toEqual(['a a', 'S S', 'e e']);
    expect(ids(upgrade(graph, ['a']))).toEqual(['S S', 'e e']);
  });

  it('is what a database in the middle becomes at the end of the old path', () => {
    expect(ids(upgrade(graph, ['b']))).toEqual(['c c', 'd S', 'e e']);
    expect(ids(upgrade(graph, ['c'], '+1'))).toEqual(['d S']);
    expect(ids(upgrade(graph, ['c'], 'S'))).toEqual(['d S']);
  });

  it('is what a database at the end of the old path is called by the next run', () => {
    expect(ids(upgrade(graph, ['d']))).toEqual(['S S', 'e e']);
    expect(upgrade(graph, ['d'], 'd')).toEqual([
      {
        ...{ direction: 'stamp', revision: 'S', from: ['d'], to: ['S'], isRelabelling: true, rows: ['S'] },
        changes: [{ kind: 'update', from: 'd', to: 'S' }],
      },
    ]);
    expect(upgrade(graph, ['e'])).toEqual([]);
  });

  it('is undone as one, or along the old path where that is asked for', () => {
    const downgrade = (rows: readonly string[], target: string): unknown => {
      const names = graph.replacedNamesIn([target]);
      return ids(planHere(graph, rows, { names }, (here, named) => planDowngrade(here, named, target)).steps);
    };
    expect(downgrade(['S'], '-1')).toEqual(['S a']);
    expect(downgrade(['e'], 'a')).toEqual(['e S', 'S a']);
    expect(downgrade(['e'], 'd')).toEqual(['e S']);
    expect(downgrade(['e'], 'b')).toEqual(['e S', 'd c', 'c b']);
    expect(downgrade(['e'], 'd-1')).toEqual(['e S', 'd c']);
    expect(downgrade(['c'], '-1')).toEqual(['c b']);
  });

  it('keeps to the old path where a revision of it was begun', () => {
    const begun = (revision: string, direction: 'upgrade' | 'downgrade'): Standpoint => ({
      begun: [{ revision, direction }],
    });
    expect(ids(upgrade(graph, ['a'], 'heads', begun('b', 'upgrade')))).toEqual(['b b', 'c c', 'd S', 'e e']);
    // the note of a run that died once its row was there
    expect(ids(upgrade(graph, ['S'], 'heads', begun('d', 'upgrade')))).toEqual(['e e']);
    expect(graph.at(['S'], begun('d', 'downgrade')).has('d')).toBe(true);
  });

  it('is named by the last that it replaces, also without its script', () => {
    const without = RevisionGraph.of([line[0], line[4], squash]);
    expect(ids(upgrade(without, ['d']))).toEqual(['S S', 'e e']);
    expect(ids(upgrade(without, [], 'd'))).toEqual(['a a', 'S S']);
    expect(() => upgrade(without, [], 'c')).toThrow("Revision 'c' lies in the middle of what 'S' replaces");
  });

  it.each<[string, readonly Revision[], Partial<Revision>]>([
    ["'x' stands on 'c', which is not the end of it", revisions('x: c'), {}],
    ["'x' stands on 'c', which is not the end of it", revisions('x > c'), {}],
    ["'b' stands on 'a', and it does not", [], { downRevision: [] }],
    ["it stands on 'b' itself", [], { downRevision: ['b'] }],
    ['it replaces itself', [], { replaces: ['b', 'S'] }],
    ["'S' replaces 'c' as well", [{ ...squash, id: 'T', replaces: ['c', 'd'], downRevision: ['b'] }], {}],
  ])('is refused where %s', (problem, more, parts) => {
    expect(() => RevisionGraph.of([...line, ...more, { ...squash, ...parts }])).toThrow(problem);
  });
});

describe('the place of a squash', () => {
  it('has one way in and one way out', () => {
    const graph = graphOf('a', 'b: a', 'c [left]: b', 'd: b > x', 'e: c, d', 'f: e', 'x');
    expect(squashPlace(graph, 'b', 'e')).toEqual({
      ...{ downRevision: ['a'], dependsOn: ['x'], branchLabels: ['left'] },
      ...{ replaces: ['b', 'd', 'c', 'e'], revisions: ['b', 'd', 'c', 'e'] },
    });
    expect(squashPlace(graph, null, 'b').downRevision).toEqual([]);
    expect(() => squashPlace(graph, 'a', 'c')).toThrow("'d', outside of it, stands on 'b'");
    expect(() => squashPlace(graph, 'c', 'e')).toThrow("'e', which is not its first, follows 'd'");
    expect(() => squashPlace(graph, 'c', 'd')).toThrow();
  });
});

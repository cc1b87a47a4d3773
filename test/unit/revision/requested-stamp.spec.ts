import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MigrationError } from '../../../libs/nest-migrate/src/errors/migration.error.js';
import { type PlannedStep } from '../../../libs/nest-migrate/src/revision/planned-step.js';
import { type RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { requestedStamp } from './by-text.ts';
import { anyGraphAndAnyRows, anyGraphAndRows, applied, directParents, graphOf, tips } from './graphs.js';

/** The table after each step: several rows of one id are several rows, and a deletion takes exactly as many as it says. */
function follow(rows: readonly string[], steps: readonly PlannedStep[]): readonly (readonly string[])[] {
  let table = [...rows];
  return steps.map(({ changes, rows: planned }) => {
    for (const change of changes) {
      const gone = change.kind === 'update' ? change.from : change.kind === 'delete' ? change.revision : undefined;
      if (gone !== undefined) {
        const expected = change.kind === 'delete' ? (change.count ?? 1) : 1;
        expect(table.filter((row) => row === gone)).toHaveLength(expected);
        table = table.filter((row) => row !== gone);
      }
      if (change.kind !== 'delete') table.push(change.kind === 'update' ? change.to : change.revision);
    }
    expect([...planned]).toEqual([...table].sort());
    return [...table].sort();
  });
}

function stamped(
  graph: RevisionGraph,
  symbols: readonly string[],
  { rows, purge = false }: { readonly rows: readonly string[]; readonly purge?: boolean },
): readonly string[] {
  const { steps } = requestedStamp(graph, symbols, { rows, purge });
  return follow(purge ? [] : rows, steps).at(-1) ?? (purge ? [] : [...rows].sort());
}

const symbolOf = (graph: RevisionGraph): fc.Arbitrary<string> => {
  const ids = graph.revisions.map(({ id }) => id);
  const labels = graph.names.filter((name) => graph.labelled(name) !== undefined);
  const named = [...ids, 'base', 'head', 'heads', '-1', '-2', '-9', ...labels];
  const onBranch = [...labels, ...ids].flatMap((name) => ['head', 'base', '-1', '-2'].map((end) => `${name}@${end}`));
  return fc.constantFrom(...named, ...onBranch, ...ids.map((id) => `${id}-1`));
};

const anyStamp = anyGraphAndAnyRows.chain(({ graph, rows }) =>
  fc.record({
    graph: fc.constant(graph),
    rows: fc.constant(rows),
    symbols: fc.array(symbolOf(graph), { minLength: 1, maxLength: 3 }),
    purge: fc.boolean(),
  }),
);

/** A target in any form: also parts of ids, steps from an anchor or up, branches and revisions that are not there. */
const textOf = (graph: RevisionGraph): fc.Arbitrary<string> => {
  const place = fc.oneof(
    fc.constantFrom(...graph.names, 'head', 'heads', 'base'),
    fc.tuple(fc.constantFrom(...graph.names, 'nosuch'), fc.nat(5)).map(([name, end]) => name.slice(0, end)),
  );
  const steps = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, fc.integer({ min: -3, max: 3 }).map(signed));
  const branch = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, fc.constantFrom(...graph.names).map(before));
  return fc.oneof(
    symbolOf(graph),
    fc.tuple(branch, place, steps).map((parts) => parts.join('')),
  );
};

const signed = (steps: number): string => (steps < 0 ? String(steps) : `+${steps}`);
const before = (branch: string): string => `${branch}@`;

const anyTexts = (graph: RevisionGraph): fc.Arbitrary<readonly string[]> =>
  fc.array(textOf(graph), { minLength: 1, maxLength: 4 });

describe('in every graph, from whatever rows, a stamp', () => {
  it.each([
    ['that a run can leave', anyGraphAndRows],
    ['that somebody has written', anyGraphAndAnyRows],
  ])('leaves no row that is an ancestor of another, from rows %s, stamp after stamp', (_, anyStart) => {
    const anyStamps = anyStart
      .filter(({ graph }) => graph.revisions.length > 0)
      .chain(({ graph, rows }) =>
        fc.record({
          graph: fc.constant(graph),
          rows: fc.constant(rows),
          stamps: fc.array(fc.record({ texts: anyTexts(graph), purge: fc.boolean() }), { minLength: 1, maxLength: 3 }),
        }),
      );
    let accepted = 0;
    fc.assert(
      fc.property(anyStamps, ({ graph, rows, stamps }) => {
        let table = rows;
        for (const { texts, purge } of stamps) {
          try {
            table = stamped(graph, texts, { rows: table, purge });
          } catch (error) {
            expect(error).toBeInstanceOf(MigrationError);
            continue;
          }
          accepted += 1;
          const below = applied(
            graph,
            table.flatMap((row) => directParents(graph, row)),
          );
          expect(table.filter((row) => below.has(row))).toEqual([]);
          expect(new Set(table).size).toBe(table.length);
        }
      }),
      { numRuns: 1000 },
    );
    // refusals alone would prove nothing
    expect(accepted).toBeGreaterThan(300);
  });

  it('leaves after each step exactly the tips of what the rows stand for, or changes nothing', () => {
    fc.assert(
      fc.property(anyStamp, ({ graph, rows, symbols, purge }) => {
        let steps: readonly PlannedStep[];
        try {
          ({ steps } = requestedStamp(graph, symbols, { rows, purge }));
        } catch (error) {
          expect(error).toBeInstanceOf(MigrationError);
          return;
        }
        const states = follow(purge ? [] : rows, steps);
        for (const state of states) expect(state).toEqual(tips(graph, applied(graph, state)));
        const end = states.at(-1) ?? (purge ? [] : [...rows].sort());
        expect(end).toEqual(tips(graph, applied(graph, end)));
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves every revision that it was asked for as a row', () => {
    fc.assert(
      fc.property(
        anyGraphAndAnyRows,
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        ({ graph, rows }, numbers) => {
          fc.pre(graph.revisions.length > 0);
          const asked = numbers.map((number) => graph.revisions[number % graph.revisions.length].id);
          const alone = tips(graph, applied(graph, asked));
          fc.pre(alone.length === new Set(asked).size);
          expect(stamped(graph, asked, { rows })).toEqual(expect.arrayContaining([...alone]));
        },
      ),
    );
  });

  it('by steps down marks nothing that was not applied', () => {
    fc.assert(
      fc.property(anyGraphAndAnyRows, fc.integer({ min: -4, max: -1 }), ({ graph, rows }, steps) => {
        const before = applied(graph, rows);
        let after: readonly string[];
        try {
          after = stamped(graph, [String(steps)], { rows });
        } catch (error) {
          expect(error).toBeInstanceOf(MigrationError);
          return;
        }
        const standing = applied(graph, after);
        expect([...standing].filter((id) => !before.has(id))).toEqual([]);
        expect(standing.size).toBeLessThan(before.size);
      }),
    );
  });

  it('mends the rows, also where it is asked for what they say already', () => {
    fc.assert(
      fc.property(anyGraphAndAnyRows, ({ graph, rows }) => {
        const sound = tips(graph, applied(graph, rows));
        fc.pre(sound.length > 0);
        expect(stamped(graph, sound, { rows })).toEqual(sound);
        const parents = new Set(sound.flatMap((id) => directParents(graph, id)));
        expect(sound.filter((id) => parents.has(id))).toEqual([]);
      }),
    );
  });
});

describe('a stamp', () => {
  const line = graphOf('a', 'b: a', 'c: b');
  const branches = graphOf('a', 'b: a', 'c [left]: b', 'x [right]: a', 'd: x', 'e: d', 'm: c, e');

  it.each<[rows: string, symbols: string, after: string]>([
    ['a', '-1', ''],
    ['c', '-1', 'b'],
    ['c', '-2', 'a'],
    ['a a', 'a', 'a'],
    ['a b', 'b', 'b'],
    ['a c', 'c', 'c'],
    ['b b', '-1', 'a'],
    ['b', 'base', ''],
  ])('at %j as %j leaves %j', (rows, symbols, after) => {
    const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
    expect(stamped(line, words(symbols), { rows: words(rows) })).toEqual(words(after));
  });

  it('undoes a merge by one step, as a downgrade does', () => {
    expect(stamped(branches, ['-1'], { rows: ['m'] })).toEqual(['c', 'e']);
  });

  it('keeps a row that it was asked for beside one that moves', () => {
    expect(stamped(branches, ['b', 'd'], { rows: ['b', 'x'] })).toEqual(['b', 'd']);
  });

  it.each<[rows: string[], symbols: string[], message: RegExp]>([
    [['b', 'd'], ['-1'], /^Ambiguous stamp from multiple current revisions: '-1' could count from 'b' and 'd'\. Name/],
    [[], ['-1'], /^Relative revision -1 didn't produce 1 migrations/],
    [['b'], ['-1', 'd'], /'-1' counts from where the database is: write it alone, or name the revisions instead\.$/],
    [['b'], ['b', 'c'], /overlaps/],
    [['b'], ['+1'], /here, name the revision\.$/],
  ])('from %j as %j is refused', (rows, symbols, message) => {
    expect(() => requestedStamp(branches, symbols, { rows, purge: false })).toThrow(message);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MigrationError } from '../../../libs/nest-migrate/src/errors/migration.error.js';
import { RevisionCycleError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { newestFirst } from '../../../libs/nest-migrate/src/revision/newest-first.js';
import { type PlannedStep } from '../../../libs/nest-migrate/src/revision/planned-step.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { type RowChange } from '../../../libs/nest-migrate/src/revision/row-changes.js';
import { checkIndependent } from '../../../libs/nest-migrate/src/revision/traversal.js';
import { historyRange, planDowngrade, planStamp, planUpgrade, resolveRevisions } from './by-text.ts';
import { anyGraph, anyGraphAndRows, anyRevisions, applied, directParents, tips } from './graphs.js';

/** What a database would hold; refuses what a primary key or a row count would. */
function perform(rows: readonly string[], changes: readonly RowChange[]): readonly string[] {
  const table = new Set(rows);
  const insert = (row: string): void => {
    if (table.has(row)) throw new Error(`${row} is there already`);
    table.add(row);
  };
  const remove = (row: string): void => {
    if (!table.delete(row)) throw new Error(`${row} is not there`);
  };
  for (const change of changes) {
    if (change.kind === 'insert') insert(change.revision);
    else if (change.kind === 'delete') remove(change.revision);
    else {
      remove(change.from);
      insert(change.to);
    }
  }
  return [...table].sort();
}

/** Follows a plan, checking at every step that what stands below is applied, nothing above is, and rows are the tips. */
function follow(graph: RevisionGraph, start: readonly string[], steps: readonly PlannedStep[]): readonly string[] {
  const done = applied(graph, start);
  let rows = start;
  for (const { direction, revision, changes, rows: planned } of steps) {
    const id = revision ?? '';
    expect(done.has(id)).toBe(direction === 'downgrade');
    if (direction === 'upgrade') done.add(id);
    else done.delete(id);
    const missing = [...done].flatMap((one) => directParents(graph, one)).filter((parent) => !done.has(parent));
    expect(missing).toEqual([]);
    rows = perform(rows, changes);
    expect(rows).toEqual(planned);
    expect(rows).toEqual(tips(graph, done));
  }
  return rows;
}

describe('in every graph', () => {
  it('an upgrade to heads applies everything, parents first, and rows are tips', () => {
    fc.assert(
      fc.property(anyGraphAndRows, ({ graph, rows }) => {
        const steps = planUpgrade(graph, rows, 'heads');
        expect(follow(graph, rows, steps)).toEqual([...graph.realHeads].sort());
        expect(steps.length).toBe(graph.revisions.length - applied(graph, rows).size);
        expect(planUpgrade(graph, [...graph.realHeads], 'heads')).toEqual([]);
      }),
    );
  });

  it('an upgrade to one revision applies what that stands on and nothing else', () => {
    fc.assert(
      fc.property(anyGraphAndRows, fc.nat(), ({ graph, rows }, number) => {
        fc.pre(graph.revisions.length > 0);
        const { id } = graph.revisions[number % graph.revisions.length];
        const steps = planUpgrade(graph, rows, id);
        follow(graph, rows, steps);
        const before = applied(graph, rows);
        const needed = [...applied(graph, [id])].filter((one) => !before.has(one));
        expect(steps.map(({ revision }) => revision).sort()).toEqual(needed.sort());
      }),
    );
  });

  it('a downgrade to base takes everything back and leaves no row', () => {
    fc.assert(
      fc.property(anyGraphAndRows, ({ graph, rows }) => {
        expect(follow(graph, rows, planDowngrade(graph, rows, 'base').steps)).toEqual([]);
      }),
    );
  });

  it('an upgrade is what the downgrade to where it began takes back, on a line of its own', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const heads = [...graph.realHeads].sort();
        const up = planUpgrade(graph, [], 'heads');
        const down = planDowngrade(graph, heads, 'base').steps;
        expect(down.map(({ revision }) => revision)).toEqual(up.map(({ revision }) => revision).reverse());
      }),
    );
  });

  it('a downgrade to a revision leaves it applied, with nothing of its line above it', () => {
    fc.assert(
      fc.property(anyGraphAndRows, fc.nat(), ({ graph, rows }, number) => {
        const before = [...applied(graph, rows)];
        fc.pre(before.length > 0);
        const target = before[number % before.length];
        let steps: readonly PlannedStep[];
        try {
          ({ steps } = planDowngrade(graph, rows, target));
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_DOWNGRADE_TARGET' });
          return;
        }
        const after = applied(graph, follow(graph, rows, steps));
        expect(after.has(target)).toBe(true);
        expect(graph.childrenOf(target).filter((child) => after.has(child))).toEqual([]);
      }),
    );
  });

  it('a stamp of one revision leaves it as a row, and rows that do not overlap', () => {
    fc.assert(
      fc.property(anyGraphAndRows, fc.nat(), ({ graph, rows }, number) => {
        fc.pre(graph.revisions.length > 0);
        const { id } = graph.revisions[number % graph.revisions.length];
        const after = planStamp(graph, rows, id).reduce((table, { changes }) => perform(table, changes), rows);
        expect(after).toContain(id);
        expect(() => checkIndependent(graph, after)).not.toThrow();
      }),
    );
  });

  it('history lists everything once, newest first', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const ids = historyRange(graph, undefined);
        expect([...ids].sort()).toEqual(graph.revisions.map(({ id }) => id).sort());
        const position = new Map(ids.map((id, index) => [id, index]));
        for (const id of ids) {
          for (const parent of directParents(graph, id))
            expect(position.get(parent)).toBeGreaterThan(position.get(id)!);
        }
      }),
    );
  });

  it('the order is the one that comparing whole sets of ancestors gives', () => {
    fc.assert(
      fc.property(anyGraphAndRows, ({ graph, rows }) => {
        const wanted = applied(graph, rows);
        expect(newestFirst(graph, wanted, rows)).toEqual(orderByAncestors(graph, wanted, rows));
      }),
      { numRuns: 500 },
    );
  });

  it('rows are independent, and with an ancestor of one of them no longer', () => {
    fc.assert(
      fc.property(anyGraphAndRows, ({ graph, rows }) => {
        checkIndependent(graph, rows);
        const below = [...applied(graph, rows)].filter((id) => !rows.includes(id));
        for (const id of below) expect(() => checkIndependent(graph, [...rows, id])).toThrow('overlaps');
      }),
    );
  });

  it('labels reach what finding them one by one reaches', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const { id, branchLabels } of graph.revisions) {
          for (const label of branchLabels) {
            const carriers = graph.revisions.map((one) => one.id).filter((one) => graph.labelsOf(one).includes(label));
            expect(carriers.sort()).toEqual([...carriersOf(graph, id)].sort());
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('normalized dependencies are those that no revision below has', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const { id } of graph.revisions) {
          const below = new Set<string>();
          const visit = (one: string): void =>
            graph.get(one).downRevision.forEach((down) => (below.add(down), visit(down)));
          visit(id);
          const had = new Set([...below].flatMap((one) => graph.dependenciesOf(one)));
          const expected = graph.dependenciesOf(id).filter((dependency) => !had.has(dependency));
          expect(graph.normalizedDependenciesOf(id)).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('one connection backwards makes a cycle, which is named', () => {
    fc.assert(
      fc.property(anyRevisions, fc.nat(), fc.boolean(), (list, number, byDependency) => {
        const graph = RevisionGraph.of(list);
        const children = list.filter(({ downRevision }) => downRevision.length > 0);
        fc.pre(children.length > 0);
        const from = children[number % children.length];
        const to = [...applied(graph, [from.id])].filter((id) => id !== from.id)[0];
        const turned = list.map((revision) => {
          if (revision.id !== to) return revision;
          return byDependency
            ? { ...revision, dependsOn: [...revision.dependsOn, from.id] }
            : { ...revision, downRevision: [...revision.downRevision, from.id] };
        });
        expect(() => RevisionGraph.of(turned)).toThrow(RevisionCycleError);
      }),
    );
  });
});

describe('whatever is asked', () => {
  const pieces = [
    'head',
    'heads',
    'base',
    'current',
    '@',
    '+',
    '-',
    '1',
    '0',
    '9',
    ':',
    'a',
    'b0',
    'label-',
    ' ',
    '.',
    'é',
    '\n',
    '😀',
  ];
  const anySymbol = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join('')),
  );

  it('is answered, or refused with an error of ours in one line that shows no value of the language', () => {
    fc.assert(
      fc.property(anyGraphAndRows, anySymbol, ({ graph, rows }, symbol) => {
        const questions = [
          () => resolveRevisions(graph, symbol, rows),
          () => planUpgrade(graph, rows, symbol),
          () => planDowngrade(graph, rows, symbol),
          () => planStamp(graph, rows, symbol),
          () => historyRange(graph, symbol, rows),
        ];
        for (const question of questions) {
          try {
            question();
          } catch (error) {
            if (!(error instanceof MigrationError)) throw error;
            expect(error.message.replace(symbol, '')).not.toMatch(/undefined|null|NaN|\[object|Symbol\(/);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a plan that is made can be followed', () => {
    fc.assert(
      fc.property(anyGraphAndRows, anySymbol, ({ graph, rows }, symbol) => {
        for (const plan of [() => planUpgrade(graph, rows, symbol), () => planDowngrade(graph, rows, symbol).steps]) {
          let steps: readonly PlannedStep[] = [];
          try {
            steps = plan();
          } catch (error) {
            if (!(error instanceof MigrationError)) throw error;
          }
          follow(graph, rows, steps);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Alembic's order, found the slow way: the ancestors of every open line in full, anew at every step. */
function orderByAncestors(
  graph: RevisionGraph,
  wanted: ReadonlySet<string>,
  heads: readonly string[],
): readonly string[] {
  const left = new Set(wanted);
  const lines = graph.revisions.map(({ id }) => id).filter((id) => heads.includes(id) && left.has(id));
  const order: string[] = [];
  let at = 0;
  while (lines.length > 0) {
    const candidate = lines[at];
    const needing = lines.findIndex((line, index) => index !== at && applied(graph, [line]).has(candidate));
    if (needing >= 0) {
      at = needing;
      continue;
    }
    order.push(candidate);
    left.delete(candidate);
    const [first, ...more] = graph.parentsOf(candidate).filter((id) => left.has(id) && !lines.includes(id));
    if (first !== undefined) {
      lines[at] = first;
      lines.push(...more);
    } else {
      lines.splice(at, 1);
      at = Math.max(at - 1, 0);
    }
  }
  return order;
}

/** All descendants; and if these, with the declaring revision, are a line without branches, the line below as well. */
function carriersOf(graph: RevisionGraph, id: string): ReadonlySet<string> {
  const all = graph.revisions.map((revision) => revision.id);
  const followersOf = (one: string) => all.filter((other) => graph.get(other).downRevision.includes(one));
  const branches = (one: string) => all.filter((other) => directParents(graph, other).includes(one)).length > 1;
  const carriers = new Set([id]);
  for (const one of carriers) for (const follower of followersOf(one)) carriers.add(follower);
  const isLine = [...carriers].every((one) => !branches(one) && graph.get(one).downRevision.length < 2);
  let below = isLine ? graph.get(id).downRevision[0] : undefined;
  while (below !== undefined && !branches(below) && graph.get(below).downRevision.length < 2) {
    carriers.add(below);
    below = graph.get(below).downRevision[0];
  }
  return carriers;
}

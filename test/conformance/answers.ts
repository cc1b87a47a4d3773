import { MigrationError } from '../../libs/nest-migrate/src/errors/migration.error.js';
import * as errors from '../../libs/nest-migrate/src/errors/revision.errors.js';
import { currentRevisions, isAtHead } from '../../libs/nest-migrate/src/revision/current-revisions.js';
import {
  downgradeDestination,
  planDowngrade,
  revisionsAbove,
} from '../../libs/nest-migrate/src/revision/downgrade-plan.js';
import { between, readRange, revisionsOfRange } from '../../libs/nest-migrate/src/revision/history-range.js';
import { inLineageOf } from '../../libs/nest-migrate/src/revision/look-up.js';
import { planNewRevision } from '../../libs/nest-migrate/src/revision/plan-new-revision.js';
import { type PlannedStep } from '../../libs/nest-migrate/src/revision/planned-step.js';
import { resolvePlaces, resolveRevision } from '../../libs/nest-migrate/src/revision/resolve.js';
import { type Revision } from '../../libs/nest-migrate/src/revision/revision-node.js';
import { RevisionGraph } from '../../libs/nest-migrate/src/revision/revision-graph.js';
import { planSteps } from '../../libs/nest-migrate/src/revision/row-changes.js';
import { planStamp } from '../../libs/nest-migrate/src/revision/stamp-plan.js';
import { readTarget, type Target } from '../../libs/nest-migrate/src/revision/target.js';
import { ancestors, descendants } from '../../libs/nest-migrate/src/revision/traversal.js';
import { newestFirst } from '../../libs/nest-migrate/src/revision/newest-first.js';
import { planUpgrade } from '../../libs/nest-migrate/src/revision/upgrade-plan.js';
import { BASE } from '../../libs/nest-migrate/src/revision/walk.js';
import { type Arguments, type CorpusCase, type CorpusGraph, type Expectation } from './corpus.js';

/**
 * What an implementation answers to a case: in the corpus's own terms, the error that was thrown, or an error that is no
 * answer at all.
 */
export type Answer =
  { readonly value: Expectation } | { readonly thrown: MigrationError } | { readonly broken: unknown };

/** The corpus's kinds of error; every class of ours that is not named here is the general one. */
export function errorKind(error: MigrationError): string {
  const kinds: [string, readonly (abstract new (...args: never[]) => MigrationError)[]][] = [
    [
      'ResolutionError',
      [
        errors.RevisionNotFoundError,
        errors.AmbiguousRevisionError,
        errors.RevisionNotOnBranchError,
        errors.UnknownVersionRowError,
      ],
    ],
    ['MultipleHeads', [errors.MultipleHeadsError]],
    ['RangeNotAncestorError', [errors.RangeNotAncestorError, errors.InvalidDowngradeTargetError]],
    ['Cycle', [errors.RevisionCycleError]],
  ];
  return kinds.find(([, classes]) => classes.some((kind) => error instanceof kind))?.[0] ?? 'RevisionError';
}

export function expectedKind({ error }: Expectation): string {
  const kind = error?.cause?.class ?? error?.class ?? '';
  if (/Cycle|Loop/.test(kind)) return 'Cycle';
  return ['ResolutionError', 'MultipleHeads', 'RangeNotAncestorError'].includes(kind) ? kind : 'RevisionError';
}

export function revisionsOf({ revisions }: CorpusGraph): readonly Revision[] {
  return revisions.map(({ id, down = [], deps = [], labels = [] }) => ({
    id,
    downRevision: down,
    dependsOn: deps,
    branchLabels: labels,
  }));
}

class NotAtHead extends MigrationError {
  readonly code = 'NOT_AT_HEAD';
}

/** Runs one case. An error other than ours is a defect, of this case alone. */
export function answer(graph: () => RevisionGraph, { command, start = [], args = {} }: CorpusCase): Answer {
  const run = commands[command];
  if (run === undefined) return { broken: `The corpus has a command ${command} that the checker doesn't know.` };
  try {
    return { value: run(graph(), start, withoutNull(args)) };
  } catch (error) {
    return error instanceof MigrationError ? { thrown: error } : { broken: error };
  }
}

/** What may be a symbol, or a list of them. */
const symbols = new Set([
  'symbol',
  'target',
  'targets',
  'against',
  'revisions',
  'head',
  'upper',
  'lower',
  'depends_on',
]);

/** Alembic takes `None` for base wherever it takes a symbol. */
function withoutNull(args: Arguments): Arguments {
  const named = (value: unknown): unknown => value ?? 'base';
  return Object.fromEntries(
    Object.entries(args).map(([name, value]: [string, unknown]) => {
      if (!symbols.has(name)) return [name, value ?? undefined];
      return [name, Array.isArray(value) ? value.map(named) : named(value)];
    }),
  );
}

type Command = (graph: RevisionGraph, start: readonly string[], args: Arguments) => Expectation;

const commands: Readonly<Record<string, Command>> = {
  load: () => ({ ok: true }),
  describe: (graph) => describeGraph(graph),
  heads: (graph, _, args) => ({ ids: args.resolve_dependencies === true ? graph.realHeads : graph.heads }),
  bases: (graph) => ({ ids: graph.bases }),
  branches: (graph) => ({
    ids: graph.branchPoints,
    children: Object.fromEntries(graph.branchPoints.map((id) => [id, graph.childrenOf(id)])),
  }),
  get_revisions: (graph, _, { symbol = '' }) => ({
    ids: resolvePlaces(graph, readTarget(graph, symbol)).map((place) => (place === BASE ? 'base' : place)),
  }),
  get_revision: (graph, _, { symbol = '' }) => ({ id: resolveRevision(graph, readTarget(graph, symbol)) }),
  upgrade: (graph, start, { target = '' }) => moves(start, planUpgrade(graph, start, toRun(graph, target))),
  downgrade: (graph, start, { target = '' }) => {
    const { steps, warnings } = planDowngrade(graph, start, toRun(graph, text(target)));
    return { ...moves(start, steps), warnings };
  },
  apply: (graph, start, { steps = [] }) =>
    moves(
      start,
      planSteps(
        graph,
        start,
        steps.map(([direction, revision]) => ({ direction, revision })),
      ),
    ),
  stamp: (graph, start, { revisions = [], purge = false }) => {
    const rows = purge ? [] : start;
    // an empty symbol is no target
    const targets = symbolsOf(revisions).filter((symbol) => symbol !== '');
    return { rows: planStamp(graph, rows, all(graph, targets)).at(-1)?.rows ?? sorted(rows) };
  },
  history: (graph, start, { range }) => {
    const { ids, warnings } = revisionsOfRange(
      graph,
      readRange(range, (target) => readTarget(graph, target)),
      start,
    );
    return { ids, ...(warnings.length > 0 && { warnings }) };
  },
  current: (graph, start, { check_heads = false }) => {
    if (check_heads && !isAtHead(graph, start)) throw new NotAtHead('Database is not on all head revisions');
    return { current: currentRevisions(graph, start) };
  },
  merge: (graph, _, args) => {
    const { rev_id: id = '', splice, branch_label: branchLabels, revisions = [] } = args;
    return placed(graph, id, planNewRevision(graph, { id, splice, branchLabels, head: all(graph, revisions) }));
  },
  revision: (graph, _, args) => {
    const { rev_id: id = '', head = 'head', splice, branch_label: branchLabels, depends_on: needed = [] } = args;
    const dependsOn = all(graph, needed);
    return placed(graph, id, planNewRevision(graph, { id, head: all(graph, head), splice, branchLabels, dependsOn }));
  },
  iterate: (graph, _, args) => ({
    ids: args.select_for_downgrade === true ? downwards(graph, args) : upwards(graph, args),
  }),
  lineage: (graph, _, { targets = [], against = '', include_dependencies = false }) => ({
    ids: inLineageOf(graph, targets, readTarget(graph, against), include_dependencies ? 'all' : 'down revisions'),
  }),
};

function describeGraph(graph: RevisionGraph): Expectation {
  const ids = graph.revisions.map(({ id }) => id);
  const labels: Record<string, string[]> = {};
  for (const id of ids) for (const label of graph.labelsOf(id)) (labels[label] ??= []).push(id);
  const perRevision = (list: (id: string) => readonly string[]): Record<string, readonly string[]> => {
    const lists = ids.map((id) => [id, sorted(list(id))] as const);
    return Object.fromEntries(lists.filter(([, names]) => names.length > 0));
  };
  return {
    heads: sorted(graph.heads),
    bases: sorted(graph.bases),
    real_heads: sorted(graph.realHeads),
    real_bases: sorted(graph.bases.filter((id) => graph.dependenciesOf(id).length === 0)),
    branch_points: sorted(graph.branchPoints),
    merge_points: sorted(graph.newestFirst.filter((id) => graph.isMergePoint(id))),
    labels: Object.fromEntries(Object.entries(labels).map(([label, carriers]) => [label, sorted(carriers)])),
    dependencies: perRevision((id) => graph.dependenciesOf(id)),
    normalized_dependencies: perRevision((id) => graph.normalizedDependenciesOf(id)),
  };
}

function moves(start: readonly string[], steps: readonly PlannedStep[]): Expectation {
  return {
    steps: steps.map(({ revision, rows }) => [revision, rows]),
    rows: steps.at(-1)?.rows ?? sorted(start),
  };
}

function placed(graph: RevisionGraph, id: string, placement: Omit<Revision, 'id'>): Expectation {
  const after = RevisionGraph.of([...graph.revisions, { id, ...placement }]);
  return {
    down_revision: placement.downRevision,
    depends_on: placement.dependsOn,
    branch_labels: placement.branchLabels,
    heads_after: sorted(after.heads),
  };
}

function upwards(graph: RevisionGraph, { upper = [], lower, inclusive, implicit_base: implicitBase }: Arguments) {
  return between(graph, {
    upper: typeof upper === 'string' ? readTarget(graph, upper) : all(graph, upper),
    lower: typeof lower === 'object' && lower !== null ? lower : readTarget(graph, lower ?? 'base'),
    implicitBase,
    exclusive: inclusive !== true,
  });
}

/** `iterate` downwards can include the lower end and, with an implicit base, everything not below it. */
function downwards(graph: RevisionGraph, args: Arguments): readonly string[] {
  const rows = [args.upper ?? []].flat().flatMap((symbol) => (symbol === 'heads' ? graph.realHeads : [symbol]));
  const destination = downgradeDestination(graph, rows, readTarget(graph, text(args.lower ?? 'base')));
  const { place } = destination;
  const dropped = new Set(revisionsAbove(graph, rows, destination));
  const applied = ancestors(graph, rows, 'all');
  if (args.inclusive === true && typeof place === 'string') {
    for (const id of descendants(graph, [place], 'all')) if (applied.has(id)) dropped.add(id);
    const below = ancestors(graph, [place], 'all');
    if (args.implicit_base === true) for (const id of applied) if (!below.has(id)) dropped.add(id);
  }
  return newestFirst(graph, dropped, rows);
}

/** What Alembic reads where something is to run: no range. */
function toRun(graph: RevisionGraph, target: string): Target;
function toRun(graph: RevisionGraph, target: string | readonly string[]): Target | readonly Target[];
function toRun(graph: RevisionGraph, target: string | readonly string[]): Target | readonly Target[] {
  if (typeof target !== 'string') return all(graph, target);
  if (target.includes(':')) throw new errors.RangeNotAllowedError(target);
  return readTarget(graph, target);
}

function all(graph: RevisionGraph, symbols: string | readonly string[]): readonly Target[] {
  return symbolsOf(symbols).map((symbol) => readTarget(graph, symbol));
}

function symbolsOf(symbols: string | readonly string[]): readonly string[] {
  return typeof symbols === 'string' ? [symbols] : symbols;
}

function text(symbols: string | readonly string[]): string {
  return typeof symbols === 'string' ? symbols : symbols.join(' ');
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort();
}

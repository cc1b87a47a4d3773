import { isDeepStrictEqual } from 'node:util';
import { type RevisionGraph } from '../../libs/nest-migrate/src/revision/revision-graph.js';
import { ancestors } from '../../libs/nest-migrate/src/revision/traversal.js';
import { type Answer, errorKind, expectedKind } from './answers.js';
import { type CorpusCase, type Expectation } from './corpus.js';

/** How an answer compares: the same, the same but for an order that nothing forces, or what is wrong with it. */
export type Verdict = 'exact' | 'up to order' | { readonly wrong: string };

const wrong = (reason: string): Verdict => ({ wrong: reason });
const broke = (error: unknown): Verdict =>
  wrong(`broke: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
type Steps = readonly (readonly [string, readonly string[]])[];

/** Compares an answer to an ordinary case with Alembic's. */
export function judge(graph: RevisionGraph | undefined, corpusCase: CorpusCase, given: Answer): Verdict {
  if ('broken' in given) return broke(given.broken);
  const { command, expect, varies = [] } = corpusCase;
  if (expect.error !== undefined) {
    if (!('thrown' in given)) return wrong(`answered, instead of failing with ${expect.error.message}`);
    const [kind, expected] = [errorKind(given.thrown), expectedKind(expect)];
    return kind === expected ? 'exact' : wrong(`failed as ${kind} (${given.thrown.message}) instead of as ${expected}`);
  }
  if ('thrown' in given) return wrong(`failed: ${given.thrown.message}`);
  if (graph === undefined) return 'exact';
  const { value } = given;
  if (expect.warnings !== undefined && !((value.warnings?.length ?? 0) > 0)) return wrong('gave no warning');
  if (command === 'upgrade' || command === 'downgrade') return judgeSteps(graph, corpusCase, value);
  if (command === 'history' || command === 'iterate' || command === 'branches') {
    if (!isDeepStrictEqual(value.children, expect.children)) return wrong(`has other children: ${show(value)}`);
    return judgeOrder(graph, { given: names(value.ids), expect, varies, isUpgrade: false });
  }
  const compared = command === 'stamp' ? { rows: expect.rows } : normalized(command, expect);
  return isDeepStrictEqual({ ...value }, compared) ? 'exact' : wrong(`answered ${show(value)}`);
}

function judgeSteps(
  graph: RevisionGraph,
  { command, expect, varies, start, ...flags }: CorpusCase,
  value: Expectation,
) {
  const [given, expected] = [value.steps as Steps, expect.steps as Steps];
  const isUpgrade = command === 'upgrade';
  const order = judgeOrder(graph, {
    given: given.map(([id]) => id),
    expect: { ids: expected.map(([id]) => id), order_is_forced: expect.order_is_forced },
    varies: varies ?? [],
    isUpgrade,
  });
  if (typeof order === 'object') return order;
  if (flags.start_kind === undefined) {
    const unsound = unsoundStep(graph, start ?? [], given, isUpgrade);
    if (unsound !== undefined) return wrong(unsound);
  }
  const comparesRows = order === 'exact' || flags.final_rows_depend_on_order !== true;
  if (comparesRows && !isDeepStrictEqual(value.rows, expect.rows)) return wrong(`ends in the rows ${show(value.rows)}`);
  if (order === 'exact' && !isDeepStrictEqual(given, expected)) return wrong(`has other rows between: ${show(given)}`);
  return order;
}

interface Order {
  readonly given: readonly string[];
  readonly expect: Expectation;
  readonly varies: readonly string[];
  readonly isUpgrade: boolean;
}

function judgeOrder(graph: RevisionGraph, { given, expect, varies, isUpgrade }: Order): Verdict {
  const expected = names(expect.ids);
  if (isDeepStrictEqual(given, expected)) return 'exact';
  if (!isDeepStrictEqual([...given].sort(), [...expected].sort())) return wrong(`has other revisions: ${show(given)}`);
  if (expect.order_is_forced === true && !varies.includes('order')) return wrong(`has another order: ${show(given)}`);
  const position = new Map(given.map((id, index) => [id, isUpgrade ? index : -index]));
  for (const [id, at] of position) {
    for (const parent of [...graph.get(id).downRevision, ...graph.dependenciesOf(id)]) {
      if ((position.get(parent) ?? -Infinity) >= at) return wrong(`runs ${id} and ${parent} the wrong way round`);
    }
  }
  return 'up to order';
}

/** The corpus's own rule: after each step the rows are the tips of what is applied. */
export function unsoundStep(
  graph: RevisionGraph,
  start: readonly string[],
  steps: Steps,
  isUpgrade: boolean,
): string | undefined {
  const applied = ancestors(graph, start, 'all');
  for (const [id, rows] of steps) {
    if (isUpgrade) applied.add(id);
    else applied.delete(id);
    if (!isDeepStrictEqual(rows, tipsOf(graph, applied))) {
      return `leaves rows after ${id} that are not the tips: ${show(rows)}`;
    }
  }
  return undefined;
}

/** Found without the counters of the implementation: whatever no applied revision names as a parent. */
export function tipsOf(graph: RevisionGraph, applied: ReadonlySet<string>): readonly string[] {
  const carrying = new Set([...applied].flatMap((id) => [...graph.get(id).downRevision, ...graph.dependenciesOf(id)]));
  return [...applied].filter((id) => !carrying.has(id)).sort();
}

/** Holds an answer to a case in which Alembic misbehaves against the right-hand column of the corpus's README. */
export function judgeQuirk(graph: RevisionGraph | undefined, corpusCase: CorpusCase, given: Answer): Verdict {
  if ('broken' in given) return broke(given.broken);
  const { command, expect, quirk_reason: reasons = [], quirk_note: note = '' } = corpusCase;
  const failed = 'thrown' in given;
  if (reasons.includes('odd_parse')) {
    const isText = note.includes('text after');
    return failed || !isText ? 'exact' : wrong('accepted text behind a relative target');
  }
  if (reasons.includes('cycle_undetected')) {
    return failed && errorKind(given.thrown) === 'Cycle' ? 'exact' : wrong('loaded a cycle');
  }
  if (reasons.includes('check_heads_ignores_dependencies')) return 'exact';
  if (command === 'stamp') {
    if (failed || graph === undefined) return 'exact';
    if (reasons.includes('rows_overlap') && isDeepStrictEqual(given.value.rows, expect.rows)) return 'exact';
    const rows = given.value.rows ?? [];
    return isDeepStrictEqual(rows, tipsOf(graph, ancestors(graph, rows, 'all')))
      ? 'exact'
      : wrong(`leaves overlapping rows ${show(rows)}`);
  }
  const mustFail = reasons.includes('internal_exception') && expect.error?.phase !== 'apply';
  if (mustFail) return failed ? 'exact' : wrong(`answered ${show(given.value)} where Alembic breaks`);
  if (failed) return wrong(`failed: ${given.thrown.message}`);
  const steps = given.value.steps as Steps;
  const planned = expect.plan ?? (expect.steps as Steps).map(([id]) => id);
  if (!isDeepStrictEqual(steps.map(([id]) => id).sort(), [...planned].sort())) {
    return wrong(`has other steps: ${show(steps)}`);
  }
  return isDeepStrictEqual(given.value.rows, expect.sound_rows ?? given.value.rows)
    ? 'exact'
    : wrong(`ends in the rows ${show(given.value.rows)}`);
}

/** `describe` has no order: every list in it is sorted, and a revision without dependencies is left out. */
function normalized(command: string, expect: Expectation): Expectation {
  if (command !== 'describe') return expect;
  const sort = (list: unknown): string[] => [...(list as string[])].sort();
  const described = Object.entries(expect).map(([key, value]): [string, unknown] => {
    if (Array.isArray(value)) return [key, sort(value)];
    const lists = Object.entries(value as object).map(([name, list]): [string, string[]] => [name, sort(list)]);
    return [key, Object.fromEntries(lists.filter(([, list]) => list.length > 0))];
  });
  return Object.fromEntries(described);
}

function names(ids: Expectation['ids']): readonly string[] {
  return (ids ?? []).filter((id) => id !== null);
}

function show(value: unknown): string {
  return JSON.stringify(value);
}

import {
  MultipleHeadsError,
  RangeNotAllowedError,
  RelativeRevisionError,
  RevisionNotFoundError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { headInCharge } from './head-in-charge.js';
import { inLineageOf, lookUp, namedRevisions, parse } from './look-up.js';
import { resolveRevision } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { type RevisionSymbol } from './symbol.js';
import { BASE, type Place, walk } from './walk.js';

/** What a symbol was given for: it decides what the symbol may be, and what is said of one that it can't be. */
export type Purpose =
  'upgrade' | 'downgrade' | 'stamp' | 'show' | 'new revision' | 'dependency' | 'history start' | 'history end';

/**
 * What somebody asked for, as the planners take it. Alembic's commands take different parts of the grammar, and answer
 * much of the rest with nothing, with base, or with an assertion; here every form means the same everywhere, or is
 * refused with what would have been right.
 *
 * @returns Symbols that the planner of that purpose takes; `ae10+1` and `-1` become ids where it takes no steps.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | RangeNotAllowedError
 * @example
 * requested(graph, ['ae10+1'], 'stamp'); // ['27c6']
 */
export function requested(
  graph: RevisionGraph,
  symbols: string | readonly string[],
  purpose: Purpose,
): readonly string[] {
  return [symbols].flat().flatMap((symbol) => requestedOne(graph, symbol, purpose));
}

function requestedOne(graph: RevisionGraph, symbol: string, purpose: Purpose): readonly string[] {
  if (symbol.trim() === '') {
    throw new RevisionNotFoundError(symbol, { cure: 'It is empty: is a variable not set?' });
  }
  if (symbol.includes(':')) throw new RangeNotAllowedError(symbol, rangeCures[purpose]);
  const parsed = parse(graph, symbol);
  checkBranch(graph, parsed);
  if (parsed.kind === 'name') {
    checkName(graph, parsed.name, purpose);
    if (parsed.name !== 'current') lookUp(graph, parsed.name, parsed.branch);
    return [symbol];
  }
  if (parsed.kind === 'relative') {
    return parsed.anchor === undefined
      ? stepsAlone(graph, parsed, { symbol, purpose })
      : [stepsFrom(graph, parsed, { symbol, purpose, anchor: parsed.anchor })];
  }
  if (parsed.kind === 'base') return [symbol];
  if (purpose === 'dependency' && parsed.kind === 'heads') return namedRevisions(graph, parsed);
  const inCharge = purpose === 'new revision' ? symbol : headInCharge(graph, symbol);
  return [purpose === 'downgrade' ? headToGoBackTo(graph, inCharge, parsed.branch) : inCharge];
}

/** Where it is more than a range given to a command that runs, which `--sql` would take. */
const rangeCures: Readonly<Partial<Record<Purpose, string>>> = {
  show: 'db history -r lists a range.',
  'new revision': 'Name one revision, or several joined by a comma.',
  dependency: 'Name one revision, or several joined by a comma.',
};

const keywords = new Set(['head', 'heads', 'base']);

/** Also where the rest would do without the branch: `typo@base` is base to the planners, as it is to Alembic. */
function checkBranch(graph: RevisionGraph, parsed: RevisionSymbol): void {
  const { branch } = parsed;
  if (branch === undefined) return;
  if (keywords.has(branch) && parsed.kind === 'name') {
    throw new RevisionNotFoundError(branch, { cure: `The branch comes first: ${parsed.name}@${branch}.` });
  }
  try {
    lookUp(graph, branch);
  } catch (error) {
    if (!(error instanceof RevisionNotFoundError) || error.nearest !== undefined) throw error;
    const labels = graph.names.filter((name) => graph.labelled(name) !== undefined);
    if (labels.length === 0 || labels.length > 10) throw error;
    throw new RevisionNotFoundError(branch, { cure: `The branch labels are ${labels.join(', ')}.` });
  }
}

/** Refuses names that are none, with what they were meant to be. */
function checkName(graph: RevisionGraph, name: string, purpose: Purpose): void {
  if (graph.has(name) || graph.labelled(name) !== undefined) return;
  if (name === 'current' && purpose !== 'show') {
    throw new RevisionNotFoundError(name, {
      cure: currentCures[purpose] ?? 'db current tells which revision that is.',
    });
  }
  const keyword = name.toLowerCase();
  if (name !== keyword && (keywords.has(keyword) || keyword === 'current')) {
    throw new RevisionNotFoundError(name, { nearest: keyword });
  }
  if (name === '')
    throw new RevisionNotFoundError(name, { cure: 'Behind an @ stands a revision, as in <branch>@head.' });
  if (name.includes('@')) throw new RevisionNotFoundError(name, { cure: 'One @ is enough: <branch>@<revision>.' });
}

const currentCures: Readonly<Partial<Record<Purpose, string>>> = {
  upgrade: 'To count from where the database is, write +1.',
  downgrade: 'To count from where the database is, write -1.',
  stamp: 'The version table says that already.',
};

interface Asked {
  readonly symbol: string;
  readonly purpose: Purpose;
}

type Relative = RevisionSymbol & { readonly kind: 'relative' };

/** `+1`, `-1`, `label@-1`: what they count from depends on the command. */
function stepsAlone(graph: RevisionGraph, parsed: Relative, { symbol, purpose }: Asked): readonly string[] {
  const { steps, written } = parsed;
  const runs = purpose === 'upgrade' || purpose === 'downgrade';
  if (steps === 0) throw new RelativeRevisionError(symbol, written, 'No steps lead nowhere: write how many.');
  if (runs && steps > 0 !== (purpose === 'upgrade')) {
    const other = purpose === 'upgrade' ? 'downgrade' : 'upgrade';
    throw new RelativeRevisionError(
      symbol,
      written,
      `An ${purpose} never goes ${steps > 0 ? 'up' : 'down'}: db ${other} ${symbol} does.`.replace(/^An d/, 'A d'),
    );
  }
  if (runs) return [symbol];
  if (purpose === 'history end') {
    if (steps > 0) return [symbol];
    throw new RelativeRevisionError(symbol, written, `At the end of a range, count from a revision: head${written}.`);
  }
  if (steps > 0) {
    const cure =
      purpose === 'history start'
        ? `Steps up count from the start of a range: <revision>:${symbol}.`
        : `Steps up count from where the database is, for db upgrade ${symbol}; here, name the revision.`;
    throw new RevisionNotFoundError(symbol, { cure });
  }
  return belowHeads(graph, parsed, { symbol, purpose });
}

/** `-1` where no database is meant: below the heads. */
function belowHeads(graph: RevisionGraph, parsed: Relative, { symbol, purpose }: Asked): readonly string[] {
  const { branch, steps, written } = parsed;
  if (purpose === 'history start' && branch === undefined) return [symbol];
  const onBranch = (heads: readonly string[]): readonly string[] =>
    branch === undefined ? heads : inLineageOf(graph, heads, branch);
  const real = onBranch(graph.realHeads);
  // a branch whose head another depends on has no real one
  const heads = real.length > 0 ? real : onBranch(graph.heads);
  if (heads.length === 0) throw new RelativeRevisionError(symbol, written);
  return heads.map((head) => {
    const place = walk(graph, head, { steps });
    if (place === null) throw new RelativeRevisionError(symbol, written);
    return place === BASE ? baseOf(walk(graph, head, { steps: steps + 1 }), { symbol, purpose }) : place;
  });
}

/** `ae10+1`, `label@head-1`. */
function stepsFrom(
  graph: RevisionGraph,
  parsed: Relative,
  { symbol, purpose, anchor }: Asked & { readonly anchor: string },
): string {
  const { branch, steps, written } = parsed;
  if (anchor === 'current' && !graph.has(anchor) && graph.labelled(anchor) === undefined) {
    const cure =
      purpose === 'upgrade' || purpose === 'downgrade'
        ? `Without an anchor it counts from where the database is: ${written}.`
        : 'db current tells which revision that is; count from its id.';
    throw new RevisionNotFoundError(anchor, { cure });
  }
  if (purpose === 'upgrade' || purpose === 'downgrade' || purpose === 'history end') return symbol;
  const from = steps >= 0 || branch === undefined ? anchor : `${branch}@${anchor}`;
  const start = resolveRevision(graph, headInCharge(graph, from)) ?? BASE;
  const place = walk(graph, start, { steps, branch: steps >= 0 ? branch : undefined });
  if (place === null) throw new WalkedTooFarError(symbol);
  if (place !== BASE) return place;
  return baseOf(start === BASE ? BASE : walk(graph, start, { steps: steps + 1 }), { symbol, purpose });
}

/** Below the first revision of a line, `above`. A new revision that follows it would be another base, which nobody gets in silence. */
function baseOf(above: Place, { symbol, purpose }: Asked): string {
  if (purpose === 'new revision' || purpose === 'dependency') throw new WalkedTooFarError(symbol);
  // of one line alone: a stamp of base forgets all of them
  return purpose === 'stamp' && typeof above === 'string' ? `${above}@base` : 'base';
}

/** A head as the target of a downgrade: one, with its branch in front where one was named. */
function headToGoBackTo(graph: RevisionGraph, symbol: string, branch: string | undefined): string {
  try {
    const id = resolveRevision(graph, symbol);
    return branch === undefined || id === null ? (id ?? 'base') : `${branch}@${id}`;
  } catch (error) {
    if (!(error instanceof MultipleHeadsError)) throw error;
    throw new MultipleHeadsError(error.argument, error.heads, { purpose: 'downgrade' });
  }
}

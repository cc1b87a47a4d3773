import {
  MultipleHeadsError,
  RangeNotAllowedError,
  RelativeRevisionError,
  RevisionNotFoundError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { headInCharge } from './head-in-charge.js';
import { lookUp, namedRevisions, onBranch } from './look-up.js';
import { anchoredPlace, type AnchoredSymbol, anchorOf, isAnchored, resolveRevision } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import {
  baseSymbol,
  type KeywordSymbol,
  type NameSymbol,
  parseSymbol,
  type RelativeSymbol,
  revisionSymbol,
  type RevisionSymbol,
} from './symbol.js';
import { BASE, type Place, walk } from './walk.js';
import { command, type Wording, worded } from '../errors/wording.js';

/**
 * Where a command is to go, parsed once from its text. The planners resolve it against the graph and the version
 * table's rows each time they plan: `-1` counts from the rows at that time.
 */
export type Target = RevisionSymbol;

/** What a relative target counts from: the rows, or the target at the other end of a history range. */
export type Start = Target | readonly string[];

/** Whether a start is a target and not a list of rows. */
export function isTarget(start: Start): start is Target {
  return !Array.isArray(start);
}

/** Whether a target counts from where the database is: `+1`, `label@-1`. */
export function countsFromRows(target: Target): target is RelativeSymbol {
  return target.kind === 'relative' && target.anchor === undefined;
}

/** What a target is used for. It decides which targets are allowed, and what an error says about one that is not. */
export type Purpose =
  'upgrade' | 'downgrade' | 'stamp' | 'show' | 'new revision' | 'dependency' | 'history start' | 'history end';

/** Parses a target as Alembic's functions take it. Nothing is looked up, so what it names may not exist. */
export function readTarget(graph: RevisionGraph, text: string): Target {
  return parseSymbol(text, (label) => graph.labelled(label) !== undefined);
}

/**
 * Parses the targets that a user asked for, for the planners. Each of Alembic's commands takes different parts of the
 * grammar and treats much of the rest as nothing, as base, or as an assertion failure. Here every form means the same
 * everywhere, or is refused with a hint at the right form.
 *
 * @returns Targets that the planner of that purpose takes; `ae10+1` and `-1` become ids where it takes no steps.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | RangeNotAllowedError
 * @example
 * targetsFor(graph, ['ae10+1'], 'stamp'); // [{ kind: 'name', name: '27c6', text: '27c6' }]
 */
export function targetsFor(
  graph: RevisionGraph,
  texts: string | readonly string[],
  purpose: Purpose,
): readonly Target[] {
  return [texts].flat().flatMap((text) => {
    if (text.trim() === '') throw new RevisionNotFoundError(text, { cure: 'It is empty: is a variable not set?' });
    if (text.includes(':')) throw new RangeNotAllowedError(text, rangeCures[purpose]);
    return targetsOf(graph, readTarget(graph, text), purpose);
  });
}

/**
 * As {@link targetsFor}, for purposes whose targets always denote one place.
 *
 * @throws as {@link targetsFor}
 */
export function targetFor(graph: RevisionGraph, text: string, purpose: 'upgrade' | 'downgrade'): Target {
  const [target] = targetsFor(graph, text, purpose);
  return target;
}

function targetsOf(graph: RevisionGraph, symbol: RevisionSymbol, purpose: Purpose): readonly Target[] {
  checkBranch(graph, symbol);
  switch (symbol.kind) {
    case 'name':
      return [named(graph, symbol, purpose)];
    case 'relative':
      return isAnchored(symbol) ? [stepsFrom(graph, symbol, purpose)] : stepsAlone(graph, symbol, purpose);
    case 'base':
      return [symbol];
    case 'head':
    case 'heads':
      if (purpose === 'dependency' && symbol.kind === 'heads')
        return namedRevisions(graph, symbol).map((id) => revisionSymbol(id));
      return purpose === 'new revision' ? [symbol] : [headFor(graph, symbol, purpose)];
  }
}

/** Hints for a range, for commands other than those that run revisions, which take a range with `--sql`. */
const rangeCures: Readonly<Partial<Record<Purpose, string | Wording>>> = {
  show: worded`${command('history', '-r')} lists a range.`,
  'new revision': 'Name one revision, or several joined by a comma.',
  dependency: 'Name one revision, or several joined by a comma.',
};

const keywords = new Set(['head', 'heads', 'base']);

/** Checks the branch, even where the rest needs none: to the planners (as to Alembic) `typo@base` is simply base. */
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

/** Replaces a name by the full id of its revision. A label that a new revision depends on stays a label. */
function named(graph: RevisionGraph, symbol: NameSymbol, purpose: Purpose): Target {
  checkName(graph, symbol.name, purpose);
  if (symbol.name === 'current') return symbol;
  const name = lookUp(graph, symbol.name, symbol.branch);
  return purpose === 'dependency' ? symbol : { ...symbol, name };
}

/** Refuses names that cannot be revisions, with a hint at what was meant. */
function checkName(graph: RevisionGraph, name: string, purpose: Purpose): void {
  if (graph.has(name) || graph.labelled(name) !== undefined) return;
  if (name === 'current' && purpose !== 'show') {
    throw new RevisionNotFoundError(name, {
      cure: currentCures[purpose] ?? worded`${command('current')} tells which revision that is.`,
    });
  }
  const keyword = name.toLowerCase();
  if (name !== keyword && (keywords.has(keyword) || keyword === 'current')) {
    throw new RevisionNotFoundError(name, { nearest: keyword });
  }
  if (name === '')
    throw new RevisionNotFoundError(name, { cure: 'Write a revision after the @, as in <branch>@head.' });
  if (name.includes('@')) throw new RevisionNotFoundError(name, { cure: 'Write a single @: <branch>@<revision>.' });
}

const currentCures: Readonly<Partial<Record<Purpose, string>>> = {
  upgrade: 'To count from where the database is, write +1.',
  downgrade: 'To count from where the database is, write -1.',
  stamp: 'The version table says that already.',
};

/** Reads `+1`, `-1` and `label@-1`, whose starting point depends on the command. */
function stepsAlone(graph: RevisionGraph, symbol: RelativeSymbol, purpose: Purpose): readonly Target[] {
  const { steps, written, text } = symbol;
  const runs = purpose === 'upgrade' || purpose === 'downgrade';
  if (steps === 0) throw new RelativeRevisionError(text, written, 'No steps lead nowhere: write how many.');
  if (runs && steps > 0 !== (purpose === 'upgrade')) {
    const other = purpose === 'upgrade' ? 'downgrade' : 'upgrade';
    throw new RelativeRevisionError(
      text,
      written,
      worded`${purpose === 'upgrade' ? 'An upgrade' : 'A downgrade'} never goes ${steps > 0 ? 'up' : 'down'}: ${command(other, text)} does.`,
    );
  }
  if (runs) return [symbol];
  if (purpose === 'history end') {
    if (steps > 0) return [symbol];
    throw new RelativeRevisionError(text, written, `At the end of a range, count from a revision: head${written}.`);
  }
  if (steps > 0) {
    const cure =
      purpose === 'history start'
        ? `Steps up count from the start of a range: <revision>:${text}.`
        : worded`Steps up count from where the database is, for ${command('upgrade', text)}; here, name the revision.`;
    throw new RevisionNotFoundError(text, { cure });
  }
  return belowHeads(graph, symbol, purpose);
}

/** Reads `-1` where it does not count from a database: it counts from the heads. */
function belowHeads(graph: RevisionGraph, symbol: RelativeSymbol, purpose: Purpose): readonly Target[] {
  const { branch, steps, written, text } = symbol;
  if (purpose === 'history start' && branch === undefined) return [symbol];
  const ofBranch = (heads: readonly string[]): readonly string[] =>
    branch === undefined ? heads : onBranch(graph, heads, branch);
  const real = ofBranch(graph.realHeads);
  // a branch whose head another branch depends on has no real head
  const heads = real.length > 0 ? real : ofBranch(graph.heads);
  if (heads.length === 0) throw new RelativeRevisionError(text, written);
  return heads.map((head) => {
    const place = walk(graph, head, { steps });
    if (place === null) throw new RelativeRevisionError(text, written);
    return place === BASE ? baseBelow(walk(graph, head, { steps: steps + 1 }), symbol, purpose) : revisionSymbol(place);
  });
}

/** Reads `ae10+1` and `label@head-1`. */
function stepsFrom(graph: RevisionGraph, symbol: AnchoredSymbol, purpose: Purpose): Target {
  const { anchor, steps, written, text } = symbol;
  const runs = purpose === 'upgrade' || purpose === 'downgrade';
  if (anchor === 'current' && !graph.has(anchor) && graph.labelled(anchor) === undefined) {
    const cure = runs
      ? `Without an anchor it counts from where the database is: ${written}.`
      : worded`${command('current')} tells which revision that is; count from its id.`;
    throw new RevisionNotFoundError(anchor, { cure });
  }
  const from = headInCharge(graph, anchorOf(symbol));
  if (runs || purpose === 'history end') return from.kind === 'name' ? { ...symbol, anchor: from.name } : symbol;
  const place = anchoredPlace(graph, symbol, { anchor: from });
  if (place === null) throw new WalkedTooFarError(text);
  if (place !== BASE) return revisionSymbol(place);
  const isBelowBase = from.kind === 'base';
  const above = isBelowBase ? BASE : anchoredPlace(graph, { ...symbol, steps: steps + 1 }, { anchor: from });
  return baseBelow(above, symbol, purpose);
}

/**
 * The target below the first revision of a line, `above`. Refused for a new revision, which would silently become
 * another base.
 */
function baseBelow(above: Place, { text }: RelativeSymbol, purpose: Purpose): Target {
  if (purpose === 'new revision' || purpose === 'dependency') throw new WalkedTooFarError(text);
  // limited to one line, since a stamp of base alone forgets all lines
  return baseSymbol(purpose === 'stamp' && typeof above === 'string' ? above : undefined);
}

/** The head in charge. For a downgrade one head, with its branch before it where the user named one. */
function headFor(graph: RevisionGraph, symbol: KeywordSymbol, purpose: Purpose): Target {
  const inCharge = headInCharge(graph, symbol);
  if (purpose !== 'downgrade') return inCharge;
  try {
    const id = resolveRevision(graph, inCharge);
    return id === null ? baseSymbol() : revisionSymbol(id, symbol.branch);
  } catch (error) {
    if (!(error instanceof MultipleHeadsError)) throw error;
    throw new MultipleHeadsError(error.argument, error.heads, { purpose: 'downgrade' });
  }
}

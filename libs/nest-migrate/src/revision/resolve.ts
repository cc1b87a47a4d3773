import { MultipleHeadsError, RelativeRevisionError, UnknownVersionRowError } from '../errors/revision.errors.js';
import { lookUp, namedRevisions } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { anchorSymbol, type RelativeSymbol, type RevisionSymbol } from './symbol.js';
import { BASE, type Place, walk } from './walk.js';

/**
 * The revisions that symbols denote, for `show`, `merge` and the like: none for base, several for `heads` or for `-1`
 * above several heads.
 *
 * @param rows The version table's rows, for the symbol `current`, which has no meaning without them.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * AmbiguousWalkError | RelativeRevisionError | UnknownVersionRowError
 * @example
 * resolveRevisions(graph, [{ kind: 'name', name: 'ae1', text: 'ae1' }]); // ['ae1027a6acf']
 */
export function resolveRevisions(
  graph: RevisionGraph,
  symbols: readonly RevisionSymbol[],
  rows?: readonly string[],
): readonly string[] {
  return symbols.flatMap((symbol) => {
    if (rows !== undefined && isCurrent(symbol)) return knownRows(graph, rows);
    return resolvePlaces(graph, symbol).flatMap((place) => {
      if (place === null) throw stepsTooFar(symbol);
      return place === BASE ? [] : [place];
    });
  });
}

/** Whether a symbol is `current`, which means the rows where they are known. */
export function isCurrent(symbol: RevisionSymbol): boolean {
  return symbol.kind === 'name' && symbol.name === 'current' && symbol.branch === undefined;
}

function stepsTooFar({ text }: RevisionSymbol): RelativeRevisionError {
  return new RelativeRevisionError(text, text.slice(text.lastIndexOf('-')));
}

/**
 * The one revision that a symbol denotes, or `null` for base.
 *
 * @throws as {@link resolveRevisions}; MultipleHeadsError also for `heads` where there are several.
 */
export function resolveRevision(graph: RevisionGraph, symbol: RevisionSymbol): string | null {
  const { branch } = symbol;
  if (symbol.kind === 'name' || symbol.kind === 'relative') return lookUp(graph, symbol.name, branch);
  const [id, ...others] = namedRevisions(graph, symbol);
  if (others.length > 0) throw new MultipleHeadsError(symbol.text, [id ?? '', ...others]);
  if (branch !== undefined) lookUp(graph, id ?? branch, branch);
  return id ?? null;
}

/**
 * As {@link resolveRevisions}, but also returns where a walk down from the heads may end: {@link BASE} directly below
 * the first revision, and `null` further down.
 */
export function resolvePlaces(graph: RevisionGraph, symbol: RevisionSymbol): readonly Place[] {
  const { branch } = symbol;
  if (symbol.kind === 'name') return [lookUp(graph, symbol.name, branch)];
  if (symbol.kind !== 'relative') return namedRevisions(graph, symbol);
  if (symbol.anchor !== undefined || symbol.steps >= 0) return [lookUp(graph, symbol.name, branch)];
  return graph.realHeads
    .filter((head) => branch === undefined || graph.labelsOf(head).includes(branch))
    .map((head) => walk(graph, head, { steps: symbol.steps }));
}

/** A relative symbol with an anchor to count from. */
export type AnchoredSymbol = RelativeSymbol & { readonly anchor: string };

/** Whether a symbol is relative and has an anchor: `ae10+1`, `label@head-1`. */
export function isAnchored(symbol: RevisionSymbol): symbol is AnchoredSymbol {
  return symbol.kind === 'relative' && symbol.anchor !== undefined;
}

/** The anchor of a relative symbol. On the way up it has no branch: the walk applies the branch to each step. */
export function anchorOf({ anchor, branch, steps }: AnchoredSymbol): RevisionSymbol {
  return anchorSymbol(anchor, steps > 0 ? undefined : branch);
}

/**
 * Where a relative symbol with an anchor leads. The branch filters the way up. On the way down there is only one way,
 * so the branch only helps to find the anchor.
 *
 * @param how.clamp Whether the walk stops at the end instead of returning `null` there.
 * @param how.anchor What to count from, instead of the symbol's own anchor.
 */
export function anchoredPlace(
  graph: RevisionGraph,
  symbol: AnchoredSymbol,
  how: { readonly clamp?: boolean; readonly anchor?: RevisionSymbol } = {},
): Place {
  const { steps, branch } = symbol;
  const { clamp = false, anchor = anchorOf(symbol) } = how;
  const start = resolveRevision(graph, anchor) ?? BASE;
  return walk(graph, start, { steps, branch: steps > 0 ? branch : undefined, clamp });
}

/**
 * Returns the rows, after checking that a script exists for each.
 *
 * @throws UnknownVersionRowError
 */
export function knownRows(graph: RevisionGraph, rows: readonly string[]): readonly string[] {
  for (const row of rows) if (!graph.has(row)) throw new UnknownVersionRowError(row, graph.replacedBy(row));
  return rows;
}

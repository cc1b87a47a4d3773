import { MultipleHeadsError, RelativeRevisionError, UnknownVersionRowError } from '../errors/revision.errors.js';
import { lookUp, namedRevisions, parse } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { BASE, type Place, walk } from './walk.js';

/**
 * The revisions that a symbol denotes, for `show`, `merge` and the like: none for base, several for `heads` or for
 * `-1` above several heads.
 *
 * @param rows The version table's rows, for the symbol `current`, which means nothing without them.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * AmbiguousWalkError | RelativeRevisionError | UnknownVersionRowError
 * @example
 * resolveRevisions(graph, 'ae1'); // ['ae1027a6acf']
 */
export function resolveRevisions(
  graph: RevisionGraph,
  symbol: string | readonly string[],
  rows?: readonly string[],
): readonly string[] {
  if (symbol === 'current' && rows !== undefined) return knownRows(graph, rows);
  return symbolsOf(symbol).flatMap((text) =>
    resolvePlaces(graph, text).flatMap((place) => {
      if (place === null) throw new RelativeRevisionError(text, text.slice(text.lastIndexOf('-')));
      return place === BASE ? [] : [place];
    }),
  );
}

/** One symbol or several as a list. */
export function symbolsOf(symbol: string | readonly string[]): readonly string[] {
  return typeof symbol === 'string' ? [symbol] : symbol;
}

/**
 * The one revision that a symbol denotes, or `null` for base.
 *
 * @throws as {@link resolveRevisions}; MultipleHeadsError also for `heads` where there are several.
 */
export function resolveRevision(graph: RevisionGraph, symbol: string): string | null {
  const parsed = parse(graph, symbol);
  if (parsed.kind === 'name' || parsed.kind === 'relative') return lookUp(graph, parsed.name, parsed.branch);
  const [id, ...others] = namedRevisions(graph, parsed);
  if (others.length > 0) throw new MultipleHeadsError(symbol, [id ?? '', ...others]);
  if (parsed.branch !== undefined) lookUp(graph, id ?? parsed.branch, parsed.branch);
  return id ?? null;
}

/**
 * As {@link resolveRevisions}, with what a walk down from the heads may also reach: {@link BASE}, exactly below the
 * first revision, and `null`, further down.
 */
export function resolvePlaces(graph: RevisionGraph, text: string): readonly Place[] {
  const parsed = parse(graph, text);
  const { branch } = parsed;
  if (parsed.kind === 'name') return [lookUp(graph, parsed.name, branch)];
  if (parsed.kind !== 'relative') return namedRevisions(graph, parsed);
  if (parsed.anchor !== undefined || parsed.steps >= 0) return [lookUp(graph, parsed.name, branch)];
  return graph.realHeads
    .filter((head) => branch === undefined || graph.labelsOf(head).includes(branch))
    .map((head) => walk(graph, head, { steps: parsed.steps }));
}

/**
 * The rows as they are, once it is sure that scripts have them all.
 *
 * @throws UnknownVersionRowError
 */
export function knownRows(graph: RevisionGraph, rows: readonly string[]): readonly string[] {
  for (const row of rows) if (!graph.has(row)) throw new UnknownVersionRowError(row);
  return rows;
}

/**
 * Refuses a symbol whose branch does not exist, also where the rest of it would do without: `typo@base` means base to
 * the planners, as it does to Alembic, and a command that can delete tables does well to ask first.
 *
 * @throws RevisionNotFoundError | AmbiguousRevisionError
 */
export function checkBranch(graph: RevisionGraph, symbol: string): void {
  const { branch } = parse(graph, symbol);
  if (branch !== undefined) lookUp(graph, branch);
}

import { OfflineRangeError } from '../errors/offline.errors.js';
import { WalkedTooFarError } from '../errors/revision.errors.js';
import { headInCharge } from './head-in-charge.js';
import { resolvePlaces } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { countsFromRows, readTarget } from './target.js';
import { checkIndependent } from './traversal.js';
import { relativePlace } from './upgrade-plan.js';
import { BASE, type Place } from './walk.js';
import { command, worded } from '../errors/wording.js';

/** The state that a run without a database assumes: the version table's rows, and where to go from there. */
export interface OfflineRange {
  readonly start: string;
  readonly target: string;
}

/**
 * The two ends of `<from>:<to>`; a target alone begins at base.
 *
 * @throws OfflineRangeError where an end is missing.
 */
export function offlineRange(text: string): OfflineRange {
  const [start = '', target, ...rest] = text.split(':');
  if (target === undefined) return { start: 'base', target: start };
  const example = 'Write <from>:<to>, such as base:head or ae10:+1.';
  if (rest.length > 0) throw new OfflineRangeError(text, `'${text}' has more than two ends.`, example);
  if (start.trim() === '') throw new OfflineRangeError(text, `'${text}' lacks what is before the colon.`, example);
  if (target.trim() === '') throw new OfflineRangeError(text, `'${text}' lacks what is behind the colon.`, example);
  return { start, target };
}

/**
 * The version table's rows of a database that is at a symbol, or at several symbols joined by commas where branches are
 * applied side by side.
 *
 * @throws OfflineRangeError for `current`, which only a database could resolve, and what a symbol can throw.
 * @example
 * offlineRows(graph, 'base'); // []
 */
export function offlineRows(graph: RevisionGraph, start: string): readonly string[] {
  const symbols = graph.has(start) ? [start] : start.split(',').map((symbol) => symbol.trim());
  const places = symbols.flatMap((symbol) => placesOf(graph, symbol)).filter((place) => place !== BASE);
  const rows = places.map((place) => {
    if (place === null) throw new WalkedTooFarError(start);
    return place;
  });
  checkIndependent(graph, rows);
  return [...new Set(rows)].sort();
}

function placesOf(graph: RevisionGraph, symbol: string): readonly Place[] {
  if (symbol === 'current' || symbol === '') {
    const problem = symbol === '' ? 'An end of the range is empty.' : "'current' would ask the database.";
    throw new OfflineRangeError(
      symbol,
      problem,
      worded`Name the revision that the database stands at: ${command('current')} tells it.`,
    );
  }
  const target = readTarget(graph, symbol);
  const isFromHeads = countsFromRows(target) && target.steps < 0;
  if (target.kind !== 'relative' || isFromHeads) return resolvePlaces(graph, headInCharge(graph, target));
  return [relativePlace(graph, target, { start: [] })];
}

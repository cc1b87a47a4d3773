import { namedRevisions } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { revisionSymbol, type RevisionSymbol } from './symbol.js';
import { notBelow } from './traversal.js';

/**
 * Resolves `head` and `X@head` where one head depends on all others. To apply that head is to apply all of them, so it
 * is the one that is meant. Alembic's `heads` treats it so, but its `head` finds several.
 *
 * @returns That head; the symbol itself where it is of another kind or still denotes several.
 * @example
 * headInCharge(graph, readTarget(graph, 'head')).text; // 'netw2', which depends on the head 'acct3'
 */
export function headInCharge(graph: RevisionGraph, symbol: RevisionSymbol): RevisionSymbol {
  const { kind, branch } = symbol;
  if (kind !== 'head') return symbol;
  const all = branch === undefined ? graph.heads : namedRevisions(graph, { kind: 'heads', branch });
  if (all.length < 2) return symbol;
  // the heads that no other head stands on: if there is only one, it stands on all the others
  const [inCharge, ...others] = all.filter(notBelow(graph, all));
  return inCharge === undefined || others.length > 0 ? symbol : revisionSymbol(inCharge);
}

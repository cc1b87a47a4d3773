import { namedRevisions } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { revisionSymbol, type RevisionSymbol } from './symbol.js';
import { notBelow } from './traversal.js';

/**
 * `head` and `X@head` where all heads but one are there because that one depends on them: whoever applies it has applied
 * them all, so it is what was meant. Alembic's `heads` sees it so, and its `head` finds several.
 *
 * @returns That head; the symbol itself where it is another one or still denotes several.
 * @example
 * headInCharge(graph, head).text; // 'netw2', which depends on the head 'acct3'
 */
export function headInCharge(graph: RevisionGraph, symbol: RevisionSymbol): RevisionSymbol {
  const { kind, branch } = symbol;
  if (kind !== 'head') return symbol;
  const all = branch === undefined ? graph.heads : namedRevisions(graph, { kind: 'heads', branch });
  if (all.length < 2) return symbol;
  // the heads that no other one stands on: if there is but one, it stands on all the others
  const [inCharge, ...others] = all.filter(notBelow(graph, all));
  return inCharge === undefined || others.length > 0 ? symbol : revisionSymbol(inCharge);
}

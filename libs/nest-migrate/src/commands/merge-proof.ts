import { ancestors, tipsOf } from '../revision/traversal.js';
import { newestFirst } from '../revision/newest-first.js';
import { type CommandContext, type Common } from './command-context.js';
import { compareOrders } from './compared-orders.js';
import { type Finding } from './finding.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { fingerprintAt, serverOf } from './verified-revision.js';

/** Whether branches lead to the same database in whatever order they are applied. */
export interface MergeProof {
  /** Whether all orders lead to one schema and to the same rows. */
  readonly commutes: boolean;
  /** The orders that were tried, as the ids of the branches' newest revisions. */
  readonly orders: readonly (readonly string[])[];
  /** The engine and its version, on which they were tried. */
  readonly engine: string;
  /** What differs. */
  readonly findings: readonly Finding[];
}

/** The most orders that are tried: all of three branches. */
const MOST_ORDERS = 6;

/**
 * Applies branches to scratch databases in different orders, each branch as a whole. It proves the schema, and the rows
 * that the revisions put in themselves; not what they do to rows of others.
 */
export async function proveMerge(
  context: CommandContext,
  scripts: RevisionScripts,
  heads: readonly string[],
  { signal, xArguments, directory }: Common,
): Promise<MergeProof> {
  const { graph } = scripts;
  const below = heads.map((head) => ancestors(graph, [head], 'all'));
  const shared = new Set([...(below[0] ?? [])].filter((id) => below.every((ids) => ids.has(id))));
  const start = tipsOf(graph, shared);
  const orders = permutations(heads).slice(0, MOST_ORDERS);
  const idsOf = (order: readonly string[]): readonly string[] => {
    const done = new Set(shared);
    return order.flatMap((head) => {
      const own = new Set([...ancestors(graph, [head], 'all')].filter((id) => !done.has(id)));
      for (const id of own) done.add(id);
      return newestFirst(graph, own, [head]).toReversed();
    });
  };
  const options = { signal, xArguments };
  const onScratch = <T>(work: (scratch: CommandContext) => Promise<T>): Promise<T> =>
    rehearse(context, { ...options, directory, at: start }, work);
  const findings = await compareOrders(scripts, { orders: orders.map(idsOf), rehearse: onScratch, options });
  const engine = await onScratch(async (scratch) => serverOf(await fingerprintAt(scratch)));
  return { commutes: findings.length === 0, orders, engine, findings };
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length < 2) return [list];
  return list.flatMap((first, index) => permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

import { RevisionFailedError } from '../errors/runtime.errors.js';
import { compareFingerprints } from '../rehearsal/fingerprint.js';
import { type CommandContext } from './command-context.js';
import { type Finding } from './finding.js';
import { type RevisionScripts } from './revision-scripts.js';
import { type RunOptions } from './run.js';
import { otherRows } from './table-contents.js';
import { type Moment, moveOne, momentOf, reasonOf, schemaDifference, schemaOf } from './verified-revision.js';

/** Orders of the same revisions, and where they are applied. */
export interface OrdersToCompare {
  readonly orders: readonly (readonly string[])[];
  /** Runs work on a scratch database that stands where all orders begin. */
  readonly rehearse: <T>(work: (scratch: CommandContext) => Promise<T>) => Promise<T>;
  readonly options: Pick<RunOptions, 'signal' | 'xArguments'>;
}

/**
 * Applies the same revisions in several orders, each on a scratch database. All of them have to lead to one schema and
 * to the same rows. Returns what differs from the first order.
 */
export async function compareOrders(
  scripts: RevisionScripts,
  { orders: [usual = [], ...others], rehearse, options }: OrdersToCompare,
): Promise<readonly Finding[]> {
  if (others.length === 0) return [];
  const findings: Finding[] = [];
  const find = (finding: Pick<Finding, 'message'> & Partial<Finding>): void =>
    void findings.push({
      rule: 'order-matters',
      revision: null,
      direction: null,
      operations: [],
      schema: [],
      ...finding,
    });
  const applied = async (scratch: CommandContext, order: readonly string[]): Promise<Moment | undefined> => {
    try {
      for (const id of order) await moveOne(scratch, scripts, { direction: 'upgrade', id }, options);
    } catch (error) {
      if (!(error instanceof RevisionFailedError)) throw error;
      const { revision } = error.failure;
      const message = `In the order ${order.join(', ')} its upgrade fails. ${reasonOf(error)}`;
      find({ revision, direction: 'upgrade', message });
      return undefined;
    }
    return momentOf(scratch);
  };
  const first = await rehearse(async (scratch) => {
    const moment = await applied(scratch, usual);
    return moment === undefined ? undefined : { moment, schema: await schemaOf(scratch) };
  });
  if (first === undefined) return findings;
  for (const order of others) {
    await rehearse(async (scratch) => {
      const moment = await applied(scratch, order);
      if (moment === undefined) return;
      const orders = `In the order ${order.join(', ')}, and not ${usual.join(', ')},`;
      const comparison = compareFingerprints(first.moment.fingerprint, moment.fingerprint);
      if (comparison.verdict === 'different') {
        const difference = await schemaDifference(scratch, comparison, first.schema);
        find({ message: `${orders} the revisions lead to another schema.`, ...difference });
      }
      const tables = otherRows(first.moment.contents, moment.contents);
      if (tables.length > 0) find({ message: `${orders} there are other rows in ${tables.join(', ')}.` });
    });
  }
  return findings;
}

import { type AnyOperation } from '../../operations/registered-operations.js';
import { contentOf } from '../../operations/content-of.js';
import { type AlterationBatch } from '../schema-comparison.js';

/** The operations, with each rebuild whose operations are all there in sequence put into one batch. */
export function inBatches<Other>(
  operations: readonly (AnyOperation | Other)[],
  batches: readonly AlterationBatch[],
): readonly (AnyOperation | Other | AlterationBatch)[] {
  const steps: (AnyOperation | Other | AlterationBatch)[] = [];
  const texts = operations.map(contentOf);
  for (let index = 0; index < operations.length;) {
    const batch = batches.find(({ alterations }) =>
      alterations.every((alteration, offset) => contentOf(alteration) === texts[index + offset]),
    );
    const found = operations.slice(index, index + (batch?.alterations.length ?? 1));
    if (batch === undefined) steps.push(...found);
    else steps.push({ ...batch, alterations: found as AlterationBatch['alterations'] });
    index += found.length;
  }
  return steps;
}

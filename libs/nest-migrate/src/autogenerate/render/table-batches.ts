import { type AnyOperation } from '../../operations/registered-operations.js';
import { type AlterationBatch } from '../schema-comparison.js';

/** The operations, with each rebuild whose operations are all there in sequence put into one batch. */
export function inBatches<Other>(
  operations: readonly (AnyOperation | Other)[],
  batches: readonly AlterationBatch[],
): readonly (AnyOperation | Other | AlterationBatch)[] {
  const steps: (AnyOperation | Other | AlterationBatch)[] = [];
  const texts = operations.map(textOf);
  for (let index = 0; index < operations.length;) {
    const batch = batches.find(({ alterations }) =>
      alterations.every((alteration, offset) => textOf(alteration) === texts[index + offset]),
    );
    const found = operations.slice(index, index + (batch?.alterations.length ?? 1));
    if (batch === undefined) steps.push(...found);
    else steps.push({ ...batch, alterations: found as AlterationBatch['alterations'] });
    index += found.length;
  }
  return steps;
}

/** The content of an operation as text, without its warning. A hook may return a copy of an operation. */
function textOf(operation: unknown): string {
  return JSON.stringify(operation, (key, value: unknown) => {
    if (key === 'warning') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

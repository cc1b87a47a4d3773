import { type AnyOperation } from '../../operations/registered-operations.js';
import { type TableRebuild } from '../schema-comparison.js';

/** The operations, with each rebuild whose operations are all there in sequence put into one batch. */
export function inBatches<Other>(
  operations: readonly (AnyOperation | Other)[],
  rebuilds: readonly TableRebuild[],
): readonly (AnyOperation | Other | TableRebuild)[] {
  const steps: (AnyOperation | Other | TableRebuild)[] = [];
  const texts = operations.map(textOf);
  for (let index = 0; index < operations.length;) {
    const rebuild = rebuilds.find(({ alterations }) =>
      alterations.every((alteration, offset) => textOf(alteration) === texts[index + offset]),
    );
    const found = operations.slice(index, index + (rebuild?.alterations.length ?? 1));
    if (rebuild === undefined) steps.push(...found);
    else steps.push({ ...rebuild, alterations: found as TableRebuild['alterations'] });
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

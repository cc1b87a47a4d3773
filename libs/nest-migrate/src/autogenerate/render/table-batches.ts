import { type AnyOperation } from '../../operations/registered-operations.js';
import { type TableRebuild } from '../schema-comparison.js';

/** Operations of which those that are a rebuild, all of them and in a row, are put together. */
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

/** What an operation does, whatever is said of it; hooks may hand on a copy. */
function textOf(operation: unknown): string {
  return JSON.stringify(operation, (key, value: unknown) => {
    if (key === 'warning') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

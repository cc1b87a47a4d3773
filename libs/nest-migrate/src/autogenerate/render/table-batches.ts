import { type ExistingTable } from '../../operations/operation.js';
import { type AnyOperation } from '../../operations/registered-operations.js';
import { isTableAlteration, type TableAlteration } from '../../operations/table-alteration.js';

/** Alterations of a table that are one new table together. */
export interface Batch {
  readonly table: ExistingTable;
  readonly alterations: readonly TableAlteration[];
}

/**
 * Operations with those that belong together put together: alterations of one of the tables in `rebuilt` that follow one
 * another. Anything between them parts them.
 */
export function inBatches<Other>(
  operations: readonly (AnyOperation | Other)[],
  rebuilt: readonly ExistingTable[],
): readonly (AnyOperation | Other | Batch)[] {
  const steps: (readonly (AnyOperation | Other)[] | Batch)[] = [];
  for (const operation of operations) {
    const last = steps.at(-1);
    const alteration = isAlteration(operation) ? operation : undefined;
    const table = rebuilt.find((one) => one.table === alteration?.table && one.schema === alteration.schema);
    if (alteration === undefined || table === undefined) steps.push([operation]);
    else if (last !== undefined && 'table' in last && last.table === table) {
      steps.splice(-1, 1, { table, alterations: [...last.alterations, alteration] });
    } else steps.push({ table, alterations: [alteration] });
  }
  return steps.flatMap((step): readonly (AnyOperation | Other | Batch)[] => {
    if (!('table' in step)) return step;
    return step.alterations.every(isOfIndexes) ? step.alterations : [step];
  });
}

/** A column is renamed where it is. */
function isAlteration(operation: unknown): operation is TableAlteration {
  const { kind } = Object(operation) as { readonly kind?: unknown };
  return typeof kind === 'string' && isTableAlteration({ kind }) && kind !== 'renameColumn';
}

/** What takes no new table by itself. */
function isOfIndexes(operation: TableAlteration): boolean {
  switch (operation.kind) {
    case 'createIndex':
    case 'dropIndex':
    case 'createUniqueConstraint':
      return true;
    case 'dropConstraint':
      return operation.type === 'unique';
    default:
      return false;
  }
}

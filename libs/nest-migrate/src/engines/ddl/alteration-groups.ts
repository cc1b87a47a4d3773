import { isTableAlteration, type TableAlteration } from '../../operations/all.js';
import { type Operation } from '../../operations/operation.js';
import { type AlterationsTogether } from './ddl.js';

/** Divides the changes of tables into those that are one statement together, in their order. */
export function alterationGroups(
  operations: readonly Operation[],
  together: AlterationsTogether,
): readonly (readonly TableAlteration[])[] {
  return runsOf(operations).flatMap((run) => together.groups(run));
}

/**
 * The changes of one table that stand next to each other. Dropped columns are kept apart from what comes before, so that
 * someone who edits the revision can move their values in between; those that are added again are not.
 */
function runsOf(operations: readonly Operation[]): readonly (readonly TableAlteration[])[] {
  const runs: TableAlteration[][] = [];
  let before: Operation | undefined;
  for (const operation of operations) {
    const isNext =
      isTableAlteration(operation) &&
      before !== undefined &&
      isTableAlteration(before) &&
      tableOf(before) === tableOf(operation) &&
      JSON.stringify(before.assertion) === JSON.stringify(operation.assertion) &&
      ((before.kind === 'dropColumn') === (operation.kind === 'dropColumn') || isAddedAgain(runs.at(-1), operation));
    if (isNext) runs.at(-1)?.push(operation);
    else if (isTableAlteration(operation)) runs.push([operation]);
    before = operation;
  }
  return runs;
}

function isAddedAgain(run: readonly TableAlteration[] = [], operation: TableAlteration): boolean {
  return (
    operation.kind === 'addColumn' &&
    run.some((other) => other.kind === 'dropColumn' && other.column === operation.column.name)
  );
}

/** The table of an alteration, to be compared with that of another. */
export function tableOf({ schema, table }: TableAlteration): string {
  return JSON.stringify([schema ?? null, table]);
}
